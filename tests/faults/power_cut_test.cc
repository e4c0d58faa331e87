// SPDX-License-Identifier: EUPL-1.2
//
// Tests 5 and 6 of README.md: the power is cut under a working broker. What its disk had synced is
// there, the rest is there in part or not at all; the next broker goes on with that. Two mistakes
// show that the test can see loss.
#include <gmock/gmock.h>
#include <sys/wait.h>

#include <chrono>
#include <csignal>
#include <iostream>

#include "tests/faults/house/faulty_house.h"
#include "tests/faults/house/producers.h"

namespace postkamer::faults {
namespace {

using Clock = std::chrono::steady_clock;
using testing::Contains;
using testing::IsEmpty;
using testing::StartsWith;

constexpr int kCutsAStore = 10;        // then a new one is begun
constexpr std::uint64_t kMost = 2000;  // changes of the disk before a cut

const std::vector<std::string> kLetters{"b", "ku", "sb", "u"};

struct Mistakes {
  bool is_log_lazy = false;
  bool is_blob_sync_a_lie = false;
};

struct Count {
  int cuts = 0;
  std::size_t acknowledged = 0;
  Violations violations;
};

// Cuts the power of one mailroom again and again; at last lets it finish. With mistakes it stops at
// the first violation, which is what is looked for.
class Mailroom {
 public:
  explicit Mailroom(Dice dice, Mistakes mistakes) : dice_(dice), mistakes_(mistakes) {
    house_.start_worker();
  }

  Count cut(int cuts) {
    pid_t broker = house_.start_broker();
    const std::string batch = house_.open_batch();
    Producers producers(house_.layout().control_endpoint(), house_.mailroom().blobs(), batch,
                        kLetters, 4, 2);
    producers.work([&] { return producers.acknowledged().size() >= 16; });
    house_.mailroom().end(broker, SIGTERM);
    Count count;
    while (count.cuts < cuts) {
      const auto left = plan();
      broker = house_.start_broker();
      producers.lost_touch();
      const auto end = Clock::now() + std::chrono::minutes(2);
      producers.work_slowly([&] { return house_.faults().is_struck || Clock::now() > end; });
      if (!house_.faults().is_struck) return {count.cuts, 0, {"the power was never cut"}};
      house_.wait_end(broker);
      ++count.cuts;
      house_.take_over(left);
      told_.files = producers.acknowledged();
      count.acknowledged = producers.acknowledged().size();
      count.violations = store_violations(house_.layout(), told_);
      if (!count.violations.empty()) return count;
      told_.events = events_of(house_.layout());
    }
    house_.calm();
    broker = house_.start_broker();
    if (!producers.settle()) count.violations.emplace_back("O7: not all could be given");
    told_.files = producers.acknowledged();
    if (count.violations.empty())
      count.violations = house_.end(broker, told_, batch, producers.given());
    return count;
  }

 private:
  // The folder in which the cut will leave what there is.
  std::filesystem::path plan() {
    Faults& faults = house_.faults();
    const auto left = house_.aside("left");
    const auto set = [](auto& field, const std::filesystem::path& path) {
      field.fill(0);
      std::ranges::copy(path.string(), field.begin());
    };
    set(faults.cut_root, house_.layout().dir);
    set(faults.cut_to, left);
    faults.cut_seed = dice_.bits();
    faults.cut_countdown = static_cast<std::int64_t>(1 + dice_.below(kMost));
    faults.is_log_lazy = mistakes_.is_log_lazy;
    faults.is_blob_sync_a_lie = mistakes_.is_blob_sync_a_lie;
    faults.is_struck = false;
    return left;
  }

  FaultyHouse house_;
  Dice dice_;
  Mistakes mistakes_;
  Told told_;
};

TEST(PowerCut, loses_nothing_that_was_acknowledged_and_leaves_nothing_half) {
  Dice dice(seed_of_test());
  const int cuts = rounds(20, 300);
  Count all;
  while (all.cuts < cuts) {
    const Count one = Mailroom(Dice(dice.bits()), {}).cut(std::min(kCutsAStore, cuts - all.cuts));
    ASSERT_THAT(one.violations, IsEmpty()) << "after " << all.cuts + one.cuts << " cuts";
    all.cuts += one.cuts;
    all.acknowledged += one.acknowledged;
  }
  std::cout << all.cuts << " cuts, " << all.acknowledged
            << " files acknowledged, 0 lost, 0 corrupt\n";
}

// So that it is sure that the test above would see it.
Violations seen_with(const Mistakes& mistakes) {
  Dice dice(seed_of_test());
  for (int store = 0; store < 10; ++store) {
    const Count count = Mailroom(Dice(dice.bits()), mistakes).cut(kCutsAStore);
    if (count.violations.empty()) continue;
    std::cout << "seen at cut " << store * kCutsAStore + count.cuts << ": "
              << count.violations.front() << '\n';
    return count.violations;
  }
  return {};
}

TEST(PowerCut, is_seen_to_lose_what_a_lazy_log_acknowledged) {
  EXPECT_THAT(seen_with({.is_log_lazy = true}), Contains(StartsWith("O2")));
}

TEST(PowerCut, is_seen_to_spoil_blobs_that_are_not_synced) {
  EXPECT_THAT(seen_with({.is_blob_sync_a_lie = true}), Contains(StartsWith("O4")));
}

}  // namespace
}  // namespace postkamer::faults
