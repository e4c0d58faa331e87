// SPDX-License-Identifier: EUPL-1.2
#include "workers/sinks/delivery.h"

#include <algorithm>
#include <set>
#include <utility>

namespace postkamer::sinks {
namespace {

constexpr std::int64_t kFirst = 25;
constexpr std::int64_t kMost = 52'000;
// Where a failure holds up the stream nobody gives up, and a person who made room wants it to go
// on.
constexpr std::int64_t kMostAtStream = 100;
constexpr Moment kNever = Moment::max();

}  // namespace

Millis back_off(int failures, Millis unit) {
  std::int64_t units = kFirst;
  for (int n = 0; n < failures && units < kMost; ++n) units *= 4;
  return unit * std::min(units, kMost);
}

Delivery::Delivery(const Policy& policy, std::vector<Held> held, Moment now) : policy_(policy) {
  for (Held& one : held) {
    // A clock that was set back must not make a wait endless.
    one.next = std::min(one.next, now + policy_.unit * kMost);
    held_[one.sequence] = std::move(one);
  }
}

Delivery::Step Delivery::next(Moment now) const {
  if (is_stopped_) return {Step::Kind::wait, 0, kNever};
  if (now < paused_until_) return {Step::Kind::wait, 0, paused_until_};
  Moment earliest = kNever;
  std::size_t waiting = 0;
  std::set<std::string_view> documents;  // of which an earlier event was seen
  for (const auto& [sequence, one] : held_) {
    if (!documents.insert(one.document).second || one.parked) continue;
    if (one.next <= now) return {Step::Kind::retry, sequence, {}};
    earliest = std::min(earliest, one.next);
    ++waiting;
  }
  const bool takes = waiting < policy_.most_waiting && !is_full();
  return {takes ? Step::Kind::take : Step::Kind::wait, 0, earliest};
}

bool Delivery::is_behind(std::uint64_t sequence, const std::string& document) const {
  // Itself among them: after a crash the stream may give again what is held already.
  return std::ranges::any_of(held_, [&](const auto& entry) {
    return entry.first <= sequence && entry.second.document == document;
  });
}

Delivery::Change Delivery::hold_behind(std::uint64_t sequence, const std::string& document) {
  const auto [entry, is_new] =
      held_.try_emplace(sequence, Held{sequence, document, 0, {}, false, "sink_behind", ""});
  return {is_new ? Change::Kind::held : Change::Kind::refused, entry->second};
}

Delivery::Change Delivery::settle(std::uint64_t sequence, const std::string& document,
                                  const Outcome& outcome, Moment now) {
  const auto found = held_.find(sequence);
  Held held = found == held_.end() ? Held{} : found->second;
  held.sequence = sequence;
  held.document = document;
  switch (outcome.kind) {
    case Outcome::Kind::delivered:
      failures_at_stream_ = 0;
      held_.erase(sequence);
      wake();
      return {Change::Kind::done, std::move(held)};
    case Outcome::Kind::gone: stop(); [[fallthrough]];
    case Outcome::Kind::stopped: return {Change::Kind::refused, std::move(held)};
    case Outcome::Kind::impossible:
      held.attempts = policy_.retries;
      return failed(std::move(held), outcome, now);
    case Outcome::Kind::refused:
    case Outcome::Kind::unreachable:
    case Outcome::Kind::later: break;
  }
  if (!policy_.parks) {
    const Millis most = policy_.unit * kMostAtStream;
    pause(now + std::min(back_off(failures_at_stream_++, policy_.unit), most), outcome);
    return {Change::Kind::refused, std::move(held)};
  }
  return failed(std::move(held), outcome, now);
}

Delivery::Change Delivery::failed(Held held, const Outcome& outcome, Moment now) {
  // What a receiver may ask for is as bounded as what we do by ourselves.
  const Millis asked = std::min(outcome.wait, policy_.unit * kMost);
  held.next = now + std::max(back_off(held.attempts, policy_.unit), asked);
  ++held.attempts;
  held.parked = held.attempts > policy_.retries;
  held.reason = outcome.reason;
  held.detail = outcome.detail;
  if (outcome.kind == Outcome::Kind::later && held.parked) pause(now + asked, outcome);
  const bool is_everybodys =
      outcome.kind == Outcome::Kind::unreachable || outcome.kind == Outcome::Kind::later;
  if (is_everybodys && !held.parked) pause(held.next, outcome);
  held_[held.sequence] = held;
  return {Change::Kind::held, std::move(held)};
}

void Delivery::pause(Moment until, const Outcome& outcome) {
  paused_until_ = until;
  pause_reason_ = outcome.reason;
}

// The receiver is there again: what waits only because it was away need not wait any longer.
void Delivery::wake() {
  paused_until_ = {};
  if (std::exchange(pause_reason_, "").empty()) return;
  for (auto& [sequence, one] : held_)
    if (!one.parked) one.next = {};
}

std::vector<Held> Delivery::send_again(Moment now) {
  paused_until_ = {};
  std::vector<Held> changed;
  for (auto& [sequence, one] : held_) {
    one.attempts = 0;
    one.parked = false;
    one.next = now;
    changed.push_back(one);
  }
  return changed;
}

bool Delivery::let_go(std::uint64_t sequence) { return held_.erase(sequence) != 0; }

}  // namespace postkamer::sinks
