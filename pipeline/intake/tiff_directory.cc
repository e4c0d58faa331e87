// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/intake/tiff_directory.h"

#include <optional>
#include <unordered_set>

#include <fmt/format.h>

namespace postkamer::intake {
namespace {

constexpr std::uint64_t kTagSubfileType = 254;
constexpr std::uint64_t kReducedImage = 1;
constexpr std::uint64_t kMask = 4;

class TiffBytes {
 public:
  explicit TiffBytes(ByteView file) : file_(file), is_big_endian_(file[0] == 'M') {
    is_big_tiff_ = number(2, 2).value_or(0) == 43;
  }

  // The unsigned number of `size` bytes at `offset`; nothing beyond the end of the file.
  [[nodiscard]] std::optional<std::uint64_t> number(std::uint64_t offset, unsigned size) const {
    if (offset > file_.size() || file_.size() - offset < size) return std::nullopt;
    std::uint64_t value = 0;
    for (unsigned i = 0; i < size; ++i) {
      const unsigned at = is_big_endian_ ? i : size - 1 - i;
      value = value << 8 | file_[offset + at];
    }
    return value;
  }

  [[nodiscard]] std::optional<std::uint64_t> first_directory() const {
    return is_big_tiff_ ? number(8, 8) : number(4, 4);
  }
  [[nodiscard]] unsigned count_size() const { return is_big_tiff_ ? 8 : 2; }
  [[nodiscard]] unsigned entry_size() const { return is_big_tiff_ ? 20 : 12; }
  [[nodiscard]] unsigned pointer_size() const { return is_big_tiff_ ? 8 : 4; }
  // The value field of an entry, read as the entry's own type (SHORT or LONG).
  [[nodiscard]] std::optional<std::uint64_t> small_value(std::uint64_t entry) const {
    const auto type = number(entry + 2, 2);
    return number(entry + (is_big_tiff_ ? 12 : 8), type == 3 ? 2 : 4);
  }

 private:
  ByteView file_;
  bool is_big_endian_;
  bool is_big_tiff_ = false;
};

tl::unexpected<Error> cut_off(std::uint64_t offset) {
  return fail(
      ErrorCode::invalid_document, "scan_truncated",
      fmt::format("the TIFF's page list points to byte {}, beyond the end of the file; it was "
                  "cut off while being written or copied: scan again",
                  offset));
}

struct Directory {
  bool is_page = true;
  bool is_reduced = false;  // of another picture, by its own account
  std::uint64_t next = 0;
};

Result<Directory> read_directory(const TiffBytes& bytes, std::uint64_t offset) {
  const auto entries = bytes.number(offset, bytes.count_size());
  if (!entries) return cut_off(offset);
  if (*entries > 4096)
    return fail(ErrorCode::invalid_document, "scan_damaged",
                fmt::format("a TIFF directory states {} entries; scan again", *entries));
  const std::uint64_t first = offset + bytes.count_size();
  Directory directory;
  for (std::uint64_t i = 0; i < *entries; ++i) {
    const std::uint64_t entry = first + i * bytes.entry_size();
    if (bytes.number(entry, 2) != kTagSubfileType) continue;
    const std::uint64_t kind = bytes.small_value(entry).value_or(0);
    directory.is_page = (kind & (kReducedImage | kMask)) == 0;
    directory.is_reduced = (kind & kMask) == 0 && !directory.is_page;
  }
  const std::uint64_t end = first + *entries * bytes.entry_size();
  const auto next = bytes.number(end, bytes.pointer_size());
  // Some writers leave the last pointer out: a directory complete to the file's last byte has
  // ended.
  if (!next && !bytes.number(end - 1, 1)) return cut_off(end);
  directory.next = next.value_or(0);
  return directory;
}

}  // namespace

Result<TiffDirectoryList> list_tiff_pages(ByteView file, const Limits& limits) {
  if (file.size() < 8) return cut_off(file.size());
  const TiffBytes bytes{file};
  TiffDirectoryList list;
  std::unordered_set<std::uint64_t> seen;
  std::vector<std::uint64_t> reduced;
  std::uint64_t offset = bytes.first_directory().value_or(0);
  while (offset != 0) {
    if (!seen.insert(offset).second) {
      list.chain_broken = true;
      break;
    }
    // Twice the limit, so that a thumbnail beside every page does not count against it.
    if (list.pages.size() >= limits.file_pages || seen.size() > 2ull * limits.file_pages)
      return fail(ErrorCode::resource_limit, "limit_file_pages",
                  fmt::format("more than {} pages; limit file_pages is {}; scan in smaller batches",
                              limits.file_pages, limits.file_pages));
    auto directory = read_directory(bytes, offset);
    if (!directory) return tl::unexpected(std::move(directory).error());
    if (directory->is_page)
      list.pages.push_back(offset);
    else if (directory->is_reduced)
      reduced.push_back(offset);
    offset = directory->next;
  }
  // Some writers call every page reduced.
  if (list.pages.empty()) list.pages = std::move(reduced);
  if (list.pages.empty())
    return fail(ErrorCode::unsupported, "scan_no_pages", "the TIFF holds no picture; scan again");
  return list;
}

}  // namespace postkamer::intake
