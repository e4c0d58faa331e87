// SPDX-License-Identifier: EUPL-1.2
//
// The audit chain: every row's hash covers the row before, so that a change in the middle shows.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "workers/journal/rows.h"

namespace postkamer::journal {

// BLAKE2b-256, hexadecimal, of the previous hash and the row's members, each with its length in
// front. The first row's previous hash is empty.
std::string audit_hash(const std::string& previous_hash, const AuditRow& row);

// The number of the first row whose hash does not follow from the one before, 0 when all do.
// `previous_hash` is that of the row before rows[0].
std::uint64_t first_broken(const std::string& previous_hash, std::span<const AuditRow> rows);

}  // namespace postkamer::journal
