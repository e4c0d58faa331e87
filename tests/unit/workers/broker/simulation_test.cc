// SPDX-License-Identifier: EUPL-1.2
//
// The core among crashes: workers and the broker die at random, messages are lost, doubled and come
// late. Whatever happens, when the faults stop every sheet is accounted for, every record is told
// once and in order. Each seed is one history; a failing one names itself.
#include <algorithm>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "tests/unit/workers/broker/core_house.h"
#include "workers/journal/audit.h"

namespace postkamer::broker {
namespace {

constexpr int kSeeds = 2000;
constexpr int kFaultySteps = 400;

class World {
 public:
  explicit World(std::uint32_t seed) : random_(seed) {
    batch_ = house_.open(chance(2) ? journal::PublishPolicy::settled
                                   : journal::PublishPolicy::doubtful_too);
    for (int file = 0; file < 4; ++file) house_.submit(batch_, content(), file);
    house_.close(batch_);
    for (int worker = 0; worker < 3; ++worker) hire();
  }

  void run_with_faults() {
    for (int n = 0; n < kFaultySteps; ++n) {
      switch (random_() % 12) {
        case 0: restart_broker(); break;
        case 1: hire(); break;
        case 2: fire(); break;
        case 3: house_.pass(static_cast<std::int64_t>(random_() % 3000)); break;
        case 4: lose_task(); break;
        case 5: repeat_old_answer(); break;
        case 6: fail_one(); break;
        case 7: beat(); break;
        default: work(); break;
      }
      house_.step(Tick{});
    }
  }

  // Everything works again: how long until all is done?
  bool finishes() {
    workers_.clear();
    hire();
    for (int n = 0; n < 2000; ++n) {
      if (house_.state(batch_) == journal::BatchState::closed) return true;
      house_.pass(500);
      beat();
      house_.step(Tick{});
      for (int k = 0; k < 8; ++k) work();
    }
    return false;
  }

  CoreHouse& house() { return house_; }
  const std::string& batch() { return batch_; }

 private:
  bool chance(unsigned one_in) { return random_() % one_in == 0; }

  std::string content() {
    std::string pages;
    const std::size_t count = 1 + random_() % 7;
    while (pages.size() < count) pages += "kumbs"[random_() % 5];
    return pages;
  }

  void hire() {
    const std::string name = "w" + std::to_string(++hired_);
    workers_.insert(name);
    house_.ready(name, CoreHouse::every_kind(), 1 + static_cast<int>(random_() % 2));
  }

  void fire() {
    if (workers_.size() < 2) return;
    workers_.erase(
        std::next(workers_.begin(), static_cast<std::ptrdiff_t>(random_() % workers_.size())));
  }

  // Pings of the living, each with what it holds.
  void beat() {
    for (const std::string& worker : workers_) {
      Ping ping{worker, {}};
      for (const SendTask& task : house_.tasks)
        if (task.worker == worker) ping.holding.push_back(task.claim);
      const auto told = house_.step(ping);
      if (signal_of(told, wire::MessageType::who) != nullptr)
        house_.ready(worker, CoreHouse::every_kind(), 2);
    }
  }

  std::optional<SendTask> pick() {
    if (house_.tasks.empty()) return std::nullopt;
    const auto at = static_cast<std::ptrdiff_t>(random_() % house_.tasks.size());
    SendTask task = house_.tasks[static_cast<std::size_t>(at)];
    house_.tasks.erase(house_.tasks.begin() + at);
    if (!workers_.contains(task.worker)) return std::nullopt;  // died with it
    return task;
  }

  void work() {
    const auto task = pick();
    if (!task) return;
    house_.step(Started{task->worker, task->claim});
    if (!house_.core().is_current(task->claim)) return;
    Finished finished{task->worker, task->claim,
                      honest_answer(task->job, house_.journal().reader())};
    if (auto* record = std::get_if<AssembledDigest>(&finished.digest))
      if (task->job.document % 3 == 0) record->status = RecordStatus::review;
    if (chance(20)) return;  // died just before it could tell
    house_.step(finished);
    if (chance(4)) house_.step(finished);
    old_answers_.push_back(std::move(finished));
  }

  // What workers hold is theirs still, half of the time: the other half they fell with it.
  void restart_broker() {
    const auto held = house_.tasks;
    house_.restart();
    if (chance(2)) house_.tasks.insert(house_.tasks.begin(), held.begin(), held.end());
  }

  void lose_task() { pick(); }

  void fail_one() {
    if (const auto task = pick()) {
      house_.step(Started{task->worker, task->claim});
      const ErrorCode code = chance(2) ? ErrorCode::unavailable : ErrorCode::internal;
      house_.step(Failed{task->worker, task->claim, {code, "simulated", ""}});
    }
  }

  void repeat_old_answer() {
    if (!old_answers_.empty()) house_.step(old_answers_[random_() % old_answers_.size()]);
  }

  std::mt19937 random_;
  CoreHouse house_;
  std::string batch_;
  std::set<std::string> workers_;
  std::vector<Finished> old_answers_;
  int hired_ = 0;
};

void expect_stream_in_order(journal::Reader& reader) {
  std::set<std::string> keys;
  std::uint64_t sequence = 0;
  const auto events = reader.events_after(0, 100'000);
  for (const auto& event : *events) {
    EXPECT_EQ(event.sequence, ++sequence);
    EXPECT_TRUE(keys.insert(event.key).second);
    EXPECT_TRUE(event.body.ends_with("#" + std::to_string(sequence)));
  }
  EXPECT_EQ(*reader.head(), sequence);
}

TEST(Simulation, when_the_faults_stop_every_sheet_is_accounted_for) {
  for (std::uint32_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    World world(seed);
    world.run_with_faults();
    ASSERT_TRUE(world.finishes());
    const Ledger ledger = world.house().ledger(world.batch());
    EXPECT_TRUE(ledger.balanced);
    EXPECT_EQ(ledger.files, 4);
    EXPECT_EQ(ledger.files_read + ledger.files_rejected, 4);
    EXPECT_EQ(ledger.pages,
              ledger.pages_in_documents + ledger.separators + ledger.blanks + ledger.quarantined);
    EXPECT_EQ(ledger.documents, ledger.published + ledger.review);
    auto& reader = world.house().journal().reader();
    expect_stream_in_order(reader);
    const auto audit = *reader.audit_after(0, 1'000'000);
    EXPECT_EQ(journal::first_broken("", audit), 0u);
    EXPECT_TRUE(reader.snapshot()->jobs.empty());
  }
}

TEST(Simulation, the_same_seed_gives_the_same_history) {
  const auto history = [](std::uint32_t seed) {
    World world(seed);
    world.run_with_faults();
    world.finishes();
    return world.house().journal().reader().audit_after(0, 1'000'000)->back().hash;
  };
  EXPECT_EQ(history(7), history(7));
  EXPECT_NE(history(7), history(8));
}

}  // namespace
}  // namespace postkamer::broker
