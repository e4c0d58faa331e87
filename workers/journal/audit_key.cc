// SPDX-License-Identifier: EUPL-1.2
#include "workers/journal/audit_key.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace postkamer::journal {
namespace {

tl::unexpected<Error> key_error(const char* reason, const std::filesystem::path& file,
                                const std::string& what) {
  return fail(ErrorCode::invalid_config, reason,
              "opening the audit's key " + file.string() + ": " + what);
}

}  // namespace

Result<std::optional<NoteSigner>> read_audit_key(const std::filesystem::path& file) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT) return std::nullopt;
  if (fd < 0) return key_error("audit_key_io", file, std::strerror(errno));
  struct stat about {};
  std::array<char, 512> text{};
  const bool is_known = ::fstat(fd, &about) == 0;
  const ssize_t size = ::read(fd, text.data(), text.size());
  ::close(fd);
  if (!is_known || size < 0) return key_error("audit_key_io", file, std::strerror(errno));
  if ((about.st_mode & 077) != 0)
    return key_error("audit_key_open", file, "others may read it; chmod 600 it");
  PK_TRY(signer, NoteSigner::parse({text.data(), static_cast<std::size_t>(size)}));
  return signer;
}

Result<NoteSigner> make_audit_key(const std::filesystem::path& file, const std::string& name) {
  std::error_code error;
  if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path(), error);
  NoteSigner signer = NoteSigner::generate(name);
  const std::string text = signer.text() + "\n";
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return key_error("audit_key_io", file, std::strerror(errno));
  const bool is_written =
      ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
      ::fsync(fd) == 0;
  ::close(fd);
  if (!is_written) return key_error("audit_key_io", file, std::strerror(errno));
  return signer;
}

}  // namespace postkamer::journal
