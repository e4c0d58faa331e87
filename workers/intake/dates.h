// SPDX-License-Identifier: EUPL-1.2
#pragma once

#include <ctime>
#include <string>

namespace postkamer::intake {

// The local day of a moment, its parts joined by `separator`: "2026-05-03", "2026/05/03".
std::string day_of(std::time_t time, const char* separator);

// Whole days from `earlier` to `later`, both yyyy-mm-dd. 0 when one of them is no date.
int days_between(const std::string& earlier, const std::string& later);

}  // namespace postkamer::intake
