// SPDX-License-Identifier: EUPL-1.2
//
// Test 13 of README.md: the clock on the wall jumps, and processes stand still.
#include <gmock/gmock.h>
#include <poll.h>

#include <chrono>
#include <csignal>

#include "tests/faults/house/faulty_house.h"
#include "tests/faults/house/producers.h"

namespace postkamer::faults {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::seconds;
using testing::IsEmpty;

constexpr std::int64_t kHour = 3'600'000;
constexpr std::int64_t kYear = 365 * 24 * kHour;

class Clocks : public testing::Test {
 protected:
  Clocks() : broker_(house_.start_broker()), worker_(house_.start_worker()) {
    batch_ = house_.open_batch();
    producers_.emplace(house_.layout().control_endpoint(), house_.mailroom().blobs(), batch_,
                       std::vector<std::string>{"b"}, 1, 8);
  }
  void work_for_more(std::size_t files) {
    const std::size_t enough = producers_->acknowledged().size() + files;
    const auto end = Clock::now() + seconds(60);
    producers_->work(
        [&] { return producers_->acknowledged().size() >= enough || Clock::now() > end; });
  }
  // Longer than a lease, a minute in nightly runs.
  static void stand_still() { ::poll(nullptr, 0, 1000 * rounds(5, 60)); }
  Violations end() {
    EXPECT_TRUE(producers_->settle());
    const Told told{producers_->acknowledged(), told_};
    return house_.end(broker_, told, batch_, producers_->given());
  }

  FaultyHouse house_;
  pid_t broker_;
  pid_t worker_;
  std::string batch_;
  std::optional<Producers> producers_;
  std::vector<journal::EventRow> told_;
};

TEST_F(Clocks, that_jump_by_hours_and_years_end_no_lease_and_keep_the_order) {
  for (const std::int64_t jump : {kHour, -kHour, 10 * kYear, -10 * kYear, std::int64_t{0}}) {
    house_.faults().skew_ms = jump;
    work_for_more(40);
  }
  EXPECT_THAT(end(), IsEmpty());
  EXPECT_EQ(house_.tasks_done(), producers_->given()) << "a lease that ended early is done twice";
}

TEST_F(Clocks, that_were_set_back_let_leases_end_all_the_same) {
  work_for_more(10);
  house_.faults().skew_ms = -10 * kYear;
  house_.mailroom().end(worker_, SIGKILL);  // with what it holds
  house_.start_worker();
  work_for_more(10);
  EXPECT_THAT(end(), IsEmpty());
}

TEST_F(Clocks, of_a_broker_that_stood_still_blame_no_worker_for_it) {
  work_for_more(20);
  ::kill(broker_, SIGSTOP);
  stand_still();
  ::kill(broker_, SIGCONT);
  work_for_more(20);
  EXPECT_THAT(end(), IsEmpty());
  EXPECT_EQ(house_.tasks_done(), producers_->given());
}

TEST_F(Clocks, of_a_worker_that_stood_still_let_another_do_its_work) {
  work_for_more(20);
  ::kill(worker_, SIGSTOP);
  house_.start_worker();
  stand_still();
  work_for_more(20);
  ::kill(worker_, SIGCONT);  // what it says now is late
  EXPECT_THAT(end(), IsEmpty());
}

}  // namespace
}  // namespace postkamer::faults
