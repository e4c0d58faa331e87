// SPDX-License-Identifier: EUPL-1.2
//
// How `postkamer` ends. The numbers are documented in README.md and do not change.
#pragma once

namespace postkamer::exit_code {

inline constexpr int kOk = 0;
inline constexpr int kFailed = 1;     // something went wrong that the message names
inline constexpr int kUsage = 2;      // the command line is wrong
inline constexpr int kUnsettled = 3;  // run: a sheet is not accounted for; ledger.json names it
inline constexpr int kNotFound = 4;   // no such document, batch or file
inline constexpr int kRefused = 5;    // the act is not allowed in this state; the message says why
// audit verify: what is wrong with the audit.
inline constexpr int kAuditAltered = 10;      // a row was changed, removed, put in or moved
inline constexpr int kAuditRewritten = 11;    // the rows are not those that were signed
inline constexpr int kAuditTailMissing = 12;  // rows that a checkpoint has seen are gone
inline constexpr int kAuditForeign = 13;      // a checkpoint of another journal or key
inline constexpr int kUnavailable = 69;  // no mailroom answers, or it cannot now (EX_UNAVAILABLE)
inline constexpr int kConfig = 78;       // settings or forms are wrong (EX_CONFIG)

}  // namespace postkamer::exit_code
