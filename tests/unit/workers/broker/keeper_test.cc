// SPDX-License-Identifier: EUPL-1.2
#include "workers/broker/keeper.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <optional>

#include "pipeline/base/bytes.h"
#include "workers/broker/checkpointer.h"
#include "workers/broker/store_check.h"
#include "workers/broker/tasks.h"
#include "workers/journal/audit_check.h"
#include "workers/journal/memory_journal.h"
#include "workers/wire/model_json.h"

namespace postkamer::broker {
namespace {

namespace fs = std::filesystem;
using namespace journal;  // NOLINT: its rows are what is talked of
using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kLongAgo = "2001-01-01T12:00:00.000Z";
constexpr std::uint64_t kAllVouched = 1'000'000;

std::string unstamped(const std::string& body, std::uint64_t, const std::string&) { return body; }

class KeeperTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_GE(sodium_init(), 0);
    std::string pattern = (fs::temp_directory_path() / "pk-keeper-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    blobs_.emplace(BlobStore::open(folder_ / "blobs").value());
    settings_.intermediate_days = settings_.originals_days = settings_.records_days = 30;
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string put(const std::string& text) { return blobs_->put(bytes_of(text)).value(); }

  // A batch that was closed long ago, of one file whose document was published then.
  void make_batch(DocumentState state = DocumentState::published) {
    file_ = put("file");
    upright_ = put("upright");
    pdf_ = put("pdf");
    BatchRow batch;
    batch.id = 1;
    batch.name = "20010101B1";
    batch.state = BatchState::closed;
    ScanRow scan;
    scan.id = scan.batch = scan.number = 1;
    scan.sha256 = file_;
    scan.state = ScanState::split;
    PageRow page;
    page.scan = page.document = 1;
    page.picture_sha256 = file_;
    DocumentRow document;
    document.id = document.batch = document.scan = 1;
    document.name = "PK-1";
    document.state = state;
    document.archived = document.assembled = true;
    document.pdf_sha256 = pdf_;
    document.provenance_sha256 = put("provenance");
    commit({batch, scan, page, document, PutRecord{1, "{}"},
            PageResultRow{1, 0, "deskew", "{}", {upright_}}},
           kLongAgo);
  }
  void commit(const Operations& operations, const char* now = kLongAgo) {
    ASSERT_TRUE(journal_->commit(operations, now));
  }
  // As the broker does: decided, committed, then swept, until nothing is left to do.
  void keep() {
    Keeper keeper(settings_, journal_->reader(), *blobs_);
    for (bool has_more = true; has_more;) {
      const auto due = *keeper.due(std::time(nullptr), kAllVouched);
      commit(due);
      has_more = !due.empty();
      commit(*keeper.sweep(std::time(nullptr)));
    }
  }
  void make_old(const std::string& sha256) {
    const timespec old[2]{{1'000'000'000, 0}, {1'000'000'000, 0}};
    ASSERT_EQ(::utimensat(AT_FDCWD, blobs_->path(sha256).c_str(), old, 0), 0);
  }
  std::vector<std::string> acts() {
    std::vector<std::string> acts;
    const auto rows = *journal_->reader().audit_after(0, 1'000);
    for (const AuditRow& row : rows) acts.push_back(row.what + " " + row.subject);
    return acts;
  }

  fs::path folder_;
  std::unique_ptr<Journal> journal_ = memory_journal(unstamped);
  std::optional<BlobStore> blobs_;
  host::RetentionSettings settings_;
  std::string file_, upright_, pdf_;
};

TEST_F(KeeperTest, nothing_goes_where_nothing_is_configured) {
  settings_ = {};
  make_batch();
  commit({Proven{1}});
  keep();
  EXPECT_THAT(acts(), IsEmpty());
  EXPECT_TRUE(blobs_->exists(file_));
}

TEST_F(KeeperTest, what_is_old_enough_goes_with_its_bytes_and_is_told) {
  make_batch();
  commit({Proven{1}});
  for (const std::string& name : {file_, pdf_}) make_old(name);
  keep();
  EXPECT_FALSE(blobs_->exists(upright_));
  EXPECT_FALSE(blobs_->exists(file_));
  EXPECT_FALSE(blobs_->exists(pdf_));
  EXPECT_FALSE(journal_->reader().record(1)->has_value());
  EXPECT_THAT(acts(), ElementsAre("intermediate_dropped S1", "originals_dropped 20010101B1",
                                  "records_dropped 20010101B1", "blobs_removed blobs"));
}

TEST_F(KeeperTest, originals_of_a_batch_that_is_not_proven_stay_and_are_counted) {
  make_batch();
  make_old(file_);
  keep();
  EXPECT_TRUE(blobs_->exists(file_));
  Keeper keeper(settings_, journal_->reader(), *blobs_);
  EXPECT_EQ(keeper.status(std::time(nullptr))->at("unproven"), 1);
}

TEST_F(KeeperTest, what_waits_for_a_person_stays_whatever_its_age) {
  make_batch(DocumentState::review);
  commit({Proven{1}});
  for (const std::string& name : {file_, upright_, pdf_}) make_old(name);
  settings_.drop_intermediate_when_archived = true;
  keep();
  for (const std::string& name : {file_, upright_, pdf_}) EXPECT_TRUE(blobs_->exists(name));
  EXPECT_TRUE(journal_->reader().record(1)->has_value());
  EXPECT_THAT(acts(), IsEmpty());
}

TEST_F(KeeperTest, what_stages_made_goes_at_once_when_so_configured) {
  settings_ = {};
  settings_.drop_intermediate_when_archived = true;
  make_batch();
  keep();
  EXPECT_FALSE(blobs_->exists(upright_));
  EXPECT_TRUE(blobs_->exists(file_));
  EXPECT_TRUE(blobs_->exists(pdf_));
}

TEST_F(KeeperTest, what_was_read_goes_and_the_archive_copy_can_still_be_made_again) {
  settings_ = {};
  settings_.drop_intermediate_when_archived = true;
  make_batch();
  DecodedPage seen;
  seen.original.width = 1240;
  seen.codes.push_back({"qr", "Jan", {}, {}});
  seen.separator = Separator{"sticker", "Jan"};
  commit({PutRecord{1, R"({"dateOfReceipt": "2001-01-02"})"},
          PageResultRow{1, 0, "decode", wire::to_json(seen).dump(), {}},
          PageResultRow{1,
                        0,
                        "ocr",
                        R"({"recognised": {"words": [["Jan", 1, 1, 9, 9, 1, 0, 0]], "turn": 2}})",
                        {}}});
  keep();
  const auto results = *journal_->reader().page_results(1, 0);
  for (const auto& result : results) EXPECT_EQ(result.body.find("Jan"), std::string::npos);
  JobRow job;
  job.kind = flow::JobKind::archive;
  job.document = 1;
  const auto task = compose(*gather(journal_->reader(), job), 1, {});
  ASSERT_TRUE(task) << task.error().message;
  EXPECT_THAT(task->blobs, ElementsAre(file_));
  EXPECT_EQ(task->body.at("date"), "2001-01-02T00:00:00Z");
  const auto& page = task->body.at("pages").at(0);
  const auto picture = wire::from_json<Picture>(page.at("picture"));
  ASSERT_TRUE(picture) << picture.error().message;
  EXPECT_EQ(picture->width, 1240);
  EXPECT_EQ(page.at("turn"), 2) << "it is shown the right way up";
  EXPECT_EQ(page.at("words"), nlohmann::json::array());
  EXPECT_EQ(page.at("text_gone"), true);
}

TEST_F(KeeperTest, a_blank_side_whose_text_went_is_still_a_page_that_can_be_put_back) {
  settings_ = {};
  settings_.drop_intermediate_when_archived = true;
  make_batch();
  DecodedPage blank;
  blank.index = 1;
  blank.kind = PageKind::blank;
  blank.ink_share = 0.01;
  PageRow page;
  page.scan = page.index = 1;
  page.kind = PageKind::blank;
  page.picture_sha256 = file_;
  commit({page, PageResultRow{1, 1, "decode", wire::to_json(blank).dump(), {}}});
  keep();
  const auto results = *journal_->reader().page_results(1, 1);
  ASSERT_EQ(results.size(), 1u);
  const auto kept = wire::from_json<DecodedPage>(nlohmann::json::parse(results[0].body));
  ASSERT_TRUE(kept) << kept.error().message;
  EXPECT_EQ(kept->kind, PageKind::blank);
  EXPECT_EQ(kept->ink_share, 0.01);
}

TEST_F(KeeperTest, a_file_that_somebody_is_just_bringing_again_stays) {
  make_batch();
  commit({Proven{1}});
  make_old(file_);
  put("file");  // its batch and scan are not told yet
  keep();
  EXPECT_TRUE(blobs_->exists(file_));
}

TEST_F(KeeperTest, bytes_without_a_row_go_after_their_time_of_grace) {
  settings_ = {};
  const std::string orphan = put("left by a crash");
  const std::string young = put("just put");
  make_batch();
  make_old(orphan);
  make_old(file_);
  Keeper keeper(settings_, journal_->reader(), *blobs_);
  std::int64_t now = std::time(nullptr);
  for (int look = 0; look < 256; ++look, now += 60) commit(*keeper.sweep(now));
  EXPECT_FALSE(blobs_->exists(orphan));
  EXPECT_TRUE(blobs_->exists(young));
  EXPECT_TRUE(blobs_->exists(file_)) << "a row speaks of it";
  EXPECT_THAT(acts(), ElementsAre("blobs_removed blobs"));
}

TEST_F(KeeperTest, old_audit_rows_go_as_far_as_they_are_vouched_for_and_the_rest_verifies) {
  settings_ = {};
  settings_.audit_days = 200;
  for (int n = 0; n < 9; ++n) commit({Audit{"file_claimed", "S1", ""}});
  Keeper keeper(settings_, journal_->reader(), *blobs_);
  commit(*keeper.due(std::time(nullptr), 4), "2101-01-01T12:00:00.000Z");
  EXPECT_EQ(journal_->reader().audit_anchor()->number, 4u);
  const auto report = *check_audit(journal_->reader(), {}, {});
  EXPECT_EQ(report.verdict, AuditVerdict::intact) << report.first_bad;
  EXPECT_EQ(report.first_row, 5u);
  EXPECT_THAT(*keeper.due(std::time(nullptr), 4), IsEmpty());
}

TEST_F(KeeperTest, a_store_with_nothing_of_what_the_journal_names_is_another_one) {
  make_batch();
  EXPECT_TRUE(check_store(journal_->reader(), *blobs_));
  fs::remove(blobs_->path(file_));
  EXPECT_TRUE(check_store(journal_->reader(), *blobs_)) << "one lost file is no lost store";
  fs::remove_all(folder_ / "blobs");
  EXPECT_EQ(check_store(journal_->reader(), *blobs_).error().reason, "blob_io");
  blobs_.emplace(BlobStore::open(folder_ / "blobs").value());
  EXPECT_EQ(check_store(journal_->reader(), *blobs_).error().reason, "blobs_away");
  commit({Drop{Kept::originals, 1}});
  EXPECT_EQ(check_store(journal_->reader(), *blobs_).error().reason, "blobs_away");
  commit({Drop{Kept::records, 1}});
  EXPECT_TRUE(check_store(journal_->reader(), *blobs_)) << "all was let go of";
}

TEST_F(KeeperTest, a_journal_that_names_no_bytes_has_an_empty_store) {
  EXPECT_TRUE(check_store(journal_->reader(), *blobs_));
  BatchRow batch;
  batch.id = 1;
  ScanRow scan;
  scan.id = scan.batch = scan.number = 1;
  scan.sha256 = "refused:a.txt";
  commit({batch, scan});
  EXPECT_TRUE(check_store(journal_->reader(), *blobs_));
}

class CheckpointerTest : public KeeperTest {
 protected:
  Checkpointer open() {
    return Checkpointer::open({folder_ / "checkpoints", signer_, 5, 60'000}, journal_->reader())
        .value();
  }
  void add_rows(int count) {
    for (int n = 0; n < count; ++n) commit({Audit{"file_claimed", "S1", ""}});
  }
  [[nodiscard]] std::size_t made() const {
    return CheckpointFolder(folder_ / "checkpoints").notes()->size();
  }
  NoteSigner signer_ = NoteSigner::generate("test");
};

TEST_F(CheckpointerTest, one_is_made_after_so_many_rows_or_so_much_time_but_not_without_news) {
  Checkpointer checkpointer = open();
  EXPECT_TRUE(checkpointer.make(100'000, kLongAgo));
  EXPECT_EQ(made(), 0u) << "there is nothing to vouch for";
  add_rows(1);
  EXPECT_TRUE(checkpointer.make(100'001, kLongAgo));
  EXPECT_EQ(made(), 1u) << "a broker that starts vouches at once";
  add_rows(4);
  EXPECT_TRUE(checkpointer.make(110'000, kLongAgo));
  EXPECT_EQ(made(), 1u);
  add_rows(1);
  EXPECT_TRUE(checkpointer.make(110'001, kLongAgo));
  EXPECT_EQ(made(), 2u) << "five rows";
  add_rows(1);
  EXPECT_TRUE(checkpointer.make(170'001, kLongAgo));
  EXPECT_EQ(made(), 3u) << "a minute";
  EXPECT_TRUE(checkpointer.make(300'000, kLongAgo));
  EXPECT_EQ(made(), 3u);
  EXPECT_EQ(checkpointer.vouched(), 7u);
  const auto notes = *CheckpointFolder(folder_ / "checkpoints").notes();
  const auto report = *check_audit(journal_->reader(), notes, signer_.verifier());
  EXPECT_EQ(report.verdict, AuditVerdict::intact);
  EXPECT_EQ(report.checkpoints, 3);
}

TEST_F(CheckpointerTest, a_folder_that_is_away_is_said_once_a_minute) {
  Checkpointer checkpointer = open();
  std::ofstream(folder_ / "checkpoints") << "a file in its place";
  add_rows(6);
  EXPECT_FALSE(checkpointer.make(100'000, kLongAgo));
  EXPECT_TRUE(checkpointer.make(100'250, kLongAgo)) << "not tried again yet";
  fs::remove(folder_ / "checkpoints");
  EXPECT_TRUE(checkpointer.make(160'001, kLongAgo));
  EXPECT_EQ(made(), 1u);
}

TEST_F(CheckpointerTest, a_start_on_another_audit_than_was_vouched_for_is_told) {
  add_rows(3);
  Checkpointer checkpointer = open();
  ASSERT_TRUE(checkpointer.make(100'000, kLongAgo));
  EXPECT_FALSE(open().differs()->has_value());
  journal_ = memory_journal(unstamped);  // put back from before the first row
  const auto differs = *open().differs();
  ASSERT_TRUE(differs);
  EXPECT_EQ(differs->what, "audit_differs_from_checkpoint");
}

}  // namespace
}  // namespace postkamer::broker
