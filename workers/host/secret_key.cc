// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/secret_key.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <initializer_list>
#include <optional>

#include <sodium.h>
#include <zmq.h>

#include "workers/host/descriptor.h"

namespace postkamer::host {
namespace {

constexpr std::size_t kMostFileBytes = 4096;

tl::unexpected<Error> no_memory() {
  return fail(ErrorCode::invalid_config, "key_memory",
              "keeping a key: no memory for it that can be locked; raise RLIMIT_MEMLOCK");
}

// Locked, between guard pages, wiped when it is freed.
char* safe_memory(std::size_t bytes) {
  if (sodium_init() < 0) return nullptr;
  return static_cast<char*>(sodium_malloc(bytes));
}

struct Freed {
  void operator()(char* memory) const { sodium_free(memory); }
};
using Buffer = std::unique_ptr<char, Freed>;

// The value of a line `NAME = "VALUE"`, not copied.
std::optional<std::string_view> value_of(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (!line.starts_with(name)) continue;
    const auto open = line.find('"');
    const auto close = line.rfind('"');
    if (open == std::string_view::npos || close == open) continue;
    std::string_view between = line.substr(name.size(), open - name.size());
    if (between.find_first_not_of(" \t") != between.find('=')) continue;
    return line.substr(open + 1, close - open - 1);
  }
  return std::nullopt;
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

void SecretKey::Wipe::operator()(char* memory) const { sodium_free(memory); }

Result<SecretKey> SecretKey::from(std::string_view z85) {
  char* const memory = safe_memory(kKeyText + 1);
  if (memory == nullptr) return no_memory();
  SecretKey key(memory);
  std::memset(memory, 0, kKeyText + 1);
  std::array<std::uint8_t, 32> binary{};
  if (z85.size() == kKeyText) std::memcpy(memory, z85.data(), kKeyText);
  const bool is_key = z85.size() == kKeyText && zmq_z85_decode(binary.data(), memory) != nullptr;
  sodium_memzero(binary.data(), binary.size());
  if (is_key) return key;
  return fail(ErrorCode::invalid_config, "key_malformed",
              "reading a key: it is not 40 characters of Z85; copy it whole");
}

std::string SecretKey::public_key() const {
  std::array<char, kKeyText + 1> text{};
  if (zmq_curve_public(text.data(), z85()) != 0) return {};
  return text.data();
}

Result<SecretKey> new_secret_key() {
  std::array<char, kKeyText + 1> unused{};
  char* const memory = safe_memory(kKeyText + 1);
  if (memory == nullptr) return no_memory();
  SecretKey key(memory);
  if (zmq_curve_keypair(unused.data(), memory) != 0)
    return fail(ErrorCode::invalid_config, "key_memory", "making a key: libzmq has no CURVE");
  return key;
}

bool is_public_key(const std::string& z85) {
  std::array<std::uint8_t, 32> binary{};
  return z85.size() == kKeyText && zmq_z85_decode(binary.data(), z85.c_str()) != nullptr;
}

Result<KeyFile> read_key_file(const std::filesystem::path& file) {
  const auto wrong = [&](const char* reason, const std::string& what) {
    return fail(ErrorCode::invalid_config, reason,
                "reading the key file " + file.string() + ": " + what);
  };
  const Descriptor opened{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
  if (opened.get() < 0)
    return wrong("key_file",
                 std::string(std::strerror(errno)) + "; `postkamer keys new` makes one");
  struct stat status {};
  ::fstat(opened.get(), &status);
  if (!S_ISREG(status.st_mode)) return wrong("key_file", "it is not a file");
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return wrong("key_file_open", "others may read it; chmod 600, and make a new key if they did");
  const Buffer buffer(safe_memory(kMostFileBytes));
  if (!buffer) return no_memory();
  std::size_t size = 0;
  while (size < kMostFileBytes) {
    const ssize_t got = ::read(opened.get(), buffer.get() + size, kMostFileBytes - size);
    if (got <= 0) break;
    size += static_cast<std::size_t>(got);
  }
  const std::string_view text(buffer.get(), size);
  const auto secret = value_of(text, "secret");
  if (!secret) return wrong("key_file", "it has no line secret = \"...\"");
  PK_TRY(key, SecretKey::from(*secret));
  const auto said = [&](std::string_view name) {
    return std::string(value_of(text, name).value_or(std::string_view()));
  };
  KeyFile found{std::move(key), said("name"), said("server"), said("address")};
  if (!found.server.empty() && !is_public_key(found.server))
    return wrong("key_malformed", "server is not 40 characters of Z85");
  return found;
}

Result<void> write_key_file(const std::filesystem::path& file, const KeyFile& key) {
  const Descriptor made{::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  if (made.get() < 0 && errno == EEXIST)
    return fail(ErrorCode::invalid_config, "key_file_exists",
                "writing the key file " + file.string() +
                    ": there is one; a key is never written over another");
  const auto line = [&](std::string_view name, std::string_view value) {
    if (value.empty()) return true;
    // The value alone may be secret; it is written from where it lies.
    return write_all(made.get(), name) && write_all(made.get(), " = \"") &&
           write_all(made.get(), value) && write_all(made.get(), "\"\n");
  };
  const bool is_written =
      made.get() >= 0 &&
      write_all(made.get(),
                "# A key of Postkamer. Whoever has this file is its owner: mode 0600.\n") &&
      line("name", key.name) && line("public", key.secret.public_key()) &&
      line("secret", {key.secret.z85(), kKeyText}) && line("server", key.server) &&
      line("address", key.address) && ::fsync(made.get()) == 0;
  if (is_written) return {};
  return fail(ErrorCode::unavailable, "file_unwritable",
              "writing the key file " + file.string() + ": " + std::strerror(errno));
}

}  // namespace postkamer::host
