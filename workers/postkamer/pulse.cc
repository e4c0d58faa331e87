// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/pulse.h"

#include <algorithm>

#include <fmt/format.h>

#include "workers/wire/message.h"

namespace postkamer {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr int kAnswerMs = 1'000;
constexpr std::chrono::milliseconds kLongestPause = 10s;

}  // namespace

void Pulse::feel() {
  const auto now = std::chrono::steady_clock::now();
  if (!manager_.is_there() || now < next_) return;
  const bool is_watched = manager_.beat().count() > 0;
  next_ = now + (is_watched ? std::min(manager_.beat(), kLongestPause) : kLongestPause);
  const auto status = client_.ask("status", json::object(), nullptr, kAnswerMs);
  if (!status) {
    manager_.status("the broker does not answer");
    return;
  }
  manager_.alive();
  manager_.status(status_line(*status));
}

std::string status_line(const json& status) {
  std::int64_t waiting = 0;
  std::int64_t running = 0;
  for (const auto& kind : status.value("kinds", json::object())) {
    waiting += wire::number_at(kind, "waiting").value_or(0);
    running += wire::number_at(kind, "running").value_or(0);
  }
  return fmt::format("open; {} jobs running, {} waiting; {} batches open; {} workers; event {}",
                     running, waiting, status.value("batches", json::array()).size(),
                     status.value("workers", json::array()).size(),
                     wire::number_at(status, "head").value_or(0));
}

}  // namespace postkamer
