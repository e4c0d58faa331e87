// SPDX-License-Identifier: EUPL-1.2
//
// What a sink does next: which event is tried, what becomes of it afterwards, how long is waited.
// No I/O and no clock; whoever uses it stores what it says before going on.
//
// Order is kept for each document. An event that fails is held, with its own time for the next try,
// and so is every later event of its document behind it; other documents go on. After the last
// retry it is parked: it stays, with the reason, until a person sends it again or lets it go, and
// what waits behind it waits too. A receiver that cannot be reached at all stops everything: one
// event feels whether it is there again.
//
// Retries as Open Notificaties makes them: 25 * 4^c units after failure c = 0, 1, ..., at most
// 52,000 units; seven retries make about a day.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace postkamer::sinks {

using Millis = std::chrono::milliseconds;
using Moment = std::chrono::sys_time<Millis>;  // waits outlive the process: wall clock

// What a receiver made of one event.
struct Outcome {
  enum class Kind {
    delivered,
    refused,      // answered, but not well: this event's trouble
    unreachable,  // nobody answered: every event's trouble
    later,        // answered "not now"; nothing before `wait` is over
    gone,         // wants nothing ever again
    impossible,   // there is nothing to hand over, and trying again changes nothing
    stopped       // we were asked to end in the middle; nothing is known
  };
  Kind kind = Kind::delivered;
  std::string reason;  // a row of finding_texts; empty when delivered
  std::string detail;  // "HTTP 500", "exit status 3"; nothing that the receiver wrote
  Millis wait{0};
};

struct Policy {
  int retries = 7;
  Millis unit{1'000};
  // False: a failure holds up the stream instead, for as long as it takes (a full disk).
  bool parks = true;
  // Documents with an event that waits for its next try; with more of them nothing new is taken.
  std::size_t most_waiting = 64;
  // Held events, parked ones included; then nothing new is taken until a person acts.
  std::size_t most_held = 1'000;
};

// 25 * 4^failures units, at most 52,000; `failures` counts from 0.
Millis back_off(int failures, Millis unit);

// An event that could not be delivered yet, without its text.
struct Held {
  std::uint64_t sequence = 0;
  std::string document;
  int attempts = 0;  // 0 = it waits behind another
  Moment next{};     // not before
  bool parked = false;
  std::string reason, detail;
  bool operator==(const Held&) const = default;
};

class Delivery {
 public:
  // `held` as it was stored.
  Delivery(const Policy& policy, std::vector<Held> held, Moment now);

  struct Step {
    enum class Kind {
      retry,  // the held event `sequence`
      take,   // the next one of the stream; ask again at `until` if none comes
      wait    // until then
    };
    Kind kind = Kind::take;
    std::uint64_t sequence = 0;
    Moment until{};
  };
  [[nodiscard]] Step next(Moment now) const;

  // What must be stored before anything else is done.
  struct Change {
    enum class Kind {
      done,    // safe with the receiver; forget it where it was held
      held,    // store `held`, with the text where it is new
      refused  // nothing to store: it stays at the stream, or held as it was
    };
    Kind kind = Kind::done;
    Held held;
  };
  // A new event of the stream: does it have to wait behind one of its document?
  [[nodiscard]] bool is_behind(std::uint64_t sequence, const std::string& document) const;
  Change hold_behind(std::uint64_t sequence, const std::string& document);
  // What became of an event that was tried.
  Change settle(std::uint64_t sequence, const std::string& document, const Outcome& outcome,
                Moment now);

  // A person's will. Everything that is held is tried again now, with all its retries.
  std::vector<Held> send_again(Moment now);
  // An event is let go; false when it is not held.
  bool let_go(std::uint64_t sequence);
  // Stops for good, or goes on after that.
  void stop() { is_stopped_ = true; }
  void go_on() { is_stopped_ = false; }

  [[nodiscard]] bool is_stopped() const { return is_stopped_; }
  [[nodiscard]] bool is_full() const { return held_.size() >= policy_.most_held; }
  // Nothing is tried before that moment, and why.
  [[nodiscard]] Moment paused_until() const { return paused_until_; }
  [[nodiscard]] const std::string& pause_reason() const { return pause_reason_; }
  [[nodiscard]] const std::map<std::uint64_t, Held>& held() const { return held_; }

 private:
  void pause(Moment until, const Outcome& outcome);
  Change failed(Held held, const Outcome& outcome, Moment now);
  void wake();

  Policy policy_;
  std::map<std::uint64_t, Held> held_;
  Moment paused_until_{};
  std::string pause_reason_;
  int failures_at_stream_ = 0;  // of the event that holds up the stream, where nothing is parked
  bool is_stopped_ = false;
};

}  // namespace postkamer::sinks
