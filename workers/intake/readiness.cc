// SPDX-License-Identifier: EUPL-1.2
#include "workers/intake/readiness.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <optional>
#include <set>
#include <string_view>

namespace postkamer::intake {
namespace {

constexpr std::array<std::string_view, 5> kPassingEndings{".tmp", ".part", ".partial", ".filepart",
                                                          ".crdownload"};
constexpr std::array<std::string_view, 3> kPassingNames{"thumbs.db", "desktop.ini", "@eadir"};
constexpr std::size_t kTail = 1024;
constexpr std::size_t kMostDirectories = 100'000;

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// Reads pieces of a file by position.
class Peek {
 public:
  explicit Peek(const std::filesystem::path& file) : stream_(file, std::ios::binary) {
    stream_.seekg(0, std::ios::end);
    size_ = stream_ ? static_cast<std::uint64_t>(stream_.tellg()) : 0;
  }

  [[nodiscard]] std::uint64_t size() const { return size_; }

  std::optional<std::string> at(std::uint64_t position, std::size_t length) {
    if (position > size_ || length > size_ - position) return std::nullopt;
    std::string bytes(length, '\0');
    stream_.clear();
    stream_.seekg(static_cast<std::streamoff>(position));
    stream_.read(bytes.data(), static_cast<std::streamsize>(length));
    if (!stream_) return std::nullopt;
    return bytes;
  }

  std::string tail() {
    const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(kTail, size_));
    return at(size_ - length, length).value_or("");
  }

 private:
  std::ifstream stream_;
  std::uint64_t size_ = 0;
};

std::uint64_t number(std::string_view bytes, bool big_endian) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::size_t k = big_endian ? i : bytes.size() - 1 - i;
    value = value << 8 | static_cast<unsigned char>(bytes[k]);
  }
  return value;
}

// Follows the chain of directories; each must lie inside the file, and the chain must end.
bool whole_tiff(Peek& file) {
  const bool big_endian = file.at(0, 2) == "MM";
  const auto first = file.at(4, 4);
  if (!first) return false;
  std::uint64_t directory = number(*first, big_endian);
  std::set<std::uint64_t> visited;
  while (directory != 0 && visited.size() < kMostDirectories) {
    const auto count = file.at(directory, 2);
    if (!count || !visited.insert(directory).second) return false;
    const auto next = file.at(directory + 2 + 12 * number(*count, big_endian), 4);
    if (!next) return false;
    directory = number(*next, big_endian);
  }
  return directory == 0 && !visited.empty();
}

bool whole_jpeg(Peek& file) {
  const std::string tail = file.tail();
  return tail.rfind("\xff\xd9") != std::string::npos;
}

}  // namespace

bool is_passing_name(const std::string& name) {
  const std::string small = lower(name);
  if (small.starts_with('.') || small.starts_with("~$")) return true;
  if (std::ranges::find(kPassingNames, small) != kPassingNames.end()) return true;
  return std::ranges::any_of(kPassingEndings,
                             [&](std::string_view ending) { return small.ends_with(ending); });
}

bool looks_whole(const std::filesystem::path& file) {
  Peek peek(file);
  const auto head = peek.at(0, 4);
  if (!head) return peek.size() > 0;
  if (head->starts_with("%PDF")) return peek.tail().find("%%EOF") != std::string::npos;
  if (*head == std::string("II*\0", 4) || *head == std::string("MM\0*", 4)) return whole_tiff(peek);
  if (head->starts_with("\xff\xd8\xff")) return whole_jpeg(peek);
  if (*head == "\x89PNG") return peek.tail().find("IEND") != std::string::npos;
  return true;
}

std::vector<std::filesystem::path> Readiness::look(const std::filesystem::path& folder,
                                                   Clock::time_point now) {
  for (auto& [name, sighting] : sightings_) sighting.seen = false;
  std::vector<std::pair<Clock::time_point, std::filesystem::path>> ready;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
    const std::string name = entry.path().filename();
    std::error_code gone;
    if (entry.symlink_status(gone).type() != std::filesystem::file_type::regular ||
        is_passing_name(name))
      continue;
    const auto size = entry.file_size(gone);
    const auto written = entry.last_write_time(gone);
    if (gone) continue;
    auto [found, is_new] = sightings_.try_emplace(name, Sighting{size, written, now, true});
    Sighting& sighting = found->second;
    if (!is_new && (sighting.size != size || sighting.written != written))
      sighting = {size, written, now, true};
    sighting.seen = true;
    const auto untouched = now - sighting.since;
    if (untouched < stable_ || (untouched < half_written_ && (size == 0 || !looks_whole(entry))))
      continue;
    ready.emplace_back(sighting.since, entry.path());
  }
  std::erase_if(sightings_, [](const auto& pair) { return !pair.second.seen; });
  std::ranges::stable_sort(ready, {}, [](const auto& pair) { return pair.first; });
  std::vector<std::filesystem::path> files;
  for (auto& [since, file] : ready) files.push_back(std::move(file));
  return files;
}

}  // namespace postkamer::intake
