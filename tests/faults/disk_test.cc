// SPDX-License-Identifier: EUPL-1.2
//
// Tests 8 and 9 of README.md: a disk that is full, and one that is slow.
#include <gmock/gmock.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sched.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <optional>

#include "tests/faults/house/faulty_house.h"
#include "tests/faults/house/producers.h"

namespace postkamer::faults {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using std::chrono::seconds;
using testing::Contains;
using testing::IsEmpty;

const std::vector<std::string> kLetters{"kub", "ksu", "u", "b", "kkkk"};

// From here on this process and its children mount for themselves alone. Before any thread.
bool enter_own_mounts() {
  const std::string user = std::to_string(::getuid());
  if (::unshare(CLONE_NEWNS) != 0) {
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
    std::ofstream("/proc/self/setgroups") << "deny";
    std::ofstream("/proc/self/uid_map") << "0 " + user + " 1";
  }
  return ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}
const bool has_own_mounts = enter_own_mounts();

// A disk of 24 MiB while it lives: three times what the log of a journal grows to before its pages
// are put in their places.
class SmallDisk {
 public:
  explicit SmallDisk(fs::path folder) : folder_(std::move(folder)) {
    fs::create_directories(folder_);
    is_there_ = ::mount("tmpfs", folder_.c_str(), "tmpfs", 0, "size=24m") == 0;
  }
  ~SmallDisk() {
    if (is_there_) ::umount2(folder_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  [[nodiscard]] bool is_there() const { return is_there_; }
  // To the last byte.
  void fill() const {
    std::ofstream filler(folder_ / "filler", std::ios::app | std::ios::binary);
    const std::string page(512, 'x');
    while (filler.write(page.data(), 512).flush()) continue;
  }
  void make_room() const { fs::remove(folder_ / "filler"); }

 private:
  fs::path folder_;
  bool is_there_ = false;
};

enum class Full {
  everything,
  journal,
  blobs
};

// A mailroom of which one part, or all, lies on a small disk.
class MailroomOnASmallDisk {
 public:
  explicit MailroomOnASmallDisk(Full which)
      : home_(fresh_folder()), is_within_house_(which == Full::blobs) {
    if (which != Full::blobs) small_.emplace(home_);
    ::setenv("TMPDIR", home_.c_str(), 1);
    house_.emplace();
    ::unsetenv("TMPDIR");
    if (which == Full::journal) large_ = mounted(house_->layout().blobs(), "size=256m");
    if (which == Full::blobs) small_.emplace(house_->layout().blobs());
  }
  ~MailroomOnASmallDisk() {
    if (large_) ::umount2(large_->c_str(), MNT_DETACH);
    if (is_within_house_) small_.reset();
    house_.reset();
    small_.reset();
    fs::remove_all(home_);
  }
  MailroomOnASmallDisk(const MailroomOnASmallDisk&) = delete;
  MailroomOnASmallDisk& operator=(const MailroomOnASmallDisk&) = delete;

  FaultyHouse& house() { return *house_; }
  SmallDisk& disk() { return *small_; }
  // What `status` says: "disk", or nothing; "?" when nobody answers.
  std::string paused() {
    const auto status = house().mailroom().client().ask("status", {}, nullptr, 10'000);
    return status ? status->value("paused", "?") : "?";
  }

 private:
  static fs::path fresh_folder() {
    std::string pattern = (fs::temp_directory_path() / "pk-small-XXXXXX").string();
    return ::mkdtemp(pattern.data());
  }
  static std::optional<fs::path> mounted(const fs::path& folder, const char* options) {
    if (::mount("tmpfs", folder.c_str(), "tmpfs", 0, options) != 0) return std::nullopt;
    return folder;
  }

  fs::path home_;
  bool is_within_house_;
  std::optional<SmallDisk> small_;
  std::optional<fs::path> large_;
  std::optional<FaultyHouse> house_;
};

class DiskFull : public testing::TestWithParam<Full> {};

TEST_P(DiskFull, pauses_the_broker_which_acknowledges_nothing_and_goes_on_when_there_is_room) {
  if (!has_own_mounts) GTEST_SKIP() << "mounting is not allowed here";
  MailroomOnASmallDisk mailroom(GetParam());
  ASSERT_TRUE(mailroom.disk().is_there());
  FaultyHouse& house = mailroom.house();
  const pid_t broker = house.start_broker();
  ASSERT_TRUE(house.is_ready());
  house.start_worker();
  const std::string batch = house.open_batch();
  Producers producers(house.layout().control_endpoint(), house.mailroom().blobs(), batch, kLetters,
                      1, 8);
  producers.work([&] { return producers.acknowledged().size() >= 24; });

  mailroom.disk().fill();
  const auto end = Clock::now() + seconds(60);
  producers.wait([&] { return mailroom.paused() == "disk" || Clock::now() > end; });
  ASSERT_EQ(mailroom.paused(), "disk");
  EXPECT_EQ(house.mailroom().client().ask("ledger", {{"batch", batch}})->at("paused"), "disk");
  mailroom.disk().fill();  // in place of the ballast too

  // What was answered before the pause may still be on its way.
  producers.work([&] { return !producers.refusals().empty() || Clock::now() > end; });
  const std::size_t acknowledged = producers.acknowledged().size();
  const std::size_t refused = producers.refusals().size();
  producers.work([&] { return producers.refusals().size() > refused + 50 || Clock::now() > end; });
  EXPECT_EQ(producers.acknowledged().size(), acknowledged) << "nothing new fits";
  EXPECT_THAT(producers.refusals(), testing::Each("disk_full"));
  EXPECT_EQ(mailroom.paused(), "disk");

  mailroom.disk().make_room();
  const auto later = Clock::now() + seconds(60);
  producers.wait([&] { return mailroom.paused().empty() || Clock::now() > later; });
  EXPECT_EQ(mailroom.paused(), "");
  EXPECT_TRUE(producers.settle());
  const Told told{producers.acknowledged(), {}};
  EXPECT_THAT(house.end(broker, told, batch, producers.given()), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Of, DiskFull,
                         testing::Values(Full::everything, Full::journal, Full::blobs),
                         [](const auto& which) {
                           return which.param == Full::everything ? "everything"
                                  : which.param == Full::journal  ? "the_journal"
                                                                  : "the_blobs";
                         });

// /dev/full is a disk without room: what is written to it fails with ENOSPC.
TEST(LogFull, harms_nothing) {
  FaultyHouse house;
  const pid_t broker = house.start_broker("/dev/full");
  const pid_t worker = house.start_worker();
  const std::string batch = house.open_batch();
  Producers producers(house.layout().control_endpoint(), house.mailroom().blobs(), batch, kLetters,
                      1, 8);
  producers.work([&] { return producers.acknowledged().size() >= 20; });
  house.mailroom().end(worker, SIGKILL);
  house.start_worker();
  EXPECT_TRUE(producers.settle());
  const Told told{producers.acknowledged(), {}};
  EXPECT_THAT(house.end(broker, told, batch, producers.given()), IsEmpty());
}

// With a sync of 8 ms there are at most 125 a second: 1,000 acknowledgements a second are eight of
// them a sync. That is counted; the seconds are only told.
TEST(SlowDisk, acknowledges_many_at_once) {
  FaultyHouse house;
  const pid_t broker = house.start_broker();
  const std::string batch = house.open_batch();
  Producers producers(house.layout().control_endpoint(), house.mailroom().blobs(), batch, {"b"});
  house.faults().sync_ms = 8;
  const auto commits = [&] {
    return house.faults().passed[static_cast<std::size_t>(Place::commit)].load();
  };
  const std::uint64_t before = commits();
  const auto start = Clock::now();
  producers.work([&] { return producers.acknowledged().size() >= 4000; });
  const double took = std::chrono::duration<double>(Clock::now() - start).count();
  const auto acknowledged = static_cast<double>(producers.acknowledged().size());
  const double a_sync = acknowledged / static_cast<double>(commits() - before);
  EXPECT_GE(a_sync, 8);
  std::cout << "8 ms a sync: " << static_cast<int>(acknowledged / took)
            << " acknowledged a second, " << a_sync << " a sync\n";
  house.calm();
  house.start_worker();
  EXPECT_TRUE(producers.settle());
  const Told told{producers.acknowledged(), {}};
  EXPECT_THAT(house.end(broker, told, batch, producers.given()), IsEmpty());
}

TEST(SlowDisk, ends_no_lease_and_gives_up_no_worker) {
  FaultyHouse house;
  const pid_t broker = house.start_broker();
  house.start_worker();
  const std::string batch = house.open_batch();
  Producers producers(house.layout().control_endpoint(), house.mailroom().blobs(), batch, {"b"}, 1,
                      8);
  house.faults().sync_ms = 8;
  house.faults().spike_ms = 500;
  house.faults().spike_every = 10;
  producers.work([&] { return producers.acknowledged().size() >= 200; });
  EXPECT_TRUE(producers.settle());
  const Told told{producers.acknowledged(), {}};
  EXPECT_THAT(house.end(broker, told, batch, producers.given()), IsEmpty());
  EXPECT_EQ(house.tasks_done(), producers.given()) << "one decode a file: none was done again";
}

}  // namespace
}  // namespace postkamer::faults
