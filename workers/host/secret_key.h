// SPDX-License-Identifier: EUPL-1.2
//
// Keys for peers over tcp (CURVE: Curve25519), and the files they lie in. A key file has lines
// `name = "value"`, mode 0600: `secret` and `public` are the pair; `name`, `server` and `address`,
// in a peer's, say what it is called and where its mailroom is. Whoever has the file is that peer.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "pipeline/base/error.h"

namespace postkamer::host {

inline constexpr std::size_t kKeyText = 40;  // characters of a key in Z85

// A key that nobody else is to know: kept out of swap, wiped when it is no longer needed.
class SecretKey {
 public:
  // Takes the 40 characters of Z85. Fails with: invalid_config (key_malformed, key_memory).
  static Result<SecretKey> from(std::string_view z85);
  // 41 bytes, the last one 0.
  [[nodiscard]] const char* z85() const { return text_.get(); }
  // Its public half, in Z85.
  [[nodiscard]] std::string public_key() const;

 private:
  struct Wipe {
    void operator()(char* memory) const;
  };
  explicit SecretKey(char* memory) : text_(memory) {}
  friend Result<SecretKey> new_secret_key();
  std::unique_ptr<char, Wipe> text_;
};

// A fresh one. Fails with: invalid_config (key_memory).
Result<SecretKey> new_secret_key();

// 40 characters of Z85 that decode.
bool is_public_key(const std::string& z85);

struct KeyFile {
  SecretKey secret;
  std::string name;     // of a peer
  std::string server;   // the mailroom's public key; empty in the mailroom's own file
  std::string address;  // of the mailroom's gate; may be empty
};

// Fails with: invalid_config: key_file (not there, or a line is missing), key_file_open (others
// than its owner may read it), key_malformed.
Result<KeyFile> read_key_file(const std::filesystem::path& file);

// Writes it, mode 0600; never over another one. Fails with: invalid_config (key_file_exists),
// unavailable (file_unwritable).
Result<void> write_key_file(const std::filesystem::path& file, const KeyFile& key);

}  // namespace postkamer::host
