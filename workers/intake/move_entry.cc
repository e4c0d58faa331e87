// SPDX-License-Identifier: EUPL-1.2
#include "workers/intake/move_entry.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <vector>

#include "workers/host/descriptor.h"
#include "workers/intake/file_check.h"

namespace postkamer::intake {
namespace {

using host::Descriptor;
using std::filesystem::path;
using Hash = std::array<unsigned char, crypto_hash_sha256_BYTES>;

constexpr int kDeepest = 32;
constexpr std::size_t kChunk = 256u << 10;

Error failure(const char* doing) {
  const std::error_code why(errno, std::generic_category());
  return {ErrorCode::unavailable, std::string(reason_of(why)),
          std::string("while ") + doing + ": " + why.message()};
}

tl::unexpected<Error> failed(const char* doing) { return tl::unexpected(failure(doing)); }

bool write_all(int fd, const unsigned char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t written = write(fd, bytes, size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes += written;
    size -= static_cast<std::size_t>(written);
  }
  return true;
}

// Reads to the end, writing to `to` unless that is negative.
Result<Hash> pass_through(int from, int to) {
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  std::vector<unsigned char> chunk(kChunk);
  for (;;) {
    const ssize_t got = read(from, chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("reading a file that is moved");
    if (got == 0) break;
    crypto_hash_sha256_update(&state, chunk.data(), static_cast<unsigned long long>(got));
    if (to >= 0 && !write_all(to, chunk.data(), static_cast<std::size_t>(got)))
      return failed("copying a file");
  }
  Hash hash{};
  crypto_hash_sha256_final(&state, hash.data());
  return hash;
}

bool is_same(const struct stat& a, const struct stat& b) {
  return a.st_size == b.st_size && a.st_mtim.tv_sec == b.st_mtim.tv_sec &&
         a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

Result<void> copy_regular(const path& from, const path& to) {
  const Descriptor source(open(from.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat before {};
  if (source.get() < 0 || fstat(source.get(), &before) != 0)
    return failed("opening a file that is moved");
  const Descriptor target(open(to.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0640));
  if (target.get() < 0) return failed("making the copy of a file");
  PK_TRY(read_hash, pass_through(source.get(), target.get()));
  if (fsync(target.get()) != 0) return failed("syncing the copy of a file");
  posix_fadvise(target.get(), 0, 0, POSIX_FADV_DONTNEED);  // so that it is the disk that answers
  if (lseek(target.get(), 0, SEEK_SET) != 0) return failed("reading back a copy");
  PK_TRY(copy_hash, pass_through(target.get(), -1));
  struct stat after {};
  if (fstat(source.get(), &after) != 0) return failed("looking at a file that is moved");
  if (!is_same(before, after))
    return fail(ErrorCode::unavailable, "file_changed",
                "while moving a file: it was written to meanwhile; it is tried again");
  if (read_hash != copy_hash)
    return fail(ErrorCode::unavailable, "file_copy_differs",
                "while moving a file: its copy reads differently; check the disk");
  return {};
}

Result<void> copy_special(const path& from, const path& to, const struct stat& about) {
  unlink(to.c_str());
  if (S_ISLNK(about.st_mode)) {
    std::error_code error;
    const path target = std::filesystem::read_symlink(from, error);
    if (error || symlink(target.c_str(), to.c_str()) != 0) return failed("moving a link");
    return {};
  }
  if (mknod(to.c_str(), about.st_mode & (S_IFMT | 0777), about.st_rdev) != 0)
    return failed("moving a pipe, socket or device");
  return {};
}

Result<void> move_across(const path& from, const path& to, int depth);

Result<void> move_folder(const path& from, const path& to, int depth) {
  if (depth >= kDeepest) {
    errno = ELOOP;
    return failed("moving folders that lie too deep in each other");
  }
  std::error_code error;
  std::filesystem::create_directories(to, error);
  std::vector<path> inside;
  for (const auto& entry : std::filesystem::directory_iterator(from, error))
    inside.push_back(entry.path());
  for (const path& entry : inside) PK_CHECK(move_across(entry, to / entry.filename(), depth + 1));
  sync_folder(to);
  if (rmdir(from.c_str()) != 0) return failed("removing a folder whose contents were moved");
  return {};
}

Result<void> move_across(const path& from, const path& to, int depth) {
  struct stat about {};
  if (lstat(from.c_str(), &about) != 0) return failed("looking at a file that is moved");
  if (S_ISDIR(about.st_mode)) return move_folder(from, to, depth);
  PK_CHECK(S_ISREG(about.st_mode) ? copy_regular(from, to) : copy_special(from, to, about));
  sync_folder(to.parent_path());
  if (unlink(from.c_str()) != 0) return failed("removing a file that was copied");
  return {};
}

}  // namespace

tl::expected<void, RenameFailure> rename_entry(const path& from, const path& to) {
  std::error_code error;
  std::filesystem::create_directories(to.parent_path(), error);
  if (rename(from.c_str(), to.c_str()) == 0) return {};
  const bool is_elsewhere = errno == EXDEV;
  return tl::unexpected(RenameFailure{is_elsewhere, failure("moving a file")});
}

Result<void> move_entry(const path& from, const path& to) {
  const auto renamed = rename_entry(from, to);
  if (renamed) return {};
  if (!renamed.error().is_elsewhere) return tl::unexpected(renamed.error().error);
  return move_across(from, to, 0);
}

void sync_folder(const path& folder) {
  const Descriptor open_folder(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (open_folder.get() >= 0) fsync(open_folder.get());
}

}  // namespace postkamer::intake
