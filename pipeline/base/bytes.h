// SPDX-License-Identifier: EUPL-1.2
//
// Owned and borrowed byte ranges, and the hash that names them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct evp_md_ctx_st;  // OpenSSL's state of a hash

namespace postkamer {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

inline ByteView bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

inline std::string_view text_of(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// SHA-256 of `bytes`, 64 lower-case hexadecimal digits. Deterministic.
std::string sha256_hex(ByteView bytes);

// The same of bytes that come in pieces: add() each, then hex() once.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  void add(ByteView bytes);
  std::string hex();

 private:
  evp_md_ctx_st* state_;
};

// HMAC-SHA-256 (RFC 2104) of `message`, 64 lower-case hexadecimal digits. Any length of key.
std::string hmac_sha256_hex(ByteView key, ByteView message);
// The same in base64 (RFC 4648, with padding), 44 characters.
std::string hmac_sha256_base64(ByteView key, ByteView message);

}  // namespace postkamer
