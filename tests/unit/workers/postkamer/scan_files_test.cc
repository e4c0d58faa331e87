// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/scan_files.h"

#include <fstream>

#include <gmock/gmock.h>

#include "workers/host/natural_order.h"

namespace postkamer {
namespace {

using testing::ElementsAre;

class ScanFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) / "scan_files";
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_ / "deeper");
  }

  void touch(const std::string& name) const { std::ofstream(folder_ / name) << "x"; }

  std::vector<std::string> taken() const {
    std::vector<std::string> names;
    const auto files = find_scans({folder_});
    if (!files) return names;
    for (const auto& file : files->taken) names.push_back(std::filesystem::relative(file, folder_));
    return names;
  }

  std::filesystem::path folder_;
};

TEST_F(ScanFilesTest, come_in_the_order_a_person_expects) {
  for (const auto* name : {"page10.tif", "page2.tif", "deeper/a.PDF", "page1.tif"}) touch(name);
  EXPECT_THAT(taken(), ElementsAre("deeper/a.PDF", "page1.tif", "page2.tif", "page10.tif"));
}

TEST_F(ScanFilesTest, leave_hidden_and_foreign_files_alone) {
  for (const auto* name : {".hidden.pdf", "~$open.pdf", "notes.txt", "scan.jpg"}) touch(name);
  EXPECT_THAT(taken(), ElementsAre("scan.jpg"));
  EXPECT_EQ(find_scans({folder_})->ignored.size(), 3u);
}

TEST_F(ScanFilesTest, take_a_named_file_whatever_it_is) {
  touch("notes.txt");
  EXPECT_EQ(find_scans({folder_ / "notes.txt"})->taken.size(), 1u);
}

TEST_F(ScanFilesTest, say_when_an_input_is_not_there) {
  const auto files = find_scans({folder_ / "gone"});
  ASSERT_FALSE(files);
  EXPECT_EQ(files.error().reason, "input_missing");
}

TEST_F(ScanFilesTest, do_not_follow_links) {
  touch("real.pdf");
  std::filesystem::create_symlink(folder_ / "real.pdf", folder_ / "link.pdf");
  EXPECT_THAT(taken(), ElementsAre("real.pdf"));
}

TEST(NaturalOrder, compares_numbers_as_numbers) {
  EXPECT_TRUE(host::natural_less("a2", "a10"));
  EXPECT_FALSE(host::natural_less("a10", "a2"));
  EXPECT_TRUE(host::natural_less("a", "a1"));
  EXPECT_FALSE(host::natural_less("a02", "a2"));
  EXPECT_TRUE(host::natural_less("a99999999999999999998", "a99999999999999999999"));
}

}  // namespace
}  // namespace postkamer
