// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/files.h"

#include <gtest/gtest.h>

namespace postkamer::host {
namespace {

std::filesystem::path fresh_folder(const char* name) {
  const auto folder = std::filesystem::path(testing::TempDir()) / name;
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder;
}

TEST(Files, what_is_written_is_read_back) {
  const auto file = fresh_folder("files_round_trip") / "a";
  ASSERT_TRUE(write_file(file, bytes_of("een\ntwee")));
  ASSERT_TRUE(write_file(file, bytes_of("drie")));
  const auto bytes = read_file(file);
  ASSERT_TRUE(bytes);
  EXPECT_EQ(text_of(*bytes), "drie");
  EXPECT_FALSE(std::filesystem::exists(file.string() + ".tmp"));
}

TEST(Files, a_missing_file_is_an_error_that_names_it) {
  const auto bytes = read_file("/nonexistent/scan.tif");
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().reason, "file_unreadable");
  EXPECT_NE(bytes.error().message.find("/nonexistent/scan.tif"), std::string::npos);
}

TEST(Files, a_folder_is_not_a_file) {
  const auto bytes = read_file(fresh_folder("files_folder"));
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().reason, "file_unreadable");
}

}  // namespace
}  // namespace postkamer::host
