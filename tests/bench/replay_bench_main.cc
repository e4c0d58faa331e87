// SPDX-License-Identifier: EUPL-1.2
//
// bench_replay [EVENTS [KILLS]]: a journal with so many events of some 4 kB; replays them from the
// first to one subscriber and says how many a second, then to one that is killed again and again
// and keeps what it gets in a database of its own.
#include <chrono>
#include <cstdlib>
#include <iostream>

#include <fmt/format.h>

#include "tests/unit/workers/publisher/durable_inbox.h"
#include "tests/unit/workers/publisher/stream_house.h"
#include "workers/publisher/subscriber.h"

namespace {

using namespace postkamer::publisher;  // NOLINT: a program of few lines
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// False when an event was missing or out of order.
bool replay(const StreamHouse& house, std::uint64_t events) {
  const auto start = Clock::now();
  auto subscriber = Subscriber::connect({house.endpoint(), "bench", 0, 1024});
  std::uint64_t last = 0;
  std::size_t bytes = 0;
  while (subscriber && last < events) {
    const auto some = subscriber->next(10'000);
    if (!some || some->empty()) break;
    for (const auto& event : *some) {
      if (event.sequence != last + 1) return false;
      last = event.sequence;
      bytes += event.text.size();
    }
  }
  const double seconds = seconds_since(start);
  fmt::print("replay: {} events in order, {:.0f} MB, {:.2f} s, {:.0f} a second\n", last,
             static_cast<double>(bytes) / 1e6, seconds, static_cast<double>(last) / seconds);
  return last == events;
}

bool killed(const StreamHouse& house, std::uint64_t events, int kills) {
  const auto start = Clock::now();
  const InboxCount count =
      killed_inbox(house.endpoint(), "inbox", house.folder() / "inbox.db", events, kills, 1);
  fmt::print("inbox: killed {} times, {} events, {} different, {}in order, {:.1f} s\n", kills,
             count.rows, count.different, count.is_in_order ? "" : "not ", seconds_since(start));
  return count.rows == events && count.different == events && count.is_in_order;
}

}  // namespace

int main(int argc, char** argv) {
  const int events = argc > 1 ? std::atoi(argv[1]) : 100'000;
  const int kills = argc > 2 ? std::atoi(argv[2]) : 20;
  std::vector<postkamer::host::SubscriberSettings> names(2);
  names[0].name = "bench";
  names[1].name = "inbox";
  StreamHouse house(names);
  house.append(events, "\"fullText\": \"" + std::string(4000, 'x') + "\"");
  house.start();
  const auto count = static_cast<std::uint64_t>(events);
  const bool is_right = replay(house, count) && killed(house, count, kills);
  return is_right ? 0 : 1;
}
