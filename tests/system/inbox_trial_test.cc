// SPDX-License-Identifier: EUPL-1.2
//
// `postkamer inbox test`.
#include <gmock/gmock.h>

#include "tests/system/harness.h"

namespace postkamer::test {
namespace {

using std::filesystem::path;

TEST(InboxTrials, say_whether_a_folder_can_be_watched_and_leave_nothing_behind) {
  const path folder = fresh_folder("trial");
  std::filesystem::create_directories(folder / "data");
  std::filesystem::create_directories(folder / "in");
  const path config = folder / "postkamer.toml";
  write_text(config,
             "[system]\ndata = 'data'\n[[inbox]]\nname = 'post'\nfolder = 'in'\n"
             "min_free_bytes = 1\n");
  const auto tried = [&](const std::string& which) {
    return postkamer({"--config", config, "inbox", "test", which, "--json"});
  };
  const auto good = tried("post");
  EXPECT_EQ(good.status, 0) << good.out;
  for (const auto& trial : good.json()) EXPECT_TRUE(trial.at("fine")) << trial.dump();
  EXPECT_GE(good.json().size(), 6u);
  EXPECT_TRUE(std::filesystem::is_empty(folder / "in")) << "the probe is gone";
  EXPECT_FALSE(std::filesystem::exists(folder / "work"));

  EXPECT_EQ(tried(folder / "nowhere").status, 4);
  const auto inside = tried(folder / "data");
  EXPECT_EQ(inside.status, 1) << "a door would find its own results there";
  EXPECT_THAT(inside.out, testing::HasSubstr("ligging"));
}

}  // namespace
}  // namespace postkamer::test
