// SPDX-License-Identifier: EUPL-1.2
//
// Bytes named by their SHA-256, in a folder: blobs/aa/bb/<64 hex digits>. A blob is whole and
// durable before its name is known to anybody; a crash leaves at worst a file in blobs/tmp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "pipeline/base/bytes.h"
#include "pipeline/base/error.h"

namespace postkamer::journal {

class BlobStore {
 public:
  // Makes the folder when it is not there; its name is durable on return. Fails with: unavailable
  // (blob_io).
  static Result<BlobStore> open(const std::filesystem::path& folder);

  // The bytes' SHA-256; durable on return (write, fsync, rename, fsync of the folders). Putting
  // what is there already writes nothing, but it counts as put just now. Some room is left for the
  // journal, which lies beside it. Fails with: unavailable (disk_full when there is no room;
  // blob_io, with the system's reason).
  Result<std::string> put(ByteView bytes) const;

  // As put, from a file, which is copied while it is hashed. One that is written to meanwhile would
  // be partly old and partly new. Fails with: unavailable (blob_io, disk_full, file_changed),
  // resource_limit (limit_file_bytes) above `max_bytes`.
  Result<std::string> put_file(const std::filesystem::path& file, std::uint64_t max_bytes) const;

  // Takes over a blob of another store, durable on return; what is there already is left as it is.
  // `link`: as a second name of the same file where the file system can do that, unread; else it is
  // copied while it is hashed.
  // Fails with: corrupt_store (blob_missing, blob_damaged), unavailable (disk_full, blob_io).
  Result<void> take_from(const BlobStore& other, const std::string& sha256, bool link) const;

  // Calls `take` with the name of each blob, in no order; ends at its first error and gives it.
  // Fails with: unavailable (blob_io).
  Result<void> each(const std::function<Result<void>(const std::string& sha256)>& take) const;

  // Fails with: corrupt_store (blob_missing when there is no such file, blob_damaged when the bytes
  // do not hash to the name), unavailable (blob_io when it cannot be read now).
  [[nodiscard]] Result<Bytes> get(const std::string& sha256) const;

  [[nodiscard]] bool exists(const std::string& sha256) const;

  // Of those whose name begins with this byte (0..255): what nobody put or put again in the last
  // `seconds`. What a crash left in tmp is removed at that age.
  [[nodiscard]] std::vector<std::string> older(int first_byte, std::int64_t seconds) const;

  // Gone when this gives true; not when somebody put it again in the last `seconds`, to within
  // ten of them.
  bool remove(const std::string& sha256, std::int64_t seconds) const;

  // Where it lies; the name is checked to be 64 hexadecimal digits, else an empty path.
  [[nodiscard]] std::filesystem::path path(const std::string& sha256) const;

 private:
  struct SafeFolders;  // whose names this process knows to be on the disk
  explicit BlobStore(std::filesystem::path folder);
  [[nodiscard]] bool touch(const std::string& sha256) const;
  [[nodiscard]] Result<std::string> settle(const std::filesystem::path& temporary,
                                           const std::string& sha256) const;
  [[nodiscard]] Result<std::string> known(const std::string& sha256) const;
  [[nodiscard]] Result<void> make_safe(const std::filesystem::path& folder) const;
  std::filesystem::path folder_;
  std::shared_ptr<SafeFolders> safe_;
};

}  // namespace postkamer::journal
