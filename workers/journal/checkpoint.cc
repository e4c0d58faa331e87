// SPDX-License-Identifier: EUPL-1.2
#include "workers/journal/checkpoint.h"

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <sstream>

namespace postkamer::journal {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kOrigin = "postkamer.audit/";
constexpr std::string_view kTime = "time ";
constexpr std::string_view kEnding = ".notes";
constexpr std::size_t kHashBytes = 32;

tl::unexpected<Error> io_error(const char* doing, const fs::path& what, int number) {
  return fail(ErrorCode::unavailable, "checkpoint_io",
              std::string(doing) + " checkpoints of the audit in " + what.string() + ": " +
                  std::strerror(number));
}

// Gives errno, 0 when it worked.
int append_durably(const fs::path& file, const std::string& text) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (fd < 0) return errno;
  errno = 0;
  const ssize_t written = ::write(fd, text.data(), text.size());
  int failure = written == static_cast<ssize_t>(text.size()) ? 0 : errno != 0 ? errno : EIO;
  if (failure == 0 && ::fsync(fd) != 0) failure = errno;
  ::close(fd);
  return failure;
}

int sync_names(const fs::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return errno;
  // A file system that knows no such thing is no error.
  const int failure = ::fsync(fd) != 0 && errno != EINVAL ? errno : 0;
  ::close(fd);
  return failure;
}

std::string hex_to_base64(const std::string& hex) {
  std::array<unsigned char, kHashBytes> bytes{};
  std::size_t size = 0;
  sodium_hex2bin(bytes.data(), bytes.size(), hex.data(), hex.size(), nullptr, &size, nullptr);
  std::string text(sodium_base64_ENCODED_LEN(kHashBytes, sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  text.pop_back();
  return text;
}

std::string base64_to_hex(const std::string& text) {
  std::array<unsigned char, kHashBytes> bytes{};
  std::size_t size = 0;
  if (sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &size,
                        nullptr, sodium_base64_VARIANT_ORIGINAL) != 0 ||
      size != kHashBytes)
    return {};
  std::string hex(2 * kHashBytes + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), bytes.data(), bytes.size());
  hex.pop_back();
  return hex;
}

// Parts that an empty line divides, without it.
std::vector<std::string> blocks_of(const std::string& text) {
  std::vector<std::string> blocks;
  std::string block;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty()) {
      block += line + "\n";
    } else if (!block.empty()) {
      blocks.push_back(std::exchange(block, {}));
    }
  }
  if (!block.empty()) blocks.push_back(std::move(block));
  return blocks;
}

bool is_signatures(const std::string& block) { return block.starts_with("\u2014 "); }

}  // namespace

std::string checkpoint_origin(const std::string& audit_id) {
  return std::string(kOrigin) + audit_id;
}

std::string checkpoint_text(const Checkpoint& checkpoint) {
  return checkpoint.origin + "\n" + std::to_string(checkpoint.size) + "\n" +
         hex_to_base64(checkpoint.hash) + "\n" + std::string(kTime) + checkpoint.time + "\n";
}

std::optional<Checkpoint> checkpoint_from(std::string_view text) {
  std::istringstream lines{std::string(text)};
  Checkpoint checkpoint;
  std::string size, hash, time;
  if (!std::getline(lines, checkpoint.origin) || !std::getline(lines, size) ||
      !std::getline(lines, hash) || !std::getline(lines, time) || !time.starts_with(kTime))
    return std::nullopt;
  const auto read = std::from_chars(size.data(), size.data() + size.size(), checkpoint.size);
  checkpoint.hash = base64_to_hex(hash);
  checkpoint.time = time.substr(kTime.size());
  const bool is_whole = read.ec == std::errc{} && read.ptr == size.data() + size.size() &&
                        checkpoint.size > 0 && !checkpoint.hash.empty();
  return is_whole ? std::optional(checkpoint) : std::nullopt;
}

Result<void> CheckpointFolder::append(const Checkpoint& checkpoint,
                                      const NoteSigner& signer) const {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) return io_error("making the folder for", folder_, error.value());
  const std::string id =
      checkpoint.origin.substr(std::min(kOrigin.size(), checkpoint.origin.size()));
  const fs::path file = folder_ / (id + "-" + checkpoint.time.substr(0, 10) + std::string(kEnding));
  const bool is_new = !fs::exists(file, error);
  // Whatever a crash left half written before it ends at the empty line.
  const std::string note = (is_new ? "" : "\n\n") + sign_note(checkpoint_text(checkpoint), signer);
  if (const int failure = append_durably(file, note); failure != 0)
    return io_error("writing", folder_, failure);
  if (const int failure = is_new ? sync_names(folder_) : 0; failure != 0)
    return io_error("writing", folder_, failure);
  return {};
}

Result<std::vector<std::string>> CheckpointFolder::notes() const {
  std::vector<std::string> notes;
  std::error_code error;
  if (!fs::exists(folder_, error)) return notes;
  std::vector<fs::path> files;
  for (auto entry = fs::directory_iterator(folder_, error);
       !error && entry != fs::directory_iterator(); entry.increment(error))
    if (entry->path().extension() == kEnding) files.push_back(entry->path());
  if (error) return io_error("looking for", folder_, error.value());
  std::ranges::sort(files);
  for (const fs::path& file : files) {
    const auto size = fs::file_size(file, error);
    if (error) return io_error("reading", file, error.value());
    std::string text(size, '\0');
    if (!std::ifstream(file, std::ios::binary)
             .read(text.data(), static_cast<std::streamsize>(size)))
      return io_error("reading", file, EIO);
    const auto blocks = blocks_of(text);
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      const bool is_whole =
          i + 1 < blocks.size() && !is_signatures(blocks[i]) && is_signatures(blocks[i + 1]);
      notes.push_back(is_whole ? blocks[i] + "\n" + blocks[i + 1] : blocks[i]);
      if (is_whole) ++i;
    }
  }
  return notes;
}

}  // namespace postkamer::journal
