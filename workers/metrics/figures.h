// SPDX-License-Identifier: EUPL-1.2
//
// How a mailroom is, in numbers: asked of the broker, read from the journal on a connection of our
// own, and from what doors and sinks tell of themselves. Nothing personal: names in it are those of
// the settings.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "workers/host/control_client.h"
#include "workers/host/settings.h"
#include "workers/journal/journal.h"

namespace postkamer::metrics {

struct KindFigures {
  std::uint64_t waiting = 0, running = 0, done = 0, failed = 0;
  double oldest_s = 0;
  std::uint64_t idle = 0, holding = 0, executing = 0;  // workers that do this kind
};

struct SubscriberFigures {
  std::uint64_t behind = 0, lost = 0;  // events
};

// Messages since their reader started.
struct UnreadFigures {
  std::uint64_t malformed = 0;    // that could not be read
  std::uint64_t unsupported = 0;  // of a type or version that it does not know
};

// What the broker answers.
struct BrokerFigures {
  std::map<std::string, KindFigures> kinds;
  std::map<std::string, SubscriberFigures> subscribers;
  std::uint64_t open_batches = 0, closing_batches = 0;
  std::uint64_t head = 0, oldest = 0;
  // By reader: "broker", and "gate" where one has told of itself lately.
  std::map<std::string, UnreadFigures> unread;
  bool is_draining = false;
};

struct InboxFigures {
  std::uint64_t waiting = 0, underway = 0, taken = 0;
  double oldest_waiting_s = 0;
  double told_s = 0;  // ago
  bool is_stopped = false;
};

struct SinkFigures {
  std::uint64_t waiting = 0, parked = 0;
  bool is_open = false;
};

struct Figures {
  std::optional<BrokerFigures> broker;      // nothing: it does not answer
  std::optional<journal::Backlog> backlog;  // nothing: no journal that can be read
  std::optional<UnreadFigures> unread_by_publisher;
  std::map<std::string, InboxFigures> inboxes;
  std::map<std::string, SinkFigures> sinks;
  std::map<std::string, std::uint64_t> wanted_workers;  // by kind
  std::uint64_t disk_free = 0, disk_size = 0, journal_bytes = 0, log_bytes = 0;
  std::optional<double> backup_s;  // since the newest backup was finished; nothing: there is none
  double unread_s = 0, in_review_s = 0;  // age of the oldest; 0 = there is none
};

// The broker's answer to `status`. What is missing or of another type counts as 0: a broker of
// another version is shown as far as it can be.
BrokerFigures broker_figures(const nlohmann::json& status);

// Seconds since `time` (RFC 3339, UTC), `now` in seconds since 1970; 0 when it is empty, no time or
// in the future.
double age_of(const std::string& time, std::int64_t now);

class Gatherer {
 public:
  // `dir`: the mailroom's data folder. Fails with: invalid_config (control_endpoint).
  static Result<Gatherer> open(const std::filesystem::path& dir, host::Settings settings);

  // Takes a second at most, also when nobody answers.
  Figures gather();

 private:
  Gatherer(std::filesystem::path dir, host::Settings settings, host::ControlClient client);
  std::optional<BrokerFigures> ask_broker();
  std::optional<journal::Backlog> read_journal();

  std::filesystem::path dir_;
  host::Settings settings_;
  host::ControlClient client_;
  std::unique_ptr<journal::Reader> reader_;
};

}  // namespace postkamer::metrics
