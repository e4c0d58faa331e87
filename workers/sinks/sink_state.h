// SPDX-License-Identifier: EUPL-1.2
//
// What a sink keeps on disk, under DATA/sinks/NAME (mode 0700: events are in it): one file for each
// held event, what it tells of itself, and what a person asks of it. Every file is whole or not
// there.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/base/error.h"
#include "workers/sinks/delivery.h"

namespace postkamer::sinks {

// What `postkamer sinks` shows beside the held events.
struct SinkStatus {
  std::string state;              // "open", "paused", "full", "stopped"
  std::string reason;             // a row of finding_texts; empty when open
  std::string detail;             // "HTTP 410"
  std::int64_t until = 0;         // paused: seconds since 1970
  std::uint64_t delivered = 0;    // events since the process started
  std::int64_t delivered_at = 0;  // the last of them, seconds since 1970; 0 = none
  bool operator==(const SinkStatus&) const = default;
};

// What a person asks; it waits on disk until the sink has done it.
struct Ask {
  // Everything held is sent again, and a stopped sink goes on.
  bool send_again = false;
  // Then also the stream's events after this number.
  std::optional<std::uint64_t> after;
  // A held event that is let go for good.
  std::optional<std::uint64_t> let_go;
};

class StateFolder {
 public:
  // Where the state of this sink lies in a mailroom's data folder.
  static std::filesystem::path of(const std::filesystem::path& data, const std::string& sink);

  // Makes the folder. Fails with: invalid_config (sink_state).
  static Result<StateFolder> open(std::filesystem::path folder);

  // All held events, by number. Fails with: corrupt_store (sink_held).
  [[nodiscard]] Result<std::vector<Held>> held() const;
  // Durable on return. `event` is kept as it was where it is empty.
  // Fails with: unavailable (file_unwritable), corrupt_store (sink_held).
  Result<void> keep(const Held& held, const std::string& event = {}) const;
  [[nodiscard]] Result<std::string> event(std::uint64_t sequence) const;
  void forget(std::uint64_t sequence) const;

  // A stop outlives the process; the rest is news.
  Result<void> tell(const SinkStatus& status) const;
  [[nodiscard]] std::optional<SinkStatus> status() const;

  Result<void> ask(const Ask& ask) const;
  [[nodiscard]] std::optional<Ask> asked() const;
  void answer() const;  // what was asked is done

 private:
  explicit StateFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}
  [[nodiscard]] std::filesystem::path file_of(std::uint64_t sequence) const;
  std::filesystem::path folder_;
};

}  // namespace postkamer::sinks
