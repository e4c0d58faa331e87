// SPDX-License-Identifier: EUPL-1.2
#include "workers/intake/submission.h"

#include <fstream>

#include <gtest/gtest.h>

#include "pipeline/intake/gathered.h"

namespace postkamer::intake {
namespace {

class SubmissionTest : public testing::Test {
 protected:
  SubmissionTest() { limits_.file_bytes = 8; }

  static std::filesystem::path fresh_folder() {
    const auto folder = std::filesystem::path(testing::TempDir()) / "postkamer_submission";
    std::filesystem::remove_all(folder);
    return folder;
  }

  std::filesystem::path file_with(const std::string& bytes) const {
    std::ofstream(folder_ / "scan.tif") << bytes;
    return folder_ / "scan.tif";
  }

  std::filesystem::path folder_ = fresh_folder();
  journal::BlobStore blobs_ = journal::BlobStore::open(folder_ / "blobs").value();
  Limits limits_;
};

TEST_F(SubmissionTest, of_a_readable_file_names_its_stored_bytes) {
  const auto told = submission_of(file_with("12345678"), "scan.tif", blobs_, limits_);
  ASSERT_TRUE(told);
  EXPECT_STREQ(told->verb, "submit");
  EXPECT_EQ(told->body.at("name"), "scan.tif");
  EXPECT_EQ(told->body.at("size"), 8);
  EXPECT_TRUE(blobs_.exists(told->body.at("sha256")));
}

TEST_F(SubmissionTest, of_a_file_above_the_limit_is_a_refusal) {
  const auto told = submission_of(file_with("123456789"), "scan.tif", blobs_, limits_);
  ASSERT_TRUE(told);
  EXPECT_STREQ(told->verb, "refuse");
  EXPECT_EQ(told->body.at("reason"), "limit_file_bytes");
}

TEST_F(SubmissionTest, of_a_file_that_is_gone_is_a_refusal) {
  const auto told = submission_of(folder_ / "gone.tif", "gone.tif", blobs_, limits_);
  ASSERT_TRUE(told);
  EXPECT_STREQ(told->verb, "refuse");
  EXPECT_EQ(told->body.at("name"), "gone.tif");
  EXPECT_EQ(told->body.at("reason"), "file_vanished");
}

TEST_F(SubmissionTest, waits_when_it_is_the_store_that_fails) {
  std::filesystem::remove_all(folder_ / "blobs");
  const auto told = submission_of(file_with("1234"), "scan.tif", blobs_, limits_);
  ASSERT_FALSE(told);
  EXPECT_EQ(told.error().code, ErrorCode::unavailable);
}

TEST_F(SubmissionTest, of_pages_in_files_is_one_scan_of_them_all) {
  limits_.file_bytes = 1 << 20;
  const std::vector<std::filesystem::path> pages{file_with("one"), file_with("one")};
  const auto told = gathered_submission(pages, "scan_1.tif", blobs_, limits_);
  ASSERT_TRUE(told);
  const Bytes scan = blobs_.get(told->body.at("sha256")).value();
  const auto files = gathered_files(scan);
  ASSERT_TRUE(files);
  ASSERT_EQ(files->size(), 2u);
  EXPECT_EQ(text_of(files->at(1)), "one");
}

TEST_F(SubmissionTest, of_pages_that_together_are_too_big_is_a_refusal) {
  const std::vector<std::filesystem::path> pages{file_with("12345"), file_with("12345")};
  const auto told = gathered_submission(pages, "scan_1.tif", blobs_, limits_);
  ASSERT_TRUE(told);
  EXPECT_EQ(told->body.at("reason"), "limit_file_bytes");
}

}  // namespace
}  // namespace postkamer::intake
