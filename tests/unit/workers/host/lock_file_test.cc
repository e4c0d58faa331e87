// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/lock_file.h"

#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace postkamer::host {
namespace {

class LockFileTest : public testing::Test {
 protected:
  std::filesystem::path file_ =
      std::filesystem::path(testing::TempDir()) / ("postkamer_lock" + std::to_string(getpid()));
  ~LockFileTest() override { std::filesystem::remove(file_); }
};

const auto never = [] { return false; };

TEST_F(LockFileTest, is_held_by_one_at_a_time) {
  auto first = LockFile::try_take(file_).value();
  ASSERT_TRUE(first);
  EXPECT_FALSE(LockFile::try_take(file_).value());
  first.reset();
  EXPECT_TRUE(LockFile::try_take(file_).value());
}

TEST_F(LockFileTest, is_free_when_its_holder_was_killed) {
  const pid_t holder = fork();
  if (holder == 0) {
    const auto lock = LockFile::try_take(file_);
    raise(SIGKILL);
  }
  waitpid(holder, nullptr, 0);
  EXPECT_TRUE(LockFile::try_take(file_).value());
}

TEST_F(LockFileTest, is_waited_for_until_the_time_is_over_or_it_should_stop) {
  const auto first = LockFile::try_take(file_).value();
  EXPECT_FALSE(LockFile::wait(file_, never, 0).value());
  int looks = 0;
  EXPECT_FALSE(LockFile::wait(
                   file_, [&] { return ++looks == 2; }, 60'000)
                   .value());
  EXPECT_EQ(looks, 2);
}

TEST_F(LockFileTest, is_taken_as_soon_as_it_is_free) {
  auto first = LockFile::try_take(file_).value();
  const auto let_go = [&] {
    first.reset();
    return false;
  };
  EXPECT_TRUE(LockFile::wait(file_, let_go, 60'000).value());
}

TEST_F(LockFileTest, tells_when_it_cannot_be_made) {
  const auto lock = LockFile::try_take("/nonexistent/folder/lock");
  ASSERT_FALSE(lock);
  EXPECT_EQ(lock.error().reason, "lock_unusable");
}

}  // namespace
}  // namespace postkamer::host
