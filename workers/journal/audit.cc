// SPDX-License-Identifier: EUPL-1.2
#include "workers/journal/audit.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

namespace postkamer::journal {
namespace {

constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kMaxName = 64;
constexpr const char* kLayout = "postkamer-audit/2";

class Hash {
 public:
  Hash() { crypto_generichash_init(&state_, nullptr, 0, kHashBytes); }

  void add(std::string_view text) {
    crypto_generichash_update(&state_, reinterpret_cast<const unsigned char*>(text.data()),
                              text.size());
  }
  // With its length in front: where one text ends and the next begins is part of what is hashed.
  void add_member(std::string_view text) {
    const auto size = static_cast<std::uint64_t>(text.size());
    std::array<unsigned char, 8> length{};
    for (std::size_t i = 0; i < length.size(); ++i)
      length[i] = static_cast<unsigned char>(size >> (8 * i));
    crypto_generichash_update(&state_, length.data(), length.size());
    add(text);
  }
  std::string hex() {
    std::array<unsigned char, kHashBytes> hash{};
    crypto_generichash_final(&state_, hash.data(), hash.size());
    std::string text(2 * kHashBytes + 1, '\0');
    sodium_bin2hex(text.data(), text.size(), hash.data(), hash.size());
    text.pop_back();
    return text;
  }

 private:
  crypto_generichash_state state_{};
};

bool is_earlier_layout(const AuditRow& row) { return row.payload_hash.empty(); }

std::string hash_as(AuditRow row, std::uint64_t number) {
  row.number = number;
  return audit_hash(row);
}

}  // namespace

std::string blake2b_hex(std::string_view text) {
  Hash hash;
  hash.add(text);
  return hash.hex();
}

std::string audit_hash(const AuditRow& row) {
  Hash hash;
  const std::string number = std::to_string(row.number);
  if (is_earlier_layout(row))
    for (const std::string* text :
         {&row.previous_hash, &number, &row.time, &row.what, &row.subject, &row.detail})
      hash.add_member(*text);
  else {
    hash.add_member(kLayout);
    for (const std::string* text : {&number, &row.time, &row.actor, &row.what, &row.subject,
                                    &row.payload_hash, &row.previous_hash})
      hash.add_member(*text);
  }
  return hash.hex();
}

AuditRow next_audit_row(std::uint64_t number, const std::string& hash, const std::string& time,
                        std::string what, std::string subject, std::string detail,
                        std::string actor) {
  AuditRow row{number + 1,
               time,
               std::move(what),
               std::move(subject),
               std::move(detail),
               "",
               std::move(actor),
               "",
               hash};
  row.payload_hash = blake2b_hex(row.detail);
  row.hash = audit_hash(row);
  return row;
}

std::uint64_t ChainCheck::add(AuditRow row) {
  const std::uint64_t number = last_.number + 1;
  const std::uint64_t one_before = number > first_ ? number - 1 : number;
  if (row.number != number) return number;
  if (is_earlier_layout(row)) row.previous_hash = last_.hash;  // it did not keep it
  const bool is_own = is_earlier_layout(row) || row.payload_hash == blake2b_hex(row.detail);
  if (!is_own || row.hash != audit_hash(row))
    // Right under its former number: the row before was put in between.
    return row.hash == hash_as(row, number - 1) ? one_before : number;
  // As it was written, but it had seen another row before it.
  if (row.previous_hash != last_.hash) return one_before;
  last_ = {row.number, row.hash};
  return 0;
}

std::uint64_t first_broken(const AuditAnchor& before, std::span<const AuditRow> rows) {
  ChainCheck chain(before);
  for (const AuditRow& row : rows)
    if (const std::uint64_t broken = chain.add(row); broken != 0) return broken;
  return 0;
}

std::string person_actor(std::string_view name) {
  std::size_t size = std::min(name.size(), kMaxName);
  const auto continues = [&](std::size_t i) {
    return i < name.size() && (static_cast<unsigned char>(name[i]) & 0xC0) == 0x80;
  };
  while (size > 0 && continues(size)) --size;  // no half of a letter
  std::string actor = "person:";
  for (const char c : name.substr(0, size))
    actor += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  return actor;
}

}  // namespace postkamer::journal
