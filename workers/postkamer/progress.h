// SPDX-License-Identifier: EUPL-1.2
//
// How far a run is: a bar that redraws itself on a terminal, a plain line now and then elsewhere.
#pragma once

#include <chrono>
#include <string>

namespace postkamer {

class Progress {
 public:
  explicit Progress(bool quiet);
  ~Progress();  // ends the bar's line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // `done` of `total` with a few words on what is going on. Cheap; draws at most ten times a second
  // on a terminal and every five seconds elsewhere.
  void show(int done, int total, const std::string& doing);

 private:
  using Clock = std::chrono::steady_clock;
  bool quiet_;
  bool on_terminal_;
  bool drawn_ = false;
  std::string last_;
  Clock::time_point shown_{};
};

}  // namespace postkamer
