// SPDX-License-Identifier: EUPL-1.2
#pragma once

#include <ctime>
#include <string>

namespace postkamer::intake {

// The local day of a moment, its parts joined by `separator`: "2026-05-03", "2026/05/03".
std::string day_of(std::time_t time, const char* separator);

// The date of receipt, yyyy-mm-dd, of what comes in then: that day, or where only working days
// count the first one from it on.
std::string day_of_receipt(std::time_t time, bool on_working_days);

// Whole days from `earlier` to `later`, both yyyy-mm-dd. 0 when one of them is no date.
int days_between(const std::string& earlier, const std::string& later);

}  // namespace postkamer::intake
