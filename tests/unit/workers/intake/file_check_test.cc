// SPDX-License-Identifier: EUPL-1.2
#include "workers/intake/file_check.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

#include <gtest/gtest.h>

#include "workers/intake/whole_file.h"

namespace postkamer::intake {
namespace {

std::filesystem::path file_with(const std::string& bytes) {
  const auto file = std::filesystem::path(testing::TempDir()) / "file_check_one";
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
  return file;
}

bool whole(const std::string& bytes) { return check_file(file_with(bytes)).empty(); }

std::string le(std::uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i) & 0xff);
  return text;
}

std::string entry(unsigned tag, unsigned type, unsigned value) {
  return le(tag, 2) + le(type, 2) + le(1, 4) + le(value, 4);
}

// Directory first at 8, its strip of 4 bytes behind it: as some scanners write.
std::string tiff(unsigned next = 0) {
  return std::string("II*\0", 4) + le(8, 4) + le(2, 2) + entry(273, 4, 38) + entry(279, 4, 4) +
         le(next, 4) + "data";
}

TEST(FileCheck, knows_a_tiff_that_lacks_part_of_its_picture) {
  EXPECT_TRUE(whole(tiff()));
  EXPECT_FALSE(whole(tiff().substr(0, tiff().size() - 1)));
}

TEST(FileCheck, knows_a_tiff_whose_next_directory_is_not_there_yet) {
  EXPECT_FALSE(whole(tiff(500)));
  EXPECT_FALSE(whole(tiff().substr(0, 20)));
  EXPECT_FALSE(whole(std::string("II*\0", 4) + le(0, 4) + "pictures come first"))
      << "the place of the first directory is written last";
}

TEST(FileCheck, does_not_run_in_circles_in_a_looping_tiff) { EXPECT_FALSE(whole(tiff(8))); }

// Each directory claims 65,535 entries and begins four bytes after the one before.
TEST(FileCheck, leaves_a_tiff_that_would_be_read_many_times_over_to_the_decoder) {
  constexpr std::size_t kDirectories = 200;
  constexpr std::size_t kTable = 2 + 12 * 0xffff;
  std::string bytes = std::string("II*\0", 4) + le(8, 4) + std::string(1'200'000, '\xff');
  for (std::size_t n = 0; n < kDirectories; ++n)
    bytes.replace(8 + 4 * n + kTable, 4, le(12 + 4 * n, 4));
  EXPECT_TRUE(whole(bytes));
}

TEST(FileCheck, knows_a_bigtiff) {
  const auto big = [](const std::string& tail) {
    return "II+" + std::string(1, '\0') + le(8, 2) + le(0, 2) + le(16, 8) + le(0, 8) + tail;
  };
  EXPECT_TRUE(whole(big(le(0, 8))));
  EXPECT_FALSE(whole(big("")));
}

TEST(FileCheck, knows_a_jpeg_by_the_end_of_its_own_picture) {
  const std::string thumbnail = std::string("\xff\xe1\x00\x06\xff\xd9xx", 8);
  const std::string scan = std::string("\xff\xda\x00\x02pixels", 10);
  EXPECT_TRUE(whole("\xff\xd8" + thumbnail + scan + "\xff\xd9"));
  EXPECT_FALSE(whole("\xff\xd8" + thumbnail + scan));
  EXPECT_FALSE(whole("\xff\xd8" + thumbnail)) << "the end of the thumbnail is not the end";
}

TEST(FileCheck, knows_a_png_and_a_pdf_by_their_ends) {
  EXPECT_TRUE(whole("\x89PNG....IEND\xae\x42\x60\x82"));
  EXPECT_FALSE(whole("\x89PNG....IDAT"));
  EXPECT_TRUE(whole("%PDF-1.4\nstartxref\n4\n%%EOF\n"));
  EXPECT_FALSE(whole("%PDF-1.4\nstartxref\n4000\n%%EOF\n")) << "the references are not there yet";
  EXPECT_FALSE(whole("%PDF-1.4\nstartxref\n4\n"));
}

TEST(FileCheck, leaves_other_kinds_to_the_decoder) { EXPECT_TRUE(whole("a text")); }

TEST(FileCheck, sees_that_somebody_still_has_the_file_open_for_writing) {
  const auto file = file_with("a text");
  const int writer = open(file.c_str(), O_WRONLY | O_APPEND);
  const auto while_open = check_file(file);
  close(writer);
  EXPECT_EQ(check_file(file), "");
  EXPECT_EQ(while_open, "file_busy");
}

TEST(FileCheck, says_what_an_error_of_the_system_means) {
  const auto reason = [](int error) {
    return reason_of(std::error_code(error, std::generic_category()));
  };
  EXPECT_EQ(reason(EBUSY), "file_busy");
  EXPECT_EQ(reason(ETXTBSY), "file_busy");
  EXPECT_EQ(reason(ESTALE), "folder_unreachable");
  EXPECT_EQ(reason(EACCES), "file_unreadable");
  EXPECT_EQ(reason(ENOSPC), "disk_full");
}

}  // namespace
}  // namespace postkamer::intake
