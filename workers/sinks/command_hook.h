// SPDX-License-Identifier: EUPL-1.2
//
// The command sink: a program is run once an event, with the body as its standard input. No shell
// is asked; nothing of the event is in its arguments, and what it writes goes nowhere, because it
// may be about people. Environment: PATH, LC_ALL, POSTKAMER_EVENT_ID, POSTKAMER_EVENT_SEQUENCE.
//
//   status 0   delivered
//   status 75  (EX_TEMPFAIL) not now: every event waits
//   any other  this event's trouble
// One that lasts too long is killed with all it has started: this event's trouble.
#pragma once

#include <string>
#include <vector>

#include "workers/sinks/receiver.h"

namespace postkamer::sinks {

class CommandHook final : public Receiver {
 public:
  CommandHook(std::vector<std::string> command, Millis timeout)
      : command_(std::move(command)), timeout_(timeout) {}
  Outcome deliver(const Parcel& parcel, const std::function<bool()>& is_stopped) override;

 private:
  std::vector<std::string> command_;
  Millis timeout_;
};

}  // namespace postkamer::sinks
