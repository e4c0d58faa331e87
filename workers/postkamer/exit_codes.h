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
inline constexpr int kUnavailable = 69;  // no mailroom answers (EX_UNAVAILABLE)
inline constexpr int kConfig = 78;       // settings or forms are wrong (EX_CONFIG)

}  // namespace postkamer::exit_code
