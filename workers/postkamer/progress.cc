// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/progress.h"

#include <unistd.h>

#include <algorithm>
#include <iostream>

#include <fmt/format.h>

namespace postkamer {
namespace {

constexpr int kBarWidth = 30;

std::string bar(int done, int total) {
  const int filled = total > 0 ? std::clamp(kBarWidth * done / total, 0, kBarWidth) : 0;
  return std::string(static_cast<std::size_t>(filled), '#') +
         std::string(static_cast<std::size_t>(kBarWidth - filled), '.');
}

}  // namespace

Progress::Progress(bool quiet) : quiet_(quiet), on_terminal_(isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  if (drawn_ && on_terminal_) std::cerr << '\n';
}

void Progress::show(int done, int total, const std::string& doing) {
  using namespace std::chrono_literals;
  const auto now = Clock::now();
  const auto pause = on_terminal_ ? 100ms : 5000ms;
  if (quiet_ || (drawn_ && done < total && now - shown_ < pause)) return;
  const std::string line = fmt::format("{}/{} {}", done, total, doing);
  if (line == last_) return;
  if (on_terminal_)
    std::cerr << "\r[" << bar(done, total) << "] " << line << "\x1b[K" << std::flush;
  else
    std::cerr << line << '\n';
  last_ = line;
  shown_ = now;
  drawn_ = true;
}

}  // namespace postkamer
