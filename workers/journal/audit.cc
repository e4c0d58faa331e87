// SPDX-License-Identifier: EUPL-1.2
#include "workers/journal/audit.h"

#include <sodium.h>
#include <array>

namespace postkamer::journal {
namespace {

constexpr std::size_t kHashBytes = 32;

void add(crypto_generichash_state& state, const std::string& text) {
  const auto size = static_cast<std::uint64_t>(text.size());
  std::array<unsigned char, 8> length{};
  for (std::size_t i = 0; i < length.size(); ++i)
    length[i] = static_cast<unsigned char>(size >> (8 * i));
  crypto_generichash_update(&state, length.data(), length.size());
  crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(text.data()), size);
}

}  // namespace

std::string audit_hash(const std::string& previous_hash, const AuditRow& row) {
  crypto_generichash_state state;
  crypto_generichash_init(&state, nullptr, 0, kHashBytes);
  add(state, previous_hash);
  add(state, std::to_string(row.number));
  for (const std::string* text : {&row.time, &row.what, &row.subject, &row.detail})
    add(state, *text);
  std::array<unsigned char, kHashBytes> hash{};
  crypto_generichash_final(&state, hash.data(), hash.size());
  std::string text(2 * kHashBytes + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), hash.data(), hash.size());
  text.pop_back();
  return text;
}

std::uint64_t first_broken(const std::string& previous_hash, std::span<const AuditRow> rows) {
  std::string previous = previous_hash;
  std::uint64_t number = rows.empty() ? 0 : rows.front().number;
  for (const AuditRow& row : rows) {
    if (row.number != number++ || row.hash != audit_hash(previous, row)) return row.number;
    previous = row.hash;
  }
  return 0;
}

}  // namespace postkamer::journal
