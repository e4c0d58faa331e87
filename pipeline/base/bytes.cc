// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/base/bytes.h"

#include <array>
#include <new>

#include <openssl/evp.h>
#include <sodium.h>

namespace postkamer {

namespace {

constexpr std::size_t kSha256Bytes = 32;

std::string hex(std::span<const unsigned char, kSha256Bytes> digest) {
  std::array<char, 2 * kSha256Bytes + 1> text{};
  sodium_bin2hex(text.data(), text.size(), digest.data(), digest.size());
  return text.data();
}

}  // namespace

// Only memory can run out in these calls: SHA-256 is in every build of OpenSSL.
Sha256::Sha256() : state_(EVP_MD_CTX_new()) {
  if (state_ == nullptr || EVP_DigestInit_ex(state_, EVP_sha256(), nullptr) != 1)
    throw std::bad_alloc();
}

Sha256::~Sha256() { EVP_MD_CTX_free(state_); }

void Sha256::add(ByteView bytes) { EVP_DigestUpdate(state_, bytes.data(), bytes.size()); }

std::string Sha256::hex() {
  std::array<unsigned char, kSha256Bytes> digest{};
  EVP_DigestFinal_ex(state_, digest.data(), nullptr);
  return postkamer::hex(digest);
}

std::string sha256_hex(ByteView bytes) {
  Sha256 hash;
  hash.add(bytes);
  return hash.hex();
}

namespace {

std::array<unsigned char, crypto_auth_hmacsha256_BYTES> hmac_sha256(ByteView key,
                                                                    ByteView message) {
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, key.data(), key.size());
  crypto_auth_hmacsha256_update(&state, message.data(), message.size());
  std::array<unsigned char, crypto_auth_hmacsha256_BYTES> digest{};
  crypto_auth_hmacsha256_final(&state, digest.data());
  return digest;
}

}  // namespace

std::string hmac_sha256_hex(ByteView key, ByteView message) {
  return hex(hmac_sha256(key, message));
}

std::string hmac_sha256_base64(ByteView key, ByteView message) {
  const auto digest = hmac_sha256(key, message);
  constexpr int kVariant = sodium_base64_VARIANT_ORIGINAL;
  std::string text(sodium_base64_ENCODED_LEN(digest.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), digest.data(), digest.size(), kVariant);
  text.pop_back();  // the zero at the end
  return text;
}

}  // namespace postkamer
