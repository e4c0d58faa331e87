// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/work_folder.h"

#include <fstream>

#include <gtest/gtest.h>

namespace postkamer {
namespace {

std::filesystem::path fresh(const std::string& name) {
  const auto folder = std::filesystem::path(testing::TempDir()) / name;
  std::filesystem::remove_all(folder);
  return folder;
}

TEST(WorkFolder, is_gone_afterwards) {
  const auto out = fresh("work_folder_gone");
  { ASSERT_TRUE(WorkFolder::create(out, false)); }
  EXPECT_TRUE(std::filesystem::exists(out));
  EXPECT_FALSE(std::filesystem::exists(out / "work"));
}

TEST(WorkFolder, stays_when_asked) {
  const auto out = fresh("work_folder_kept");
  { ASSERT_TRUE(WorkFolder::create(out, true)); }
  EXPECT_TRUE(std::filesystem::exists(out / "work"));
}

TEST(WorkFolder, refuses_a_folder_that_holds_a_run) {
  const auto out = fresh("work_folder_used");
  std::filesystem::create_directories(out);
  std::ofstream(out / "records.jsonl") << "{}\n";
  const auto folder = WorkFolder::create(out, false);
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().reason, "out_not_empty");
}

TEST(WorkFolder, is_short_enough_for_sockets_wherever_it_lies) {
  const auto out = fresh("work_folder_long") / std::string(120, 'x');
  const auto folder = WorkFolder::create(out, false);
  ASSERT_TRUE(folder) << folder.error().message;
  EXPECT_LT(folder->path().native().size(), 90u);
  std::ofstream(folder->path() / "probe") << "x";
  EXPECT_TRUE(std::filesystem::exists(out / "work" / "probe"));
}

}  // namespace
}  // namespace postkamer
