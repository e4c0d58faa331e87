// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "workers/host/descriptor.h"

namespace postkamer::host {
namespace {

tl::unexpected<Error> failed(std::string_view reason, std::string_view doing,
                             const std::filesystem::path& file) {
  const bool has_no_files_left = errno == EMFILE || errno == ENFILE;
  return fail(ErrorCode::unavailable, has_no_files_left ? kFilesExhausted : std::string(reason),
              "while " + std::string(doing) + " " + file.string() + ": " + std::strerror(errno));
}

bool write_all(int fd, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

Result<Bytes> read_file(const std::filesystem::path& file) {
  const Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (descriptor.get() < 0) return failed("file_unreadable", "opening", file);
  struct stat about {};
  if (fstat(descriptor.get(), &about) != 0) return failed("file_unreadable", "looking at", file);
  if (!S_ISREG(about.st_mode)) {
    errno = EINVAL;
    return failed("file_unreadable", "reading (it is not a regular file)", file);
  }
  auto bytes = read_bytes(descriptor.get(), static_cast<std::size_t>(about.st_size));
  if (!bytes) return failed("file_unreadable", "reading", file);
  return std::move(*bytes);
}

Result<void> write_file(const std::filesystem::path& file, ByteView bytes) {
  const std::filesystem::path beside = file.string() + ".tmp";
  {
    const Descriptor descriptor(
        ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640));
    if (descriptor.get() < 0) return failed("file_unwritable", "creating", beside);
    if (!write_all(descriptor.get(), bytes)) return failed("file_unwritable", "writing", beside);
    if (fsync(descriptor.get()) != 0) return failed("file_unwritable", "syncing", beside);
  }
  if (std::rename(beside.c_str(), file.c_str()) != 0)
    return failed("file_unwritable", "renaming to", file);
  return sync_folder(file.has_parent_path() ? file.parent_path() : ".");
}

Result<void> sync_folder(const std::filesystem::path& folder) {
  const Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (descriptor.get() < 0) return failed("file_unwritable", "opening", folder);
  if (fsync(descriptor.get()) != 0 && errno != EINVAL && errno != ENOTSUP)
    return failed("file_unwritable", "syncing", folder);
  return {};
}

}  // namespace postkamer::host
