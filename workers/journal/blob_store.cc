// SPDX-License-Identifier: EUPL-1.2
#include "workers/journal/blob_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <limits>
#include <mutex>
#include <set>
#include <utility>

namespace postkamer::journal {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kChunk = 256u << 10;

// A file descriptor that closes itself.
class File {
 public:
  File(const fs::path& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  [[nodiscard]] bool is_open() const { return fd_ >= 0; }
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};

tl::unexpected<Error> io_error(const std::string& doing, const std::string& what) {
  const bool is_full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
  return fail(ErrorCode::unavailable, is_full ? "disk_full" : "blob_io",
              doing + " " + what + ": " + std::strerror(errno));
}

Result<void> write_all(const File& file, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.fd(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return io_error("writing", "a blob");
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

// The journal lies on the same disk and must be able to go on when blobs no longer fit. On a small
// disk less is left: one part in so many.
constexpr std::uint64_t kReserve = 32u << 20;
constexpr std::uint64_t kReservePart = 32;

Result<void> check_room(const fs::path& folder, std::uint64_t size) {
  struct statvfs disk {};
  if (::statvfs(folder.c_str(), &disk) != 0) return {};  // writing will tell
  const std::uint64_t part = std::uint64_t{disk.f_blocks} * disk.f_frsize / kReservePart;
  if (std::uint64_t{disk.f_bavail} * disk.f_frsize >= size + std::min(kReserve, part)) return {};
  errno = ENOSPC;
  return io_error("making room for", "a blob");
}

Result<void> write_new(const fs::path& path, ByteView bytes) {
  const File file(path, O_WRONLY | O_CREAT | O_TRUNC);
  if (!file.is_open()) return io_error("making", "a blob");
  PK_CHECK(write_all(file, bytes));
  if (::fsync(file.fd()) != 0) return io_error("syncing", "a blob");
  return {};
}

Result<void> sync_folder(const fs::path& folder) {
  const File file(folder, O_RDONLY | O_DIRECTORY);
  if (!file.is_open() || ::fsync(file.fd()) != 0)
    return io_error("syncing the folder of", folder.filename().string());
  return {};
}

bool is_hash(const std::string& name) {
  return name.size() == 64 && std::ranges::all_of(name, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

tl::unexpected<Error> no_blob(const std::string& sha256) {
  return fail(ErrorCode::corrupt_store, "blob_missing", "blob " + sha256 + " is not there");
}

// Only what is known not to be there is missing: of what cannot be opened now nobody knows.
tl::unexpected<Error> unopened_blob(const std::string& sha256) {
  return errno == ENOENT ? no_blob(sha256) : io_error("opening", "blob " + sha256);
}

tl::unexpected<Error> damaged_blob(const std::string& sha256) {
  return fail(ErrorCode::corrupt_store, "blob_damaged",
              "blob " + sha256 + " does not hash to its name: restore it from a backup");
}

constexpr std::time_t kFresh = 10;  // seconds: by so much `remove` may err

bool is_older(const fs::path& file, std::int64_t seconds) {
  struct stat status {};
  return ::lstat(file.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         std::time(nullptr) - status.st_mtime >= seconds;
}

// Unlike any other in use on this machine now; what a crashed process left there may be
// overwritten.
fs::path temporary_name(const fs::path& folder) {
  static std::atomic<std::uint64_t> counter{0};
  return folder / "tmp" / (std::to_string(::getpid()) + "-" + std::to_string(counter++));
}

bool is_same(const struct stat& a, const struct stat& b) {
  return a.st_size == b.st_size && a.st_mtim.tv_sec == b.st_mtim.tv_sec &&
         a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

// Copies in chunks, hashing. Gives the hash.
Result<std::string> copy_hashed(const File& from, const File& to, std::uint64_t max_bytes) {
  Sha256 hash;
  Bytes chunk(kChunk);
  std::uint64_t total = 0;
  for (;;) {
    const ssize_t got = ::read(from.fd(), chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_error("reading", "an incoming file");
    if (got == 0) return hash.hex();
    total += static_cast<std::uint64_t>(got);
    if (total > max_bytes)
      return fail(ErrorCode::resource_limit, "limit_file_bytes",
                  "taking in a file: more than " + std::to_string(max_bytes) + " bytes");
    const ByteView view(chunk.data(), static_cast<std::size_t>(got));
    hash.add(view);
    PK_CHECK(write_all(to, view));
  }
}

}  // namespace

struct BlobStore::SafeFolders {
  std::mutex mutex;
  std::set<fs::path> folders;
};

BlobStore::BlobStore(fs::path folder)
    : folder_(std::move(folder)), safe_(std::make_shared<SafeFolders>()) {}

Result<BlobStore> BlobStore::open(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder / "tmp", error);
  if (error)
    return fail(ErrorCode::unavailable, "blob_io", "making the blob folder: " + error.message());
  PK_CHECK(sync_folder(folder));
  PK_CHECK(sync_folder(fs::absolute(folder).parent_path()));
  return BlobStore(folder);
}

Result<std::string> BlobStore::put(ByteView bytes) const {
  std::string sha256 = sha256_hex(bytes);
  if (touch(sha256)) return known(sha256);
  const fs::path temporary = temporary_name(folder_);
  PK_CHECK(check_room(folder_, bytes.size()));
  if (auto written = write_new(temporary, bytes); !written) {
    ::unlink(temporary.c_str());  // what did not fit must not stand in the way of what does
    return tl::unexpected(std::move(written).error());
  }
  return settle(temporary, sha256);
}

Result<std::string> BlobStore::put_file(const fs::path& file, std::uint64_t max_bytes) const {
  const fs::path temporary = temporary_name(folder_);
  const File from(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  struct stat status {};
  if (!from.is_open() || ::fstat(from.fd(), &status) != 0 || !S_ISREG(status.st_mode))
    return io_error("opening", "an incoming file");
  Result<std::string> sha256;
  {
    const File to(temporary, O_WRONLY | O_CREAT | O_TRUNC);
    if (!to.is_open()) return io_error("making", "a blob");
    sha256 = copy_hashed(from, to, max_bytes);
    if (sha256 && ::fsync(to.fd()) != 0) sha256 = io_error("syncing", "a blob");
  }
  struct stat after {};
  if (sha256 && (::fstat(from.fd(), &after) != 0 || !is_same(status, after)))
    sha256 = fail(ErrorCode::unavailable, "file_changed",
                  "taking in a file: it was written to meanwhile; it is tried again");
  if (!sha256 || touch(*sha256)) {
    ::unlink(temporary.c_str());
    return sha256 ? known(*sha256) : sha256;
  }
  return settle(temporary, *sha256);
}

Result<std::string> BlobStore::settle(const fs::path& temporary, const std::string& sha256) const {
  const fs::path target = path(sha256);
  PK_CHECK(make_safe(target.parent_path()));
  if (::rename(temporary.c_str(), target.c_str()) != 0) return io_error("naming", "a blob");
  PK_CHECK(sync_folder(target.parent_path()));
  return sha256;
}

Result<void> BlobStore::take_from(const BlobStore& other, const std::string& sha256,
                                  bool link) const {
  if (exists(sha256)) {
    PK_CHECK(known(sha256));
    return {};
  }
  const fs::path from = other.path(sha256);
  if (from.empty() || !other.exists(sha256)) return no_blob(sha256);
  const fs::path temporary = temporary_name(folder_);
  if (link) {
    ::unlink(temporary.c_str());
    if (::link(from.c_str(), temporary.c_str()) == 0) {
      PK_CHECK(settle(temporary, sha256));
      return {};
    }
  }
  PK_TRY(found, put_file(from, std::numeric_limits<std::uint64_t>::max()));
  if (found == sha256) return {};
  return damaged_blob(sha256);
}

Result<void> BlobStore::each(
    const std::function<Result<void>(const std::string& sha256)>& take) const {
  std::error_code error;
  fs::recursive_directory_iterator entry(folder_, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (is_hash(name) && path(name) == entry->path()) PK_CHECK(take(name));
  }
  if (error)
    return fail(ErrorCode::unavailable, "blob_io", "listing the blobs: " + error.message());
  return {};
}

// Whoever gave it that name may have been killed before the name was on the disk.
Result<std::string> BlobStore::known(const std::string& sha256) const {
  PK_CHECK(make_safe(path(sha256).parent_path()));
  return sha256;
}

// The folder is there, and its name and all in it are on the disk; looked after once a process.
Result<void> BlobStore::make_safe(const fs::path& folder) const {
  const std::lock_guard lock(safe_->mutex);
  if (safe_->folders.contains(folder)) return {};
  std::error_code error;
  fs::create_directories(folder, error);
  if (error)
    return fail(ErrorCode::unavailable, "blob_io", "making a blob's folder: " + error.message());
  PK_CHECK(sync_folder(folder));
  PK_CHECK(sync_folder(folder.parent_path()));
  PK_CHECK(sync_folder(folder_));
  safe_->folders.insert(folder);
  return {};
}

Result<Bytes> BlobStore::get(const std::string& sha256) const {
  const fs::path file_path = path(sha256);
  if (file_path.empty()) return no_blob(sha256);
  const File file(file_path, O_RDONLY);
  struct stat status {};
  if (!file.is_open() || ::fstat(file.fd(), &status) != 0) return unopened_blob(sha256);
  Bytes bytes(static_cast<std::size_t>(status.st_size));
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got = ::read(file.fd(), bytes.data() + done, bytes.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_error("reading", "blob " + sha256);
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  if (done != bytes.size() || sha256_hex(bytes) != sha256) return damaged_blob(sha256);
  return bytes;
}

bool BlobStore::exists(const std::string& sha256) const {
  const fs::path file = path(sha256);
  return !file.empty() && ::access(file.c_str(), F_OK) == 0;
}

// A blob that is put again must not go as an old one that nobody needs. Looking costs less than
// changing, and what many put at once was mostly put a moment ago.
bool BlobStore::touch(const std::string& sha256) const {
  const fs::path file = path(sha256);
  struct stat status {};
  if (file.empty() || ::lstat(file.c_str(), &status) != 0) return false;
  const std::time_t age = std::time(nullptr) - status.st_mtime;
  if (age >= 0 && age < kFresh) return true;
  return ::utimensat(AT_FDCWD, file.c_str(), nullptr, 0) == 0;
}

std::vector<std::string> BlobStore::older(int first_byte, std::int64_t seconds) const {
  std::vector<std::string> names;
  const auto look = [&](const fs::path& folder, const auto& found) {
    std::error_code error;
    for (auto file = fs::directory_iterator(folder, error);
         !error && file != fs::directory_iterator(); file.increment(error))
      if (is_older(file->path(), seconds)) found(file->path());
  };
  look(folder_ / "tmp", [](const fs::path& file) { ::unlink(file.c_str()); });
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto byte = static_cast<std::size_t>(first_byte);
  const fs::path first = folder_ / std::string{kDigits[byte / 16], kDigits[byte % 16]};
  std::error_code none;
  for (auto second = fs::directory_iterator(first, none);
       !none && second != fs::directory_iterator(); second.increment(none))
    look(second->path(), [&](const fs::path& file) {
      if (is_hash(file.filename())) names.push_back(file.filename());
    });
  return names;
}

bool BlobStore::remove(const std::string& sha256, std::int64_t seconds) const {
  const fs::path file = path(sha256);
  return !file.empty() && is_older(file, seconds) && ::unlink(file.c_str()) == 0;
}

fs::path BlobStore::path(const std::string& sha256) const {
  if (!is_hash(sha256)) return {};
  return folder_ / sha256.substr(0, 2) / sha256.substr(2, 2) / sha256;
}

}  // namespace postkamer::journal
