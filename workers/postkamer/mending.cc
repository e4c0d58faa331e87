// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/mending.h"

#include <algorithm>
#include <ostream>

namespace postkamer {
namespace {

using namespace std::chrono_literals;

constexpr auto kLookEach = 5s;
constexpr std::chrono::minutes kFirstPause = 1min;
constexpr std::chrono::minutes kLongestPause = 5min;

// "ocr-1, ocr-2"; empty when none is.
std::string at_rest(const Supervisor& supervisor) {
  std::string names;
  for (const auto& child : supervisor.children())
    if (child.is_at_rest) names += (names.empty() ? "" : ", ") + child.name;
  return names;
}

}  // namespace

void Mending::look(Clock::time_point now) {
  const std::string names = at_rest(supervisor_);
  if (names.empty()) {
    if (now < next_try_) return;  // one that was started a moment ago may end again
    pause_ = kFirstPause;
    told_.clear();
    return;
  }
  if (now < next_look_) return;
  next_look_ = now + kLookEach;
  if (const auto right = check_(); !right) {
    was_wrong_ = true;
    tell(names + " ended because the settings are wrong; their work waits, and they are started " +
         "again when this is mended:\n" + right.error().message);
    return;
  }
  if (!was_wrong_ && now < next_try_) return;
  tell(names + " ended because settings or what they need were wrong; started again now");
  supervisor_.wake();
  pause_ = was_wrong_ ? kFirstPause : pause_;
  next_try_ = now + pause_;
  pause_ = std::min(2 * pause_, kLongestPause);
  was_wrong_ = false;
}

void Mending::tell(const std::string& news) {
  if (news != told_) out_ << news << std::endl;
  told_ = news;
}

}  // namespace postkamer
