// SPDX-License-Identifier: EUPL-1.2
#include "workers/journal/signed_note.h"

#include <sodium.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <vector>

namespace postkamer::journal {
namespace {

constexpr unsigned char kEd25519 = 1;
constexpr std::string_view kDash = "\u2014 ";
constexpr std::string_view kPrivate = "PRIVATE+KEY+";
constexpr std::size_t kIdBytes = 4;
constexpr std::size_t kKeyBytes = 32;

using Raw = std::vector<unsigned char>;

std::string base64(const Raw& bytes) {
  std::string text(sodium_base64_ENCODED_LEN(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  text.pop_back();
  return text;
}

std::optional<Raw> from_base64(std::string_view text) {
  Raw bytes(text.size());
  std::size_t size = 0;
  const char* end = nullptr;
  if (sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &size, &end,
                        sodium_base64_VARIANT_ORIGINAL) != 0 ||
      end != text.data() + text.size())
    return std::nullopt;
  bytes.resize(size);
  return bytes;
}

// The first bytes of the SHA-256 of name, line end, kind of key, key.
Raw key_id(const NoteVerifier& verifier) {
  std::string text = verifier.name + "\n" + static_cast<char>(kEd25519);
  text.append(verifier.public_key.begin(), verifier.public_key.end());
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
  return {hash.begin(), hash.begin() + kIdBytes};
}

std::string hex(const Raw& bytes) {
  std::string text(2 * bytes.size() + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
  text.pop_back();
  return text;
}

std::string key_text(const std::string& name, const Raw& id,
                     const std::array<unsigned char, kKeyBytes>& key) {
  Raw tagged{kEd25519};
  tagged.insert(tagged.end(), key.begin(), key.end());
  return name + "+" + hex(id) + "+" + base64(tagged);
}

struct KeyParts {
  std::string name, id;
  std::array<unsigned char, kKeyBytes> key{};
};

std::optional<KeyParts> key_parts(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  const auto first = text.find('+');
  const auto second = first == std::string_view::npos ? first : text.find('+', first + 1);
  if (second == std::string_view::npos || first == 0) return std::nullopt;
  const auto tagged = from_base64(text.substr(second + 1));
  if (!tagged || tagged->size() != kKeyBytes + 1 || tagged->front() != kEd25519)
    return std::nullopt;
  KeyParts parts{std::string(text.substr(0, first)),
                 std::string(text.substr(first + 1, second - first - 1)),
                 {}};
  std::copy(tagged->begin() + 1, tagged->end(), parts.key.begin());
  return parts;
}

tl::unexpected<Error> no_key(const char* what) {
  return fail(ErrorCode::invalid_config, "note_key",
              std::string("reading a ") + what +
                  " key of the audit: it is not one; `postkamer audit key` makes one");
}

}  // namespace

std::string NoteVerifier::text() const { return key_text(name, key_id(*this), public_key); }

Result<NoteVerifier> NoteVerifier::parse(std::string_view text) {
  const auto parts = key_parts(text);
  if (!parts) return no_key("public");
  NoteVerifier verifier{parts->name, parts->key};
  if (hex(key_id(verifier)) != parts->id) return no_key("public");
  return verifier;
}

NoteSigner NoteSigner::generate(std::string name) {
  NoteSigner signer{std::move(name), {}};
  randombytes_buf(signer.seed.data(), signer.seed.size());
  return signer;
}

NoteVerifier NoteSigner::verifier() const {
  NoteVerifier verifier{name, {}};
  std::array<unsigned char, crypto_sign_SECRETKEYBYTES> secret{};
  crypto_sign_seed_keypair(verifier.public_key.data(), secret.data(), seed.data());
  sodium_memzero(secret.data(), secret.size());
  return verifier;
}

std::string NoteSigner::text() const {
  return std::string(kPrivate) + key_text(name, key_id(verifier()), seed);
}

Result<NoteSigner> NoteSigner::parse(std::string_view text) {
  if (!text.starts_with(kPrivate)) return no_key("private");
  const auto parts = key_parts(text.substr(kPrivate.size()));
  if (!parts) return no_key("private");
  NoteSigner signer{parts->name, parts->key};
  if (hex(key_id(signer.verifier())) != parts->id) return no_key("private");
  return signer;
}

std::string sign_note(std::string_view text, const NoteSigner& signer) {
  std::array<unsigned char, 32> public_key{};
  std::array<unsigned char, crypto_sign_SECRETKEYBYTES> secret{};
  crypto_sign_seed_keypair(public_key.data(), secret.data(), signer.seed.data());
  std::array<unsigned char, crypto_sign_BYTES> signature{};
  crypto_sign_detached(signature.data(), nullptr,
                       reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                       secret.data());
  sodium_memzero(secret.data(), secret.size());
  Raw signed_by = key_id(signer.verifier());
  signed_by.insert(signed_by.end(), signature.begin(), signature.end());
  return std::string(text) + "\n" + std::string(kDash) + signer.name + " " + base64(signed_by) +
         "\n";
}

OpenedNote open_note(std::string_view note, const NoteVerifier& verifier) {
  OpenedNote opened;
  const auto gap = note.find("\n\n");
  if (gap == std::string_view::npos) return opened;
  opened.text = note.substr(0, gap + 1);
  const Raw id = key_id(verifier);
  std::string_view rest = note.substr(gap + 2);
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    if (end == std::string_view::npos) return {};  // torn
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    if (line.empty()) break;
    const auto space = line.rfind(' ');
    const auto bytes = from_base64(line.substr(space + 1));
    const bool is_line =
        line.starts_with(kDash) && space >= kDash.size() && bytes && bytes->size() > kIdBytes;
    if (!is_line) return {};
    opened.state = opened.state == NoteState::damaged ? NoteState::foreign : opened.state;
    const bool is_ours = line.substr(kDash.size(), space - kDash.size()) == verifier.name &&
                         bytes->size() == kIdBytes + crypto_sign_BYTES &&
                         std::equal(id.begin(), id.end(), bytes->begin());
    if (is_ours &&
        crypto_sign_verify_detached(bytes->data() + kIdBytes,
                                    reinterpret_cast<const unsigned char*>(opened.text.data()),
                                    opened.text.size(), verifier.public_key.data()) == 0)
      opened.state = NoteState::genuine;
  }
  return opened;
}

}  // namespace postkamer::journal
