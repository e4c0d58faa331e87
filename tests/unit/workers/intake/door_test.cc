// SPDX-License-Identifier: EUPL-1.2
//
// Against a real broker without workers: what is taken stays in work/.
#include "workers/intake/door.h"

#include <fstream>

#include <gtest/gtest.h>

#include "tests/unit/workers/broker/mailroom_house.h"
#include "workers/intake/claim.h"
#include "workers/intake/inbox_status.h"

namespace postkamer::intake {
namespace {

using namespace std::chrono_literals;
using std::filesystem::path;

constexpr auto kPatience = 30s;
constexpr std::uint64_t kPlenty = 1ull << 40;
const std::string kWhole = "%PDF-1.4\n1 0 obj\nxref\ntrailer\nstartxref\n17\n%%EOF\n";

class DoorTest : public testing::Test {
 protected:
  void SetUp() override {
    house_.start_broker();
    const path data = house_.layout().dir;
    inbox_.name = "post";
    inbox_.folder = data / "rooms/inbox";
    inbox_.stable_ms = 0;
    inbox_.min_free_bytes = 1'000'000;
    std::filesystem::create_directories(inbox_.folder);
    status_ = data / "status.json";
  }

  Door door() {
    DoorSenses senses;
    senses.check = [](const path&) { return std::string_view(); };
    senses.free_bytes = [this](const path&) { return free_; };
    ClaimDesk desk(inbox_, Door::work_of(inbox_), Limits{},
                   journal::BlobStore::open(house_.layout().blobs()).value(),
                   host::ControlClient::connect(house_.layout().control_endpoint()).value());
    return {inbox_, house_.layout().dir, status_, std::move(desk), std::move(senses)};
  }

  void drop(const std::string& name) const {
    std::ofstream(inbox_.folder / name) << kWhole << name;
  }

  // Runs until `is_done`; the turns that took, or -1 when patience ended first.
  static int run(Door& door, const std::function<bool()>& is_done) {
    const auto deadline = Door::Clock::now() + kPatience;
    int turns = 0;
    bool done = false;
    door.run([&] { return (done = is_done()) || (++turns, Door::Clock::now() > deadline); });
    return done ? turns : -1;
  }

  static int run_for(Door& door, std::chrono::milliseconds time) {
    return run(door, [end = Door::Clock::now() + time] { return Door::Clock::now() >= end; });
  }

  [[nodiscard]] std::size_t waiting() const {
    const std::filesystem::directory_iterator inside(inbox_.folder);
    return static_cast<std::size_t>(std::distance(begin(inside), end(inside)));
  }

