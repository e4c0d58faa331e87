// SPDX-License-Identifier: EUPL-1.2
#include "workers/intake/whole_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace postkamer::intake {
namespace {

constexpr std::size_t kTail = 2048;
constexpr std::size_t kMostDirectories = 100'000;
constexpr std::uint64_t kMostStrips = 1u << 20;
constexpr int kMostSegments = 65'536;  // of a JPEG's header, fill bytes counted
// Beside the file's own size: an honest file has each of its bytes read once.
constexpr std::uint64_t kSpareBytes = 1u << 20;

// Reads pieces of a file by position, until it has read more than an honest file can have it read:
// directories may lie over each other, and then a small file would keep us busy for hours.
class Peek {
 public:
  explicit Peek(int fd) : fd_(fd) {
    struct stat about {};
    if (fstat(fd, &about) == 0) size_ = static_cast<std::uint64_t>(about.st_size);
    left_ = size_ + kSpareBytes;
  }

  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] bool is_spent() const { return left_ == 0; }

  [[nodiscard]] bool holds(std::uint64_t position, std::uint64_t length) const {
    return position <= size_ && length <= size_ - position;
  }

  [[nodiscard]] std::optional<std::string> at(std::uint64_t position, std::size_t length) const {
    if (!holds(position, length)) return std::nullopt;
    left_ -= std::min<std::uint64_t>(left_, length);
    if (is_spent()) return std::nullopt;
    std::string bytes(length, '\0');
    const auto got = pread(fd_, bytes.data(), length, static_cast<off_t>(position));
    if (got != static_cast<ssize_t>(length)) return std::nullopt;
    return bytes;
  }

  [[nodiscard]] std::string tail() const {
    const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(kTail, size_));
    return at(size_ - length, length).value_or("");
  }

 private:
  int fd_;
  std::uint64_t size_ = 0;
  mutable std::uint64_t left_ = 0;
};

std::uint64_t number(std::string_view bytes, bool big_endian) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::size_t k = big_endian ? i : bytes.size() - 1 - i;
    value = value << 8 | static_cast<unsigned char>(bytes[k]);
  }
  return value;
}

// TIFF 6.0 and BigTIFF differ in the width of their counts and offsets only.
class Tiff {
 public:
  Tiff(const Peek& file, bool big_endian, bool is_big)
      : file_(file), big_endian_(big_endian), is_big_(is_big) {}

  [[nodiscard]] bool is_whole() const {
    std::uint64_t directory = at(is_big_ ? 8 : 4, offset_size()).value_or(0);
    if (directory == 0) return false;  // written last, by those who write the pictures first
    std::set<std::uint64_t> visited;
    while (directory != 0) {
      if (visited.size() >= kMostDirectories || !visited.insert(directory).second) return false;
      const auto next = after(directory);
      if (!next) return file_.is_spent();  // made to be slow: the decoder, in its box, will judge
      directory = *next;
    }
    return true;
  }

 private:
  struct Values {
    std::uint64_t position = 0;
    std::uint64_t count = 0;
    std::size_t width = 0;
  };

  [[nodiscard]] std::size_t offset_size() const { return is_big_ ? 8 : 4; }

  [[nodiscard]] std::optional<std::uint64_t> at(std::uint64_t position, std::size_t width) const {
    const auto bytes = file_.at(position, width);
    if (!bytes) return std::nullopt;
    return number(*bytes, big_endian_);
  }

  // Where the next directory is; nothing when this one or its picture is not all there.
  [[nodiscard]] std::optional<std::uint64_t> after(std::uint64_t directory) const {
    const auto entries = at(directory, is_big_ ? 8 : 2);
    if (!entries || *entries > 0xffff) return std::nullopt;
    const std::uint64_t first = directory + (is_big_ ? 8 : 2);
    const std::size_t entry_size = is_big_ ? 20 : 12;
    const auto table = file_.at(first, *entries * entry_size);
    if (!table) return std::nullopt;
    std::optional<Values> offsets;
    std::optional<Values> counts;
    for (std::size_t place = 0; place < table->size(); place += entry_size) {
      const auto entry = std::string_view(*table).substr(place, entry_size);
      const auto tag = number(entry.substr(0, 2), big_endian_);
      if (tag == 273 || tag == 324)
        offsets = values_of(entry, first + place);  // StripOffsets, TileOffsets
      if (tag == 279 || tag == 325)
        counts = values_of(entry, first + place);  // and their byte counts
    }
    if (offsets && counts && !strips_are_inside(*offsets, *counts)) return std::nullopt;
    return at(first + table->size(), offset_size());
  }

