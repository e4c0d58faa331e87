// SPDX-License-Identifier: EUPL-1.2
//
// Where a sink's events go. One event at a time, in a bounded time.
#pragma once

#include <functional>
#include <string>

#include "workers/sinks/delivery.h"

namespace postkamer::sinks {

// One event as it is handed over.
struct Parcel {
  std::uint64_t sequence = 0;
  std::string id;            // of the event: the receiver knows a second delivery by it
  std::string body;          // as the settings want it
  std::string content_type;  // of the body
};

class Receiver {
 public:
  virtual ~Receiver() = default;
  // Delivered means: durable with whoever receives. `is_stopped` is asked while it lasts.
  virtual Outcome deliver(const Parcel& parcel, const std::function<bool()>& is_stopped) = 0;
  // Not before that moment; a receiver may set a pace.
  [[nodiscard]] virtual Moment ready_at() const { return {}; }
};

}  // namespace postkamer::sinks
