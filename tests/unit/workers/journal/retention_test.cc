// SPDX-License-Identifier: EUPL-1.2
//
// What may be forgotten and what forgetting does: the same in SQLite and in memory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "workers/journal/audit.h"
#include "workers/journal/memory_journal.h"
#include "workers/journal/sqlite_journal.h"

namespace postkamer::journal {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr const char* kMonday = "2026-11-23T12:00:00.000Z";
constexpr const char* kTuesday = "2026-11-24T12:00:00.000Z";
constexpr const char* kWednesday = "2026-11-25T12:00:00.000Z";
constexpr const char* kFriday = "2026-11-27T12:00:00.000Z";

const std::string kFile(64, 'f');
const std::string kPicture(64, 'a');
const std::string kUpright(64, 'b');
const std::string kPdf(64, 'c');
const std::string kProof(64, 'd');

std::string unstamped(const std::string& body, std::uint64_t, const std::string&) { return body; }

enum class Kind {
  memory,
  sqlite
};

// One batch with one scan of one page, which is one published document with its archive copy.
class Retention : public testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "pk-retention-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    journal_ = GetParam() == Kind::memory ? memory_journal(unstamped)
                                          : open_journal(folder_ / "journal.db", unstamped).value();
    batch_.id = 1;
    batch_.name = "20261123B1";
    batch_.scans = 1;
    scan_.page_count = scan_.pages_decoded = 1;
    scan_.id = scan_.batch = scan_.number = 1;
    scan_.name = "brief van Jan.tif";
    scan_.sha256 = kFile;
    scan_.state = ScanState::split;
    page_.scan = page_.document = 1;
    page_.picture_sha256 = kPicture;
    document_.id = document_.batch = document_.scan = 1;
    document_.name = "PK-1";
    document_.state = DocumentState::published;
    document_.archived = document_.assembled = true;
    document_.pdf_sha256 = kPdf;
    document_.provenance_sha256 = kProof;
    commit({batch_, scan_, page_, document_, PutRecord{1, R"({"naam": "Jan"})"},
            PageResultRow{1, 0, "decode", R"({"codes": [{"text": "Jan"}]})", {kPicture}},
            PageResultRow{1,
                          0,
                          "deskew",
                          R"({"upright": {"findings": [{"code": "focus_poor"}], "w": 1}})",
                          {kUpright}}},
           kMonday);
  }
  void TearDown() override {
    journal_.reset();
    fs::remove_all(folder_);
  }

  void commit(const Operations& operations, const char* now) {
    ASSERT_TRUE(journal_->commit(operations, now));
  }
  void close(const char* now) {
    batch_.state = BatchState::closed;
    commit({batch_}, now);
  }
  Reader& reader() { return journal_->reader(); }
  std::vector<Id> droppable(Kept kept, const char* before) {
    return *reader().droppable(kept, before, 0, 100);
  }

  fs::path folder_;
  std::unique_ptr<Journal> journal_;
  BatchRow batch_;
  ScanRow scan_;
  PageRow page_;
  DocumentRow document_;
};

TEST_P(Retention, what_stages_made_may_go_once_its_document_is_archived_and_old_enough) {
  EXPECT_THAT(droppable(Kept::intermediate, kMonday), IsEmpty()) << "not older";
  EXPECT_THAT(droppable(Kept::intermediate, kTuesday), ElementsAre(1u)) << "the batch may be open";
  document_.archived = false;
  commit({document_}, kMonday);
  EXPECT_THAT(droppable(Kept::intermediate, kTuesday), IsEmpty());
  document_.archived = true;
  document_.state = DocumentState::review;
  commit({document_}, kMonday);
  EXPECT_THAT(droppable(Kept::intermediate, kTuesday), IsEmpty()) << "a person still looks at it";
  document_.state = DocumentState::published;
  page_.quarantine = "worker_died";
  commit({document_, page_}, kMonday);
  EXPECT_THAT(droppable(Kept::intermediate, kTuesday), IsEmpty());
}

