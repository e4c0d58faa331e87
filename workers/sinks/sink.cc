// SPDX-License-Identifier: EUPL-1.2
#include "workers/sinks/sink.h"

#include <poll.h>

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include <spdlog/spdlog.h>

namespace postkamer::sinks {
namespace {

using namespace std::chrono_literals;
using publisher::Subscriber;

constexpr Millis kLook = 200ms;         // a person's wish is looked for this often
constexpr Millis kCommitEvery = 500ms;  // each is a transaction of the broker
constexpr std::uint64_t kCommitAfter = 64;
constexpr Millis kTellEvery = 1'000ms;
constexpr int kConnectMs = 1'000;
constexpr int kCommitMs = 2'000;

Moment now() { return std::chrono::floor<Millis>(std::chrono::system_clock::now()); }

std::int64_t seconds_of(Moment moment) {
  return std::chrono::floor<std::chrono::seconds>(moment.time_since_epoch()).count();
}

// An attribute of a CloudEvent.
std::string attribute(const std::string& event, const char* name) {
  const auto json = nlohmann::json::parse(event, nullptr, false);
  if (!json.is_object() || !json.contains(name) || !json.at(name).is_string()) return {};
  return json.at(name);
}

// The subject of an event is its document; one without stands for itself.
std::string document_of(const std::string& event) {
  const std::string subject = attribute(event, "subject");
  return subject.empty() ? attribute(event, "id") : subject;
}

}  // namespace

Result<Sink> Sink::open(SinkParts parts) {
  PK_TRY(held, parts.state.held());
  Delivery delivery(parts.policy, std::move(held), now());
  Sink sink(std::move(parts), std::move(delivery));
  if (const auto before = sink.parts_.state.status(); before && before->state == "stopped") {
    sink.delivery_.stop();
    sink.stopped_by_ = {Outcome::Kind::gone, before->reason, before->detail, {}};
  }
  return sink;
}

Sink::Sink(SinkParts parts, Delivery delivery)
    : parts_(std::move(parts)), delivery_(std::move(delivery)) {}

Result<void> Sink::run() {
  while (!parts_.is_stopped()) {
    PK_CHECK(do_what_is_asked());
    PK_CHECK(tell());
    PK_CHECK(round());
  }
  return commit(true);
}

Result<void> Sink::round() {
  const auto step = delivery_.next(now());
  using Kind = Delivery::Step::Kind;
  if (const Moment ready = parts_.receiver->ready_at(); step.kind != Kind::wait && ready > now()) {
    wait(ready);
    return {};
  }
  if (step.kind == Kind::retry) return retry(step.sequence);
  if (step.kind == Kind::take) return take(step.until);
  PK_CHECK(commit(true));
  wait(step.until);
  return {};
}

// A moment at most: a person may ask for something meanwhile.
void Sink::wait(Moment until) const {
  const Millis left = std::min(kLook, std::max(Millis(1), until - now()));
  poll(nullptr, 0, static_cast<int>(left.count()));
}

Result<void> Sink::connect() {
  auto options = parts_.stream;
  options.from = from_;
  auto stream = Subscriber::connect(options, kConnectMs);
  if (!stream) {
    if (stream.error().code == ErrorCode::unavailable) return {};  // asked again
    return lost(stream.error());
  }
  stream_ = std::move(*stream);
  incoming_.clear();
  handled_ = stream_->position();
  committed_ = handled_;
  return {};
}

// Moved by a person it goes on from there. Events that are not kept any more, or a position that
// the stream never gave: nothing is skipped unless a person says so.
Result<void> Sink::lost(const Error& error) {
  stream_.reset();
  incoming_.clear();
  if (error.reason == "stream_moved") {
    spdlog::warn("{}: {}", error.reason, error.message);
    return {};
  }
  if (error.reason != "stream_gone" && error.reason != "stream_beyond_head" &&
      error.reason != "stream_foreign")
    return tl::unexpected(error);
  spdlog::error("{}: {}", error.reason, error.message);
  if (std::exchange(from_, std::nullopt)) parts_.state.answer();
  delivery_.stop();
  stopped_by_ = {Outcome::Kind::gone, "sink_lost", error.message, {}};
  return {};
}

Result<void> Sink::take(Moment until) {
  if (!incoming_.empty()) return take_one();
  if (!stream_) PK_CHECK(connect());
  if (!stream_) return {};
  handled_ = std::max(handled_, stream_->position());
  PK_CHECK(commit(false));
  if (!stream_) return {};  // lost meanwhile
  const Millis patience = std::clamp(until - now(), Millis(1), kLook);
  auto events = stream_->next(static_cast<int>(patience.count()));
  if (!events) return lost(events.error());
  std::ranges::move(*events, std::back_inserter(incoming_));
  if (incoming_.empty()) handled_ = std::max(handled_, stream_->position());
  return commit(incoming_.empty());
}

Result<void> Sink::take_one() {
  const auto& event = incoming_.front();
  const std::string document = document_of(event.text);
  if (delivery_.is_behind(event.sequence, document)) {
    PK_CHECK(store(delivery_.hold_behind(event.sequence, document), event.text));
  } else {
    PK_TRY(is_settled, deliver(event.sequence, event.text, false));
    if (!is_settled) return {};
  }
  handled_ = event.sequence;
  incoming_.pop_front();
  return commit(false);
}

Result<void> Sink::retry(std::uint64_t sequence) {
  PK_TRY(event, parts_.state.event(sequence));
  PK_TRY(is_settled, deliver(sequence, event, true));
  static_cast<void>(is_settled);  // it stays held then
  return {};
}

// Gives whether the event is delivered or held; else it stays where it is.
Result<bool> Sink::deliver(std::uint64_t sequence, const std::string& event, bool is_held) {
  const Outcome outcome = hand_over(sequence, event);
  const auto change = delivery_.settle(sequence, document_of(event), outcome, now());
  if (outcome.kind == Outcome::Kind::delivered) {
    ++delivered_;
    delivered_at_ = now();
  } else if (outcome.kind != Outcome::Kind::stopped) {
    spdlog::warn("event {}: {} {} after {} tries{}", sequence, outcome.reason, outcome.detail,
                 change.held.attempts, change.held.parked ? "; parked" : "");
  }
  if (outcome.kind == Outcome::Kind::gone) stopped_by_ = outcome;
  PK_CHECK(store(change, is_held ? std::string() : event));
  return change.kind != Delivery::Change::Kind::refused;
}

Result<void> Sink::store(const Delivery::Change& change, const std::string& event) {
  using Kind = Delivery::Change::Kind;
  if (change.kind == Kind::held) return parts_.state.keep(change.held, event);
  if (change.kind == Kind::done) parts_.state.forget(change.held.sequence);
  return {};
}

Outcome Sink::hand_over(std::uint64_t sequence, const std::string& event) {
  auto body = parts_.make_body(event);
  if (!body) return {Outcome::Kind::impossible, body.error().reason, "", {}};
  const Parcel parcel{sequence, attribute(event, "id"), std::move(*body), parts_.content_type};
  return parts_.receiver->deliver(parcel, parts_.is_stopped);
}

// A commit that does not come through is made again later: events are delivered twice then.
Result<void> Sink::commit(bool at_once) {
  if (!stream_ || (handled_ == committed_ && !from_)) return {};
  // Where a person wants it to go on is told at once, also when it is where it was.
  const bool is_time =
      from_ || handled_ - committed_ >= kCommitAfter || now() - committed_at_ >= kCommitEvery;
  if (!at_once && !is_time) return {};
  committed_at_ = now();
  const auto done = stream_->commit(handled_, kCommitMs);
  if (!done)
    return done.error().code == ErrorCode::unavailable ? Result<void>() : lost(done.error());
  committed_ = handled_;
  if (std::exchange(from_, std::nullopt)) parts_.state.answer();
  return {};
}

Result<void> Sink::do_what_is_asked() {
  const auto asked = parts_.state.asked();
  if (!asked || (asked->after && asked->after == from_)) return {};  // or it is being done
  if (asked->let_go && delivery_.let_go(*asked->let_go)) {
    spdlog::warn("event {}: let go by a person", *asked->let_go);
    parts_.state.forget(*asked->let_go);
  }
  if (asked->send_again) {
    for (const Held& held : delivery_.send_again(now())) PK_CHECK(parts_.state.keep(held));
    delivery_.go_on();
  }
  if (asked->after) {
    stream_.reset();
    incoming_.clear();
    from_ = asked->after;
    return {};  // answered when the stream knows
  }
  parts_.state.answer();
  return {};
}

Result<void> Sink::tell() {
  SinkStatus status{"open", "", "", 0, delivered_, 0};
  if (delivered_ != 0) status.delivered_at = seconds_of(delivered_at_);
  if (delivery_.is_stopped()) {
    status.state = "stopped";
    status.reason = stopped_by_.reason;
    status.detail = stopped_by_.detail;
  } else if (delivery_.paused_until() > now()) {
    status.state = "paused";
    status.reason = delivery_.pause_reason();
    status.until = seconds_of(delivery_.paused_until());
  } else if (delivery_.is_full()) {
    status.state = "full";
    status.reason = "sink_full";
  }
  const bool is_news = status.state != status_.state || status.reason != status_.reason;
  if (status == status_ || (!is_news && now() - told_at_ < kTellEvery)) return {};
  status_ = status;
  told_at_ = now();
  // A disk without room is no reason to end: the next news is told when there is some.
  if (const auto told = parts_.state.tell(status); !told && status.state == "stopped") return told;
  return {};
}

}  // namespace postkamer::sinks
