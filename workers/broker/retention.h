// SPDX-License-Identifier: EUPL-1.2
//
// Which events may be forgotten. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "workers/journal/journal.h"

namespace postkamer::broker {

struct RetentionPolicy {
  int keep_days = 0;  // older events go, once every subscriber has them; 0 = never
  int wait_days = 0;  // an absent subscriber holds them back until this old; 0 = for ever
  std::vector<std::string> subscribers;  // names that count
};

struct StreamState {
  std::uint64_t head = 0;
  std::uint64_t oldest = 1;     // kept
  std::uint64_t past_keep = 0;  // the newest event that is older than keep_days
  std::uint64_t past_wait = 0;  // ... than wait_days; 0 when subscribers are waited for for ever
  std::vector<journal::CursorRow> cursors;  // one a subscriber that counts; 0 = it never came
};

// What is to be dropped, and for each subscriber that had not got all of it how many events it
// loses, with an audit row that names it. Empty when there is nothing to drop.
journal::Operations retention_of(const StreamState& state);

// Whether nothing should be forgotten by a clock that says `now`: it is behind the time that was
// last believed, or more than `most_days` beyond it. Both seconds since 1970; `last` 0 = none was.
bool is_doubtful_clock(std::int64_t last, std::int64_t now, int most_days);

// `days` before `now` (seconds since 1970), as events carry their time: RFC 3339, UTC.
std::string days_before(std::int64_t now, int days);

}  // namespace postkamer::broker
