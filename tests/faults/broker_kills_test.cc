// SPDX-License-Identifier: EUPL-1.2
//
// Tests 2, 4 and 7 of README.md: the broker is killed at random and at every named point, and its
// disk fails. The real program; only its kernel is ours.
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
using std::chrono::milliseconds;
using testing::IsEmpty;

double ms_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

TEST(BrokerKilledAtRandom, loses_nothing_that_it_acknowledged_and_takes_nothing_twice) {
  Dice dice(seed_of_test());
  FaultyHouse house;
  pid_t broker = house.start_broker();
  house.start_worker();
  const std::string batch = house.open_batch();
  Producers producers(house.layout().control_endpoint(), house.mailroom().blobs(), batch,
                      {"b", "bb", "s"});
  const int kills = rounds(20, 100);
  double slowest = 0;
  for (int kill = 0; kill < kills; ++kill) {
    const auto end = Clock::now() + milliseconds(dice.below(60));
    const std::size_t before = producers.acknowledged().size();
    const std::size_t enough = before + 1 + dice.below(200);
    producers.work([&] {
      const std::size_t now = producers.acknowledged().size();
      return now >= enough || (Clock::now() >= end && now > before);
    });
    house.mailroom().end(broker, SIGKILL);
    const auto start = Clock::now();
    broker = house.start_broker();
    producers.lost_touch();
    ASSERT_TRUE(house.is_ready()) << "after kill " << kill;
    slowest = std::max(slowest, ms_since(start));
  }
  EXPECT_TRUE(producers.settle());
  const Told told{producers.acknowledged(), {}};
  EXPECT_THAT(house.end(broker, told, batch, producers.given()), IsEmpty());
  EXPECT_LT(slowest, 20'000)
      << "milliseconds; on a quiet machine a tenth of the two seconds allowed";
  std::cout << kills << " kills, " << told.files.size()
            << " files acknowledged, 0 missing, 0 twice; "
            << "ready after at most " << static_cast<int>(slowest) << " ms\n";
}

struct Point {
  Place place;
  bool is_after;
};

std::vector<Point> named_points() {
  std::vector<Point> points;
  for (const Place place : {Place::blob_write, Place::blob_sync, Place::blob_name,
                            Place::folder_sync, Place::journal_write, Place::commit, Place::send})
    for (const bool is_after : {false, true}) points.push_back({place, is_after});
  return points;
}

std::string name_of(const Point& point) {
  std::string name = (point.is_after ? "after " : "before ") + std::string(name_of(point.place));
  std::ranges::replace(name, ' ', '_');
  return name;
}

const std::vector<std::string> kLetters{"kub", "ksu", "u", "b", "kkkk"};

class BrokerKilled : public testing::TestWithParam<Point> {};

// Each time after some more passings of the point, on the store that the kills before left.
TEST_P(BrokerKilled, goes_on_where_it_was) {
  Dice dice(seed_of_test());
  FaultyHouse house;
  pid_t broker = house.start_broker();
  house.start_worker();
  const std::string batch = house.open_batch();
  Producers producers(house.layout().control_endpoint(), house.mailroom().blobs(), batch, kLetters,
                      1, 4);
  Told told;
  int struck = 0;
  const int kills = rounds(2, 20);
  for (int kill = 0; kill < kills; ++kill) {
    house.mailroom().end(broker, SIGTERM);
    house.faults().kill_at = GetParam().place;
    house.faults().kill_after = GetParam().is_after;
    house.faults().kill_countdown = 1 + static_cast<int>(dice.below(40));
    house.faults().is_struck = false;
    broker = house.start_broker();
    const auto end = Clock::now() + std::chrono::seconds(30);
    producers.work_slowly([&] { return house.faults().is_struck || Clock::now() > end; });
    struck += house.faults().is_struck ? 1 : 0;
    const int status = house.faults().is_struck ? house.wait_end(broker) : 0;
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    told.files = producers.acknowledged();
    EXPECT_THAT(store_violations(house.layout(), told), IsEmpty());
    told.events = events_of(house.layout());
    house.calm();
    broker = house.start_broker();
    producers.lost_touch();
  }
  EXPECT_EQ(struck, kills) << "the point must be passed";
  EXPECT_TRUE(producers.settle());
  told.files = producers.acknowledged();
  EXPECT_THAT(house.end(broker, told, batch, producers.given()), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(AtEachPoint, BrokerKilled, testing::ValuesIn(named_points()),
                         [](const auto& point) { return name_of(point.param); });

class BrokersDiskFails : public testing::TestWithParam<Place> {};

TEST_P(BrokersDiskFails, once_and_it_ends_acknowledges_nothing_of_that_and_starts_again) {
  FaultyHouse house;
  pid_t broker = house.start_broker();
  house.start_worker();
  const std::string batch = house.open_batch();
  Producers producers(house.layout().control_endpoint(), house.mailroom().blobs(), batch, kLetters,
                      1, 4);
  const auto has_some = [&] { return producers.acknowledged().size() >= 20; };
  producers.work(has_some);
  house.faults().fail_at = GetParam();
  house.faults().fail_error = EIO;
  house.faults().fail_countdown = 1;
  const auto end = Clock::now() + std::chrono::seconds(30);
  producers.work_slowly([&] { return house.faults().is_struck || Clock::now() > end; });
  ASSERT_TRUE(house.faults().is_struck);
  const std::uint64_t sent = house.faults().passed[static_cast<std::size_t>(Place::send)];
  const int status = house.wait_end(broker);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 74) << status;
  EXPECT_EQ(house.faults().passed[static_cast<std::size_t>(Place::send)], sent)
      << "nothing leaves a broker whose disk failed";
  Told told{producers.acknowledged(), {}};
  EXPECT_THAT(store_violations(house.layout(), told), IsEmpty());
  broker = house.start_broker();
  producers.lost_touch();
  EXPECT_TRUE(producers.settle());
  told.files = producers.acknowledged();
  EXPECT_THAT(house.end(broker, told, batch, producers.given()), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(At, BrokersDiskFails,
                         testing::Values(Place::commit, Place::journal_write, Place::blob_write,
                                         Place::blob_sync, Place::blob_name, Place::folder_sync),
                         [](const auto& place) {
                           return name_of(Point{place.param, false}).substr(7);
                         });

}  // namespace
}  // namespace postkamer::faults
