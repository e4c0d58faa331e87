// SPDX-License-Identifier: EUPL-1.2
//
// What must hold whatever goes wrong. The oracles see what the broker is told, what it thinks, what
// it commits and what it sends, and keep a book of their own; the first thing that is not as
// promised is kept as the violation. Numbers: README.md of tests/faults.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "workers/broker/core.h"

namespace postkamer::faults {

struct Times {
  std::int64_t real = 0;  // milliseconds that have passed
  std::int64_t wall = 0;  // what the clock on the wall shows: it jumps
};

class Oracles {
 public:
  // A broker has begun, from this snapshot.
  void began(const journal::Snapshot& snapshot, const Times& now);
  // The broker was told `input` and thought `output`.
  void thought(const broker::Input& input, const broker::Output& output, const Times& now);
  void committed(const journal::Operations& operations);
  // A message leaves the broker. `file`: what it answers about, empty when about no file.
  void sent(const broker::Outgoing& message, const std::string& file);
  // A subscriber was given the event after `position`.
  void told(std::uint64_t position, const journal::EventRow& event);
  // When the faults have stopped and all is done: the journal as a whole.
  void ended(journal::Reader& reader, const std::string& batch,
             const std::vector<std::string>& files);

  void violated(const std::string& what);
  [[nodiscard]] const std::optional<std::string>& violation() const { return violation_; }
  [[nodiscard]] std::size_t events_told() const { return told_.size(); }

 private:
  struct Lease {
    int attempt = 0;
    std::uint64_t token = 0;
    std::string holder;
    std::int64_t real = 0;     // of the last proof that its holder lives
    std::int64_t running = 0;  // the same, in time that the broker ran
  };
  void move_job(const journal::JobRow& row, bool is_for_age, const Times& now);
  void renew(const broker::Ping& ping, const broker::Output& output, const Times& now);
  void check_overdue();
  void check_subscriber(journal::Reader& reader);

  std::map<journal::Id, Lease> leases_;           // as the broker thinks
  std::map<std::string, std::int64_t> seen_;      // workers, real time
  std::map<journal::Id, journal::JobRow> saved_;  // jobs as committed
  std::map<std::string, int> claimed_;            // files as committed: scans of each
  std::vector<journal::EventRow> told_;
  std::set<std::string> told_keys_;
  std::int64_t running_ = 0;
  std::int64_t last_real_ = 0;
  std::optional<std::string> violation_;
};

// A file's name in the oracles' book.
std::string file_key(const std::string& sha256, int copy);

}  // namespace postkamer::faults
