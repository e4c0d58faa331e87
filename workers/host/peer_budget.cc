// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/peer_budget.h"

#include <algorithm>

namespace postkamer::host {

namespace {
constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::size_t kMostNotes = 32;  // in a minute
}  // namespace

PeerBudgets::Account& PeerBudgets::account(const std::string& peer, std::int64_t now) {
  if (const auto found = accounts_.find(peer); found != accounts_.end()) return found->second;
  if (accounts_.size() >= limits_.peers)
    accounts_.erase(std::ranges::min_element(
        accounts_, {}, [](const auto& entry) { return entry.second.last_seen; }));
  Account& fresh = accounts_[peer];
  fresh.tokens = 2.0 * limits_.messages_a_second;
  fresh.minute_since = fresh.last_seen = now;
  return fresh;
}

PeerBudgets::Verdict PeerBudgets::on_message(const std::string& peer, std::int64_t now) {
  Account& one = account(peer, now);
  const auto passed = static_cast<double>(now - one.last_seen);
  one.last_seen = now;
  if (now < one.ignored_until) {
    ++counts_.ignored;
    return Verdict::ignored;
  }
  if (limits_.messages_a_second == 0) return Verdict::welcome;
  one.tokens = std::min(2.0 * limits_.messages_a_second,
                        one.tokens + passed * limits_.messages_a_second / 1000.0);
  if (one.tokens < 1.0) {
    ++counts_.flooding;
    return Verdict::flooding;
  }
  one.tokens -= 1.0;
  return Verdict::welcome;
}

bool PeerBudgets::on_unread(ErrorCode why, const std::string& peer, std::int64_t now) {
  if (why == ErrorCode::unsupported) {
    ++counts_.unsupported;
    return false;
  }
  ++counts_.malformed;
  return offend(peer, now);
}

bool PeerBudgets::on_refused(const std::string& peer, std::int64_t now) {
  ++counts_.refused;
  return offend(peer, now);
}

bool PeerBudgets::offend(const std::string& peer, std::int64_t now) {
  Account& one = account(peer, now);
  if (now - one.minute_since >= kMinuteMs) {
    one.minute_since = now;
    one.offences = 0;
  }
  if (++one.offences <= limits_.offences || now < one.ignored_until) return false;
  one.ignored_until = now + limits_.ignored_ms;
  one.offences = 0;
  return true;
}

int PeerBudgets::ignored_peers(std::int64_t now) const {
  return static_cast<int>(std::ranges::count_if(
      accounts_, [&](const auto& entry) { return now < entry.second.ignored_until; }));
}

bool RefusalNotes::is_news(const std::string& what, std::int64_t now) {
  if (now - minute_since_ >= kMinuteMs) {
    minute_since_ = now;
    told_.clear();
  }
  return told_.size() < kMostNotes && told_.insert(what).second;
}

}  // namespace postkamer::host
