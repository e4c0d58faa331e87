// SPDX-License-Identifier: EUPL-1.2
#include "workers/intake/folder_watch.h"

#include <fstream>

#include <gtest/gtest.h>

namespace postkamer::intake {
namespace {

using namespace std::chrono_literals;
using Wake = FolderWatch::Wake;

class FolderWatchTest : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  std::filesystem::path folder_ = std::filesystem::path(testing::TempDir()) / "folder_watch";
};

TEST_F(FolderWatchTest, wakes_for_a_written_a_moved_and_a_linked_file) {
  std::ofstream(folder_.parent_path() / "outside") << "x";
  FolderWatch watch(host::WatchMode::events);
  watch.follow({folder_});
  EXPECT_EQ(watch.wait(0ms), Wake::timeout);
  std::ofstream(folder_ / "written") << "x";
  EXPECT_EQ(watch.wait(5s), Wake::change);
  std::filesystem::create_hard_link(folder_.parent_path() / "outside", folder_ / "linked");
  EXPECT_EQ(watch.wait(5s), Wake::change);
  std::filesystem::rename(folder_.parent_path() / "outside", folder_ / "moved");
  EXPECT_EQ(watch.wait(5s), Wake::change);
  EXPECT_EQ(watch.wait(0ms), Wake::timeout) << "all that was there is taken at once";
}

TEST_F(FolderWatchTest, tells_that_events_were_lost) {
  FolderWatch watch(host::WatchMode::events);
  watch.follow({folder_});
  int most = 16'384;
  std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> most;
  std::ofstream(folder_ / "a") << "x";
  for (int i = 0; i < most / 2 + 10; ++i) {
    std::filesystem::rename(folder_ / "a", folder_ / "b");
    std::filesystem::rename(folder_ / "b", folder_ / "a");
  }
  EXPECT_EQ(watch.wait(5s), Wake::overflow);
}

TEST_F(FolderWatchTest, polls_where_it_is_told_to) {
  FolderWatch watch(host::WatchMode::polling);
  watch.follow({folder_});
  EXPECT_TRUE(watch.must_poll());
  std::ofstream(folder_ / "written") << "x";
  EXPECT_EQ(watch.wait(10ms), Wake::timeout);
}

TEST_F(FolderWatchTest, polls_what_is_not_there_and_watches_it_anew_when_it_is_back) {
  FolderWatch watch(host::WatchMode::automatic);
  watch.follow({folder_});
  std::filesystem::remove_all(folder_);
  watch.follow({folder_});
  EXPECT_TRUE(watch.must_poll());
  std::filesystem::create_directories(folder_);
  watch.follow({folder_});
  watch.wait(0ms);
  EXPECT_FALSE(watch.must_poll());
  std::ofstream(folder_ / "written") << "x";
  EXPECT_EQ(watch.wait(5s), Wake::change);
}

TEST_F(FolderWatchTest, knows_the_file_system_of_a_folder) {
  EXPECT_FALSE(file_system_of(folder_).is_remote);
  EXPECT_TRUE(file_system_of(folder_ / "gone").is_remote);
  EXPECT_EQ(file_system_of("/proc").name, "0x9fa0") << "one that has no name in our list";
}

}  // namespace
}  // namespace postkamer::intake
