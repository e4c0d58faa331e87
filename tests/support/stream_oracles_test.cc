// SPDX-License-Identifier: EUPL-1.2
//
// An oracle that sees nothing is worse than none: each fault it must see, made on purpose.
#include "tests/support/stream_oracles.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

#include "tests/support/temporary_folder.h"
#include "workers/host/process.h"
#include "workers/journal/blob_store.h"
#include "workers/journal/sqlite_journal.h"

namespace postkamer::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

std::string stamped(const std::string& body, std::uint64_t sequence, const std::string&) {
  return body.substr(0, body.size() - 1) + ",\"sequence\":\"" + std::to_string(sequence) + "\"}";
}

// A mailroom in which three events were told.
class StreamOracles : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(layout_.blobs());
    journal::Operations operations;
    for (const char* id : {"a", "b", "c"})
      operations.emplace_back(
          journal::AppendEvent{id, id, std::string(R"({"id":")") + id + "\"}", "type", ""});
    commit(operations);
    const auto reader = journal::open_reader(layout_.journal()).value();
    const auto told = reader->events_after(0, 10).value();
    for (const auto& event : told) all_.push_back(event.body);
  }

  void commit(const journal::Operations& operations) const {
    const auto journal = journal::open_journal(layout_.journal(), stamped).value();
    ASSERT_TRUE(journal->commit(operations, "2026-11-27T12:00:00.000Z"));
  }

  TemporaryFolder folder_;
  host::Layout layout_{folder_.path()};
  SeenEvents all_;
};

TEST_F(StreamOracles, find_nothing_where_every_subscriber_saw_everything_in_order) {
  EXPECT_THAT(stream_oracles(layout_.dir, {all_}), IsEmpty());
  const SeenEvents again{all_[0], all_[1], all_[0], all_[1], all_[2]};
  EXPECT_THAT(stream_oracles(layout_.dir, {all_, again}), IsEmpty()) << "it may go back";
}

TEST_F(StreamOracles, see_a_gap_an_end_that_is_missing_and_another_order) {
  EXPECT_THAT(stream_oracles(layout_.dir, {{all_[0], all_[2]}}), Contains(HasSubstr("3 after 1")));
  EXPECT_THAT(stream_oracles(layout_.dir, {{all_[0], all_[1]}}), Contains(HasSubstr("2 of 3")));
  EXPECT_THAT(stream_oracles(layout_.dir, {{all_[1], all_[0], all_[2]}}),
              Contains(HasSubstr("O3")));
  EXPECT_THAT(stream_oracles(layout_.dir, {all_, {}}), Contains(HasSubstr("0 of 3")));
}

TEST_F(StreamOracles, see_an_event_that_was_told_otherwise) {
  SeenEvents seen = all_;
  seen[1].insert(1, " ");
  EXPECT_THAT(stream_oracles(layout_.dir, {seen}), Contains(HasSubstr("told otherwise")));
  EXPECT_THAT(stream_oracles(layout_.dir, {{all_[0], "half a li", all_[1], all_[2]}}),
              Contains(HasSubstr("no event")));
}

TEST_F(StreamOracles, see_a_blob_that_is_gone_or_damaged) {
  const auto blobs = journal::BlobStore::open(layout_.blobs()).value();
  journal::ScanRow scan;
  scan.id = 1;
  scan.batch = 1;
  scan.number = 1;
  scan.sha256 = blobs.put(Bytes{1, 2, 3}).value();
  commit({scan});
  EXPECT_THAT(stream_oracles(layout_.dir), IsEmpty());
  for (const auto& entry : std::filesystem::recursive_directory_iterator(layout_.blobs()))
    if (entry.path().filename() == scan.sha256) {
      std::filesystem::permissions(entry.path(), std::filesystem::perms::owner_all);
      std::ofstream(entry.path(), std::ios::trunc) << "123";
    }
  EXPECT_THAT(stream_oracles(layout_.dir), Contains(HasSubstr("O4")));
}

TEST_F(StreamOracles, see_work_that_two_jobs_have_or_a_lease_without_a_token) {
  journal::JobRow job;
  job.id = 1;
  job.scan = 1;
  job.leased = true;
  job.acquired = 1;
  journal::JobRow same = job;
  same.id = 2;
  same.token = 7;
  commit({job, same});
  const auto found = stream_oracles(layout_.dir);
  EXPECT_THAT(found, Contains(HasSubstr("job 1 is held without a token")));
  EXPECT_THAT(found, Contains(HasSubstr("job 2 is another one's work too")));
}

}  // namespace
}  // namespace postkamer::test
