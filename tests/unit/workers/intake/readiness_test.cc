// SPDX-License-Identifier: EUPL-1.2
#include "workers/intake/readiness.h"

#include <fstream>

#include <gmock/gmock.h>

namespace postkamer::intake {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class ReadinessTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) / "readiness";
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }

  void write(const std::string& name, const std::string& bytes) const {
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
  }

  // Names ready at this many seconds after the start.
  std::vector<std::string> look(Readiness::Clock::duration at) {
    std::vector<std::string> names;
    for (const auto& file : readiness_.look(folder_, start_ + at)) names.push_back(file.filename());
    return names;
  }

  std::filesystem::path folder_;
  Readiness::Clock::time_point start_ = Readiness::Clock::now();
  Readiness readiness_{3s, 60s};
};

const std::string kWholePdf = "%PDF-1.4\n...\n%%EOF\n";
const std::string kHalfPdf = "%PDF-1.4\n...";

TEST_F(ReadinessTest, takes_a_whole_file_once_it_was_left_alone) {
  write("a.pdf", kWholePdf);
  EXPECT_THAT(look(0s), IsEmpty());
  EXPECT_THAT(look(2s), IsEmpty());
  EXPECT_THAT(look(3s), ElementsAre("a.pdf"));
}

TEST_F(ReadinessTest, waits_again_after_every_change) {
  write("a.pdf", kWholePdf);
  look(0s);
  write("a.pdf", "%PDF-1.4 longer\n%%EOF\n");
  EXPECT_THAT(look(3s), IsEmpty());
  EXPECT_THAT(look(6s), ElementsAre("a.pdf"));
}

TEST_F(ReadinessTest, waits_for_the_second_half_of_a_file) {
  write("a.pdf", kHalfPdf);
  look(0s);
  EXPECT_THAT(look(30s), IsEmpty());
  write("a.pdf", kWholePdf);
  look(31s);
  EXPECT_THAT(look(34s), ElementsAre("a.pdf"));
}

TEST_F(ReadinessTest, takes_a_half_file_in_the_end_so_that_it_gets_a_reason) {
  write("a.pdf", kHalfPdf);
  look(0s);
  EXPECT_THAT(look(60s), ElementsAre("a.pdf"));
}

TEST_F(ReadinessTest, leaves_passing_files_links_and_folders_alone) {
  write("scan.pdf.part", kWholePdf);
  write(".scan.pdf", kWholePdf);
  write("Thumbs.db", "x");
  std::filesystem::create_directories(folder_ / "folder.pdf");
  std::filesystem::create_symlink("/etc/hostname", folder_ / "link.pdf");
  look(0s);
  EXPECT_THAT(look(100s), IsEmpty());
}

TEST_F(ReadinessTest, sees_a_reused_name_as_a_new_file) {
  write("a.pdf", kWholePdf);
  look(0s);
  ASSERT_THAT(look(3s), ElementsAre("a.pdf"));
  std::filesystem::remove(folder_ / "a.pdf");
  look(4s);
  write("a.pdf", kWholePdf);
  EXPECT_THAT(look(5s), IsEmpty());
  EXPECT_THAT(look(8s), ElementsAre("a.pdf"));
}

TEST_F(ReadinessTest, knows_a_tiff_that_lacks_its_end) {
  // Little-endian header, first directory at 8 with one entry, no next directory.
  const std::string whole = std::string("II*\0\x08\0\0\0", 8) + std::string("\x01\0", 2) +
                            std::string(12, '\0') + std::string(4, '\0');
  write("whole.tif", whole);
  write("half.tif", whole.substr(0, whole.size() - 6));
  EXPECT_TRUE(looks_whole(folder_ / "whole.tif"));
  EXPECT_FALSE(looks_whole(folder_ / "half.tif"));
}

TEST_F(ReadinessTest, does_not_run_in_circles_in_a_looping_tiff) {
  write("loop.tif",
        std::string("II*\0\x08\0\0\0", 8) + std::string("\0\0", 2) + std::string("\x08\0\0\0", 4));
  EXPECT_FALSE(looks_whole(folder_ / "loop.tif"));
}

}  // namespace
}  // namespace postkamer::intake
