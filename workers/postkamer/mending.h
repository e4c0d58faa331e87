// SPDX-License-Identifier: EUPL-1.2
//
// What becomes of processes that ended for wrong settings while a mailroom runs. Their work waits
// in the broker; people are told once what is wrong; when it is mended they are started again.
#pragma once

#include <chrono>
#include <functional>
#include <iosfwd>
#include <string>
#include <utility>

#include "pipeline/base/error.h"
#include "workers/postkamer/supervisor.h"

namespace postkamer {

class Mending {
 public:
  using Clock = std::chrono::steady_clock;

  // `check` says whether the settings are right now. All outlive it.
  Mending(Supervisor& supervisor, std::function<Result<void>()> check, std::ostream& out)
      : supervisor_(supervisor), check_(std::move(check)), out_(out) {}

  // Looks at the processes at rest, and each five seconds at the settings. Where those are right
  // and a process still ends so, what is wrong is not in them: it is tried again after a minute,
  // then after twice as long each time, up to five. Call it often.
  void look(Clock::time_point now = Clock::now());

 private:
  void tell(const std::string& news);

  Supervisor& supervisor_;
  std::function<Result<void>()> check_;
  std::ostream& out_;
  std::string told_;
  bool was_wrong_ = false;
  Clock::time_point next_look_{};
  Clock::time_point next_try_{};
  std::chrono::minutes pause_{1};
};

}  // namespace postkamer