TEST_P(Retention, dropping_what_stages_made_keeps_what_they_found_wrong) {
  EXPECT_THAT(*reader().blobs_of({Kept::intermediate, 1}),
              UnorderedElementsAre(kPicture, kUpright));
  commit({Drop{Kept::intermediate, 1}}, kTuesday);
  EXPECT_THAT(droppable(Kept::intermediate, kFriday), IsEmpty()) << "once is enough";
  EXPECT_FALSE(*reader().is_referenced(kUpright));
  EXPECT_TRUE(*reader().is_referenced(kPicture)) << "the page itself still has it";
  const auto results = *reader().page_results(1, 0);
  ASSERT_EQ(results.size(), 2u);
  for (const auto& result : results) {
    EXPECT_EQ(result.body.find("Jan"), std::string::npos);
    EXPECT_THAT(result.blobs, IsEmpty());
    if (result.stage == "deskew") {
      EXPECT_EQ(result.body, R"({"upright":{"findings":[{"code":"focus_poor"}]}})");
    }
  }
  EXPECT_TRUE(reader().record(1)->has_value());
}

TEST_P(Retention, what_is_read_on_a_page_after_that_goes_in_its_turn) {
  commit({Drop{Kept::intermediate, 1}}, kTuesday);
  commit({PageResultRow{1, 0, "ocr", R"({"recognised": {"words": ["Jan"], "turn": 2}})", {}}},
         kWednesday);
  EXPECT_THAT(droppable(Kept::intermediate, kFriday), ElementsAre(1u));
  commit({Drop{Kept::intermediate, 1}}, kFriday);
  EXPECT_THAT(droppable(Kept::intermediate, kFriday), IsEmpty());
  const auto results = *reader().page_results(1, 0);
  for (const auto& result : results) {
    EXPECT_EQ(result.body.find("Jan"), std::string::npos);
    if (result.stage == "deskew") {
      EXPECT_EQ(result.body, R"({"upright":{"findings":[{"code":"focus_poor"}]}})");
    }
  }
}

TEST_P(Retention, originals_stay_until_their_batch_is_closed_proven_and_unchanged_since) {
  EXPECT_THAT(droppable(Kept::originals, kFriday), IsEmpty()) << "the batch is open";
  close(kMonday);
  EXPECT_THAT(droppable(Kept::originals, kFriday), IsEmpty()) << "not proven";
  EXPECT_EQ(*reader().unproven(kFriday), 1u);
  EXPECT_EQ(*reader().unproven(kMonday), 0u);
  commit({Proven{1}}, kTuesday);
  EXPECT_EQ(*reader().unproven(kFriday), 0u);
  EXPECT_THAT(droppable(Kept::originals, kFriday), ElementsAre(1u));
  commit({document_}, kWednesday);
  EXPECT_THAT(droppable(Kept::originals, kFriday), IsEmpty()) << "changed after it was proven";
  commit({Proven{1}}, kWednesday);
  EXPECT_THAT(droppable(Kept::originals, kWednesday), IsEmpty()) << "changed not long enough ago";
  EXPECT_THAT(droppable(Kept::originals, kFriday), ElementsAre(1u));
  document_.state = DocumentState::review;
  commit({document_, Proven{1}}, kWednesday);
  EXPECT_THAT(droppable(Kept::originals, kFriday), IsEmpty()) << "waits for a person";
}

TEST_P(Retention, dropping_originals_lets_go_of_their_bytes_but_knows_what_they_were) {
  close(kMonday);
  EXPECT_TRUE(*reader().is_referenced(kFile));
  EXPECT_THAT(*reader().blobs_of({Kept::originals, 1}),
              UnorderedElementsAre(kFile, kPicture, kUpright));
  commit({Drop{Kept::originals, 1}}, kFriday);
  for (const std::string& gone : {kFile, kPicture, kUpright})
    EXPECT_FALSE(*reader().is_referenced(gone));
  EXPECT_TRUE(*reader().is_referenced(kPdf));
  EXPECT_TRUE(*reader().is_referenced(kProof));
  EXPECT_EQ(reader().scan_with(kFile)->value().id, 1u) << "the same file is still recognised";
  EXPECT_TRUE(reader().record(1)->has_value());
}

