// SPDX-License-Identifier: EUPL-1.2
//
// How much trouble a peer may make. One that keeps saying what cannot be read, or asking for what
// is not its business, is not listened to for a while; one that says too much is told so. No clock:
// the time is passed in, in milliseconds of a monotonic one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "pipeline/base/error.h"

namespace postkamer::host {

struct BudgetLimits {
  int offences = 10;                  // in a minute; one more, and the peer is ignored
  std::int64_t ignored_ms = 600'000;  // for so long
  int messages_a_second = 0;          // on the average; twice as many at once; 0 = not counted
  std::size_t peers = 4096;           // remembered; the one heard of longest ago makes room
};

class PeerBudgets {
 public:
  enum class Verdict {
    welcome,
    flooding,  // to be refused, not acted upon
    ignored    // to be dropped unread
  };

  // Since the start. What `postkamer status` and /metrics show.
  struct Counts {
    std::uint64_t malformed = 0;    // messages that could not be read
    std::uint64_t unsupported = 0;  // messages of a type or version that is not known here
    std::uint64_t refused = 0;      // messages that their sender may not send
    std::uint64_t flooding = 0;     // messages beyond the rate
    std::uint64_t ignored = 0;      // messages of peers that are not listened to
  };

  explicit PeerBudgets(const BudgetLimits& limits = {}) : limits_(limits) {}

  // To be asked for every message before anything else is done with it.
  Verdict on_message(const std::string& peer, std::int64_t now);

  // It said what could not be read, or may not be said. True for the offence with which its budget
  // is spent: the moment to write it down. What is only `unsupported` is counted and no offence:
  // another version may say it, and programs are replaced one after the other.
  bool on_unread(ErrorCode why, const std::string& peer, std::int64_t now);
  bool on_refused(const std::string& peer, std::int64_t now);

  [[nodiscard]] const Counts& counts() const { return counts_; }
  [[nodiscard]] int ignored_peers(std::int64_t now) const;

 private:
  struct Account {
    std::int64_t minute_since = 0;
    int offences = 0;
    std::int64_t ignored_until = 0;
    double tokens = 0;
    std::int64_t last_seen = 0;
  };
  Account& account(const std::string& peer, std::int64_t now);
  bool offend(const std::string& peer, std::int64_t now);

  BudgetLimits limits_;
  Counts counts_;
  std::map<std::string, Account> accounts_;
};

// What of all that is refused is worth writing down: each thing once a minute, and no more than so
// many things a minute, so that nobody can fill a log by knocking.
class RefusalNotes {
 public:
  bool is_news(const std::string& what, std::int64_t now);

 private:
  std::int64_t minute_since_ = 0;
  std::set<std::string> told_;
};

}  // namespace postkamer::host
