// SPDX-License-Identifier: EUPL-1.2
//
// The audit chain: every row's hash covers a fixed header, which names the row before, so that a
// change in the middle shows. What a row tells beside its header (`detail`) is in the chain by its
// hash only: nothing personal is ever locked into it, so nothing has to be shredded to keep it
// whole. The end of the chain is vouched for by signed checkpoints; see checkpoint.h.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "workers/journal/rows.h"

namespace postkamer::journal {

// BLAKE2b-256 of a text, 64 hexadecimal digits.
std::string blake2b_hex(std::string_view text);

// The row's hash: BLAKE2b-256, hexadecimal, of its header (seq, utc, actor, action, object,
// payload_hash, prev_hash), each member with its length in front, after a word that names the
// layout. A row without payload_hash is of an earlier layout, which is still reckoned as it was.
std::string audit_hash(const AuditRow& row);

// The row that follows one with this number and hash.
AuditRow next_audit_row(std::uint64_t number, const std::string& hash, const std::string& time,
                        std::string what, std::string subject, std::string detail,
                        std::string actor);

// Follows the chain row by row.
class ChainCheck {
 public:
  // `before`: what the first row follows.
  explicit ChainCheck(const AuditAnchor& before) : first_(before.number + 1), last_(before) {}
  // The number of the first row that is not what it was when it was written: this one, the one
  // before it, or one that is missing between; 0 when all are. Not to be asked again after that.
  std::uint64_t add(AuditRow row);

 private:
  std::uint64_t first_;
  AuditAnchor last_;
};

// As ChainCheck, of all `rows`.
std::uint64_t first_broken(const AuditAnchor& before, std::span<const AuditRow> rows);

// A person as an actor: "person:NAME", the name in one line and at most 64 bytes.
std::string person_actor(std::string_view name);

// The action of a row that says: this journal was put back from a backup, what came after it is
// gone. Checkpoints of before its time that no longer fit are explained by it.
inline constexpr std::string_view kMailroomRestored = "mailroom_restored";
// Rows up to detail.to are not kept any more; detail.hash is the last one's.
inline constexpr std::string_view kAuditDropped = "audit_dropped";

}  // namespace postkamer::journal