TEST_P(Retention, bytes_that_another_batch_has_as_well_stay) {
  close(kMonday);
  BatchRow other = batch_;
  other.id = 2;
  other.name = "20261123B2";
  other.state = BatchState::open;
  ScanRow copy = scan_;
  copy.id = copy.batch = 2;
  commit({other, copy, Drop{Kept::originals, 1}}, kFriday);
  EXPECT_TRUE(*reader().is_referenced(kFile));
  EXPECT_FALSE(*reader().is_referenced(kPicture));
}

TEST_P(Retention, dropping_records_leaves_nothing_about_anybody_and_a_ledger_that_counts) {
  close(kMonday);
  ScanRow refused = scan_;
  refused.id = refused.number = 2;
  refused.sha256 = "refused:brief van Jan.xls";
  refused.message = "brief van Jan.xls cannot be read";
  refused.state = ScanState::rejected;
  commit({refused}, kMonday);
  EXPECT_THAT(droppable(Kept::records, kMonday), IsEmpty());
  EXPECT_THAT(droppable(Kept::records, kTuesday), ElementsAre(1u));
  commit({Drop{Kept::records, 1}}, kFriday);
  EXPECT_THAT(droppable(Kept::records, kFriday), IsEmpty());
  EXPECT_FALSE(reader().record(1)->has_value());
  EXPECT_THAT(*reader().page_results(1, 0), IsEmpty());
  EXPECT_FALSE(*reader().is_referenced(kPdf));
  EXPECT_FALSE(*reader().is_referenced(kProof));
  EXPECT_TRUE(*reader().is_referenced(kFile)) << "originals have their own age";
  const auto contents = *reader().contents(1);
  EXPECT_EQ(contents.documents.size(), 1u);
  ASSERT_EQ(contents.scans.size(), 2u);
  for (const auto& scan : contents.scans) {
    EXPECT_EQ(scan.name + scan.message, "");
    EXPECT_EQ(scan.sha256.find("Jan"), std::string::npos);
  }
}

TEST_P(Retention, the_audit_goes_on_from_where_it_was_cut) {
  for (int i = 0; i < 6; ++i) commit({Audit{"a", "S1", ""}}, i < 4 ? kMonday : kFriday);
  EXPECT_EQ(*reader().last_audit_before(kTuesday), 4u);
  EXPECT_EQ(*reader().last_audit_before(kMonday), 0u);
  const std::string hash = reader().audit_after(3, 1)->front().hash;
  commit({DropAudit{4}, SawClock{7}}, kFriday);
  EXPECT_EQ(*reader().clock(), 7);
  EXPECT_EQ(reader().audit_anchor()->number, 4u);
  EXPECT_EQ(reader().audit_anchor()->hash, hash);
  EXPECT_EQ(reader().audit_after(0, 9)->size(), 2u);
  EXPECT_EQ(first_broken(*reader().audit_anchor(), *reader().audit_after(0, 9)), 0u);
  commit({DropAudit{99}, Audit{"b", "S1", ""}}, kFriday);
  EXPECT_EQ(reader().audit_head()->number, 7u);
  EXPECT_EQ(reader().audit_anchor()->number, 5u) << "the newest one always stays";
  EXPECT_EQ(first_broken(*reader().audit_anchor(), *reader().audit_after(0, 9)), 0u);
}

INSTANTIATE_TEST_SUITE_P(Journal, Retention, testing::Values(Kind::memory, Kind::sqlite),
                         [](const auto& kind) {
                           return kind.param == Kind::memory ? "memory" : "sqlite";
                         });

}  // namespace
}  // namespace postkamer::journal
