// SPDX-License-Identifier: EUPL-1.2
#include "workers/intake/file_check.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <csignal>

#include "workers/intake/whole_file.h"

namespace postkamer::intake {
namespace {

constexpr std::array<std::string_view, 6> kPassingEndings{".tmp",      ".part",       ".partial",
                                                          ".filepart", ".crdownload", ".download"};
constexpr std::array<std::string_view, 3> kPassingNames{"thumbs.db", "desktop.ini", "@eadir"};

// A read lease is refused while anybody has the file open for writing: the one way to ask the
// kernel. Whoever opens it for writing in the microsecond that we hold the lease waits that long;
// the signal that tells us so would end us unless it is one that is ignored.
bool is_being_written(int fd) {
  fcntl(fd, F_SETSIG, SIGURG);
  if (fcntl(fd, F_SETLEASE, F_RDLCK) == 0) {
    fcntl(fd, F_SETLEASE, F_UNLCK);
    return false;
  }
  return errno == EAGAIN;
}

}  // namespace

std::string_view reason_of(const std::error_code& error) {
  switch (error.value()) {
    case EACCES:
    case EPERM:
    case EROFS: return "file_unreadable";
    case ESTALE:
    case EIO:
    case EREMOTEIO:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENOTCONN:
    case ETIMEDOUT: return "folder_unreachable";
    case ENOSPC:
    case EDQUOT: return "disk_full";
    default: return "file_busy";
  }
}

std::string_view check_file(const std::filesystem::path& file) {
  const int fd = open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return reason_of(std::error_code(errno, std::generic_category()));
  std::string_view reason;
  if (is_being_written(fd))
    reason = "file_busy";
  else if (!is_whole(fd))
    reason = "file_incomplete";
  close(fd);
  return reason;
}

bool is_passing_name(std::string_view name) {
  std::string small(name);
  std::ranges::transform(small, small.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (small.starts_with('.') || small.starts_with("~$")) return true;
  if (std::ranges::find(kPassingNames, small) != kPassingNames.end()) return true;
  return std::ranges::any_of(kPassingEndings,
                             [&](std::string_view ending) { return small.ends_with(ending); });
}

}  // namespace postkamer::intake