  // Of the entry that lies at `position`.
  [[nodiscard]] std::optional<Values> values_of(std::string_view entry,
                                                std::uint64_t position) const {
    const auto type = number(entry.substr(2, 2), big_endian_);
    const auto count = number(entry.substr(4, offset_size()), big_endian_);
    if (count > kMostStrips) return std::nullopt;
    const std::size_t width = type == 3 ? 2 : type == 16 ? 8 : 4;  // SHORT, LONG8, LONG
    const std::size_t inside = 4 + offset_size();
    if (count * width <= offset_size()) return Values{position + inside, count, width};
    return Values{number(entry.substr(inside, offset_size()), big_endian_), count, width};
  }

  [[nodiscard]] bool strips_are_inside(const Values& offsets, const Values& counts) const {
    const auto where = file_.at(offsets.position, offsets.count * offsets.width);
    const auto lengths = file_.at(counts.position, counts.count * counts.width);
    if (!where || !lengths) return false;
    for (std::uint64_t i = 0; i < std::min(offsets.count, counts.count); ++i) {
      const auto offset = number(where->substr(i * offsets.width, offsets.width), big_endian_);
      const auto length = number(lengths->substr(i * counts.width, counts.width), big_endian_);
      if (!file_.holds(offset, length)) return false;
    }
    return true;
  }

  const Peek& file_;
  bool big_endian_;
  bool is_big_;
};

// Where the picture's own bytes begin: a thumbnail in the header has an end marker too.
std::uint64_t begin_of_scan(const Peek& file) {
  std::uint64_t position = 2;
  for (int segments = 0; const auto marker = file.at(position, 4); ++segments) {
    if ((*marker)[0] != '\xff') break;
    if ((*marker)[1] == '\xda' || segments == kMostSegments) return position;
    position += (*marker)[1] == '\xff' ? 1 : 2 + number(marker->substr(2), true);
  }
  return file.size();
}

bool whole_jpeg(const Peek& file) {
  const std::string tail = file.tail();
  const auto end = tail.rfind("\xff\xd9");
  return end != std::string::npos && file.size() - tail.size() + end > begin_of_scan(file);
}

// ISO 32000-1, 7.5.5 and 7.5.8: the last lines name the place of the table or stream of references.
bool whole_pdf(const Peek& file) {
  const std::string tail = file.tail();
  const auto end = tail.rfind("%%EOF");
  const auto start = tail.rfind("startxref", end);
  if (end == std::string::npos || start == std::string::npos) return false;
  const std::uint64_t place = std::strtoull(tail.c_str() + start + 9, nullptr, 10);
  return place > 0 && place < file.size();
}

}  // namespace

bool is_whole(int fd) {
  const Peek file(fd);
  const auto head = file.at(0, 4);
  if (!head) return file.size() > 0;
  const std::string_view kind = *head;
  if (kind == "%PDF") return whole_pdf(file);
  for (const bool is_big : {false, true}) {
    const char version = is_big ? '+' : '*';
    if (kind == std::string{'I', 'I', version, '\0'}) return Tiff(file, false, is_big).is_whole();
    if (kind == std::string{'M', 'M', '\0', version}) return Tiff(file, true, is_big).is_whole();
  }
  if (kind.starts_with("\xff\xd8\xff")) return whole_jpeg(file);
  if (kind == "\x89PNG") return file.tail().find("IEND\xae\x42\x60\x82") != std::string::npos;
  return true;
}

}  // namespace postkamer::intake
