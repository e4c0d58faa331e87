// SPDX-License-Identifier: EUPL-1.2
//
// A mailroom whose broker is the real program, with a kernel under it that does what a test wants;
// with workers that read letters (mailroom_house.h), and real sockets, journal and blobs.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "tests/faults/kernel/faults.h"
#include "tests/faults/oracles/store_oracles.h"
#include "tests/faults/simulator/dice.h"
#include "tests/unit/workers/broker/mailroom_house.h"

namespace postkamer::faults {

// The seed of a test with chance in it: POSTKAMER_SEED, else a new one; printed.
std::uint64_t seed_of_test();

// How often a test does something: `often` with POSTKAMER_NIGHTLY, `seldom` else; POSTKAMER_ROUNDS
// overrules both.
int rounds(int seldom, int often);

class FaultyHouse {
 public:
  FaultyHouse();
  ~FaultyHouse();
  FaultyHouse(const FaultyHouse&) = delete;
  FaultyHouse& operator=(const FaultyHouse&) = delete;

  Faults& faults() { return *faults_; }
  broker::MailroomHouse& mailroom() { return mailroom_; }
  [[nodiscard]] const host::Layout& layout() const { return mailroom_.layout(); }

  // Starts the broker, with what goes wrong from its first call on. Its log goes to `log`.
  pid_t start_broker(const std::filesystem::path& log = "/dev/null");
  // One whose answers to archive are files of their own, of some sectors.
  pid_t start_worker();
  // By all workers so far.
  [[nodiscard]] std::size_t tasks_done() const { return *tasks_done_; }
  // Waits for it to end by itself; gives the wait status.
  int wait_end(pid_t process) { return mailroom_.end(process, 0); }
  // True when it answers within a minute.
  bool is_ready();
  // Nothing goes wrong from now on.
  void calm();

  // Opens a batch; gives its name.
  std::string open_batch();
  // Closes the batch, waits until it is done, ends the broker in order, and asks all oracles.
  Violations end(pid_t broker, const Told& told, const std::string& batch, std::size_t files);

  // A fresh folder beside the mailroom's.
  [[nodiscard]] std::filesystem::path aside(const std::string& name) const;
  // The journal and blobs of another folder become the mailroom's.
  void take_over(const std::filesystem::path& left);

 private:
  std::filesystem::path beside_;
  SharedFaults faults_;
  std::atomic<std::size_t>* tasks_done_;  // in memory that workers share
  broker::MailroomHouse mailroom_;
};

}  // namespace postkamer::faults