  broker::MailroomHouse house_;
  host::InboxSettings inbox_;
  path status_;
  std::uint64_t free_ = kPlenty;
};

TEST_F(DoorTest, takes_nothing_while_the_disk_is_full_says_so_and_goes_on_by_itself) {
  free_ = 999'999;
  drop("a.pdf");
  Door door = this->door();
  run_for(door, 500ms);
  EXPECT_EQ(waiting(), 1u) << "it is safest where people see it";
  const auto told = read_status(status_);
  ASSERT_TRUE(told);
  EXPECT_EQ(told->stopped, "disk_full");
  EXPECT_EQ(told->free_bytes, 999'999u);

  free_ = kPlenty;
  EXPECT_GT(run(door, [&] { return waiting() == 0; }), 0);
  EXPECT_GE(run(door, [&] { return read_status(status_)->stopped.empty(); }), 0);
}

TEST_F(DoorTest, stops_between_two_files_when_the_disk_fills_up) {
  Door door = this->door();
  drop("a.pdf");
  ASSERT_GT(run(door, [&] { return waiting() == 0; }), 0);
  free_ = 0;
  ASSERT_GT(run(door, [&] { return read_status(status_)->stopped == "disk_full"; }), 0);
  drop("b.pdf");
  run_for(door, 500ms);
  EXPECT_EQ(waiting(), 1u);
  free_ = kPlenty;
  EXPECT_GT(run(door, [&] { return waiting() == 0; }), 0);
}

// A door that never sleeps was once seen: the disk was full, and what is left of an earlier run was
// due all the time.
TEST_F(DoorTest, sleeps_when_there_is_nothing_to_do) {
  Door door = this->door();
  run_for(door, 200ms);
  EXPECT_LT(run_for(door, 1000ms), 12);
}

TEST_F(DoorTest, sleeps_when_the_disk_is_full_and_files_wait) {
  free_ = 0;
  Door door = this->door();
  for (int n = 0; n < 20; ++n) drop("wait" + std::to_string(n) + ".pdf");
  run_for(door, 500ms);
  EXPECT_LT(run_for(door, 1000ms), 12);
}

TEST_F(DoorTest, sleeps_between_the_looks_at_a_file_that_is_not_whole) {
  inbox_.incomplete_ms = 600'000;
  DoorSenses senses;
  senses.check = [](const path&) { return std::string_view("file_incomplete"); };
  senses.free_bytes = [](const path&) { return kPlenty; };
  ClaimDesk desk(inbox_, Door::work_of(inbox_), Limits{},
                 journal::BlobStore::open(house_.layout().blobs()).value(),
                 host::ControlClient::connect(house_.layout().control_endpoint()).value());
  Door door(inbox_, house_.layout().dir, status_, std::move(desk), std::move(senses));
  drop("half.pdf");
  run_for(door, 500ms);
  EXPECT_LT(run_for(door, 1000ms), 12);
  EXPECT_EQ(waiting(), 1u);
}

// Thousands at once go to the broker as they come; none is read or lost.
TEST_F(DoorTest, brings_every_one_of_a_great_many_to_the_broker) {
  for (int n = 0; n < 600; ++n) drop(std::to_string(n) + ".pdf");
  Door door = this->door();
  EXPECT_GT(run(door, [&] { return waiting() == 0; }), 0);
  const auto is_handed_over = [&] {
    for (const auto& claim : std::filesystem::directory_iterator(Door::work_of(inbox_)))
      if (claim_name_of(claim.path()).batch.empty()) return false;
    return true;
  };
  EXPECT_GT(run(door, is_handed_over), 0);
}

// A store on another file system: claims are staged in the inbox and come into work/ by copy.
TEST_F(DoorTest, names_a_claim_that_had_come_whole_before_a_crash) {
  const path work = Door::work_of(inbox_);
  std::filesystem::create_directories(work / ".1764200000-1-1");
  std::ofstream(work / ".1764200000-1-1/a.pdf") << kWhole;
  {
    Door door = this->door();
    run_for(door, 100ms);
    EXPECT_TRUE(std::filesystem::exists(work / ".1764200000-1-1"))
        << "an inbox that is not mounted does not say that nothing is left in it";
  }
  std::filesystem::create_directory(inbox_.folder / ".postkamer");
  Door door = this->door();
  const auto has_a_batch = [&] {
    const std::filesystem::directory_iterator claims(work);
    return claims != std::filesystem::directory_iterator() &&
           !claim_name_of(claims->path()).batch.empty();
  };
  EXPECT_GT(run(door, has_a_batch), 0);
}

TEST_F(DoorTest, puts_back_half_a_series_whose_other_half_cannot_be_moved) {
  const path shared = "/dev/shm/postkamer-door-test";
  std::filesystem::remove_all(shared);
  std::error_code failed;
  if (!std::filesystem::create_directory(shared, failed))
    GTEST_SKIP() << "there is no second file system at /dev/shm";
  inbox_.store = inbox_.folder;
  inbox_.folder = shared;
  inbox_.page_per_file = true;
  drop("scan_001.pdf");
  drop("scan_002.pdf");
  bool is_gone = false;
  DoorSenses senses;
  senses.free_bytes = [](const path&) { return kPlenty; };
  senses.check = [&](const path& file) {
    if (file.filename() == "scan_002.pdf") is_gone = std::filesystem::remove(file) || is_gone;
    return std::string_view();
  };
  ClaimDesk desk(inbox_, Door::work_of(inbox_), Limits{},
                 journal::BlobStore::open(house_.layout().blobs()).value(),
                 host::ControlClient::connect(house_.layout().control_endpoint()).value());
  Door door(inbox_, house_.layout().dir, status_, std::move(desk), std::move(senses));
  EXPECT_GT(run(door, [&] { return is_gone; }), 0);
  EXPECT_TRUE(std::filesystem::exists(shared / "scan_001.pdf"));
  EXPECT_TRUE(!std::filesystem::exists(shared / ".postkamer", failed) ||
              std::filesystem::is_empty(shared / ".postkamer", failed));
  std::filesystem::remove_all(shared);
}

}  // namespace
}  // namespace postkamer::intake
