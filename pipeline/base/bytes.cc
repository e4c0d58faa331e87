// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/base/bytes.h"

#include <array>

#include <sodium.h>

namespace postkamer {

std::string sha256_hex(ByteView bytes) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), bytes.data(), bytes.size());
  std::array<char, 2 * crypto_hash_sha256_BYTES + 1> text{};
  sodium_bin2hex(text.data(), text.size(), digest.data(), digest.size());
  return text.data();
}

}  // namespace postkamer
