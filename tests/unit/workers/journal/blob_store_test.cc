// SPDX-License-Identifier: EUPL-1.2
#include "workers/journal/blob_store.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace postkamer::journal {
namespace {

namespace fs = std::filesystem;

class Blobs : public testing::Test {
 protected:
  Blobs() {
    std::string pattern = (fs::temp_directory_path() / "pk-blobs-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~Blobs() override { fs::remove_all(folder_); }
  BlobStore store() { return BlobStore::open(folder_ / "blobs").value(); }
  fs::path file(const std::string& text) {
    std::ofstream(folder_ / "file") << text;
    return folder_ / "file";
  }
  [[nodiscard]] std::size_t leftovers() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder_ / "blobs" / "tmp"), fs::directory_iterator()));
  }
  fs::path folder_;
};

constexpr const char* kHashOfAbc =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST_F(Blobs, what_is_put_comes_back_under_its_hash) {
  const auto blobs = store();
  EXPECT_EQ(blobs.put(bytes_of("abc")).value(), kHashOfAbc);
  EXPECT_TRUE(blobs.exists(kHashOfAbc));
  EXPECT_EQ(text_of(blobs.get(kHashOfAbc).value()), "abc");
  EXPECT_EQ(blobs.path(kHashOfAbc).parent_path().filename(), "78");
  EXPECT_EQ(leftovers(), 0u);
}

TEST_F(Blobs, a_file_is_copied_and_named_by_what_was_copied) {
  const auto blobs = store();
  EXPECT_EQ(blobs.put_file(file("abc"), 100).value(), kHashOfAbc);
  EXPECT_EQ(blobs.put_file(file("abc"), 100).value(), kHashOfAbc);
  EXPECT_EQ(text_of(blobs.get(kHashOfAbc).value()), "abc");
  EXPECT_EQ(leftovers(), 0u);
}

TEST_F(Blobs, a_file_over_the_limit_leaves_nothing_behind) {
  const auto blobs = store();
  EXPECT_EQ(blobs.put_file(file(std::string(1001, 'x')), 1000).error().reason, "limit_file_bytes");
  EXPECT_EQ(leftovers(), 0u);
}

TEST_F(Blobs, what_is_no_plain_file_is_refused) {
  const auto blobs = store();
  EXPECT_EQ(blobs.put_file(folder_ / "not-there", 10).error().reason, "blob_io");
  EXPECT_EQ(blobs.put_file(folder_, 10).error().reason, "blob_io");
  fs::create_symlink(file("abc"), folder_ / "link");
  EXPECT_EQ(blobs.put_file(folder_ / "link", 10).error().reason, "blob_io");
}

TEST_F(Blobs, damage_is_noticed_when_it_is_read) {
  const auto blobs = store();
  ASSERT_TRUE(blobs.put(bytes_of("abc")));
  std::ofstream(blobs.path(kHashOfAbc)) << "abd";
  EXPECT_EQ(blobs.get(kHashOfAbc).error().reason, "blob_damaged");
  fs::remove(blobs.path(kHashOfAbc));
  EXPECT_EQ(blobs.get(kHashOfAbc).error().reason, "blob_missing");
}

TEST_F(Blobs, what_cannot_be_read_now_is_neither_missing_nor_damaged) {
  const auto blobs = store();
  const fs::path file = blobs.path(kHashOfAbc);
  fs::create_directories(file.parent_path());
  fs::create_symlink(file.filename(), file);
  auto error = blobs.get(kHashOfAbc).error();
  EXPECT_EQ(error.reason, "blob_io") << "cannot be opened";
  EXPECT_EQ(error.code, ErrorCode::unavailable);
  fs::remove(file);
  fs::create_directory(file);
  std::ofstream(file / "within") << "abc";
  error = blobs.get(kHashOfAbc).error();
  EXPECT_EQ(error.reason, "blob_io") << "can be opened, but not read";
  EXPECT_EQ(error.code, ErrorCode::unavailable);
}

TEST_F(Blobs, a_name_that_is_no_hash_leads_nowhere) {
  const auto blobs = store();
  for (const char* name : {"", "..", "../../etc/passwd", "ABC"}) {
    EXPECT_TRUE(blobs.path(name).empty());
    EXPECT_FALSE(blobs.exists(name));
    EXPECT_FALSE(blobs.get(name));
  }
}

}  // namespace
}  // namespace postkamer::journal
