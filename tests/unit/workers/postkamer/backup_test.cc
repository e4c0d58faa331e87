// SPDX-License-Identifier: EUPL-1.2
//
// A backup of a mailroom that writes meanwhile, and what is made of it.
#include "workers/postkamer/backup.h"

#include <sys/stat.h>

#include <atomic>
#include <fstream>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/support/temporary_folder.h"
#include "workers/host/lock_file.h"
#include "workers/host/process.h"
#include "workers/journal/audit.h"
#include "workers/journal/blob_store.h"
#include "workers/journal/sqlite_journal.h"

namespace postkamer {
namespace {

namespace fs = std::filesystem;
using host::Layout;
using journal::BlobStore;
using testing::HasSubstr;

constexpr const char* kNow = "2026-11-23T12:00:00.000Z";

std::string stamp(const std::string& body, std::uint64_t, const std::string&) { return body; }

class Backup : public testing::Test {
 protected:
  Backup()
      : data_(folder_.path() / "data"),
        to_(folder_.path() / "backup"),
        layout_(*host::prepare_layout(data_)),
        blobs_(*BlobStore::open(layout_.blobs())),
        journal_(journal::open_journal(layout_.journal(), stamp).value()) {
    commit({journal::BatchRow{1, "20261123B1", "", "2026-11-23", "post"}});
    for (int n = 0; n < 5; ++n) take_file();
    fs::create_directories(held_in(data_));
    hold(3);
  }

  void commit(const journal::Operations& operations) {
    ASSERT_TRUE(journal_->commit(operations, kNow));
  }
  // As a door and the broker do it: blob, then row, event and audit row.
  void take_file() {
    const std::string n = std::to_string(++files_);
    journal::ScanRow scan;
    scan.id = files_;
    scan.batch = 1;
    scan.number = static_cast<int>(files_);
    scan.sha256 = blobs_.put(bytes_of("file " + n)).value();
    commit({scan, journal::AppendEvent{"k" + n, "D" + n, "{}", "type", ""},
            journal::Audit{"file_claimed", "S" + n, ""}});
  }
  static fs::path held_in(const fs::path& data) { return data / "sinks" / "zaken" / "held"; }
  // As a sink does with what its receiver refused.
  void hold(std::uint64_t sequence) {
    std::ofstream(held_in(data_) / fmt::format("{:010}.json", sequence)) << "an event";
  }
  Result<BackupFacts> back_up_now() { return back_up({data_, to_, {}}); }
  // The mailroom ends.
  void stop() { journal_.reset(); }
  [[nodiscard]] fs::path other() const { return folder_.path() / "other"; }

  test::TemporaryFolder folder_;
  fs::path data_, to_;
  Layout layout_;
  BlobStore blobs_;
  std::unique_ptr<journal::Journal> journal_;
  std::uint64_t files_ = 0;
};

// Every promise that a mailroom's folder makes at any time.
void expect_whole(const fs::path& data) {
  const auto facts = journal::facts_of(Layout{data}.journal());
  ASSERT_TRUE(facts) << facts.error().message;
  const auto blobs = *BlobStore::open(Layout{data}.blobs());
  const auto names = *journal::blobs_named_in(Layout{data}.journal());
  for (const auto& name : names) EXPECT_TRUE(blobs.get(name)) << name;
  const auto reader = journal::open_reader(Layout{data}.journal()).value();
  const auto events = *reader->events_after(0, 1 << 20);
  EXPECT_EQ(events.size(), *reader->head());
  for (std::size_t i = 0; i < events.size(); ++i) EXPECT_EQ(events[i].sequence, i + 1);
  EXPECT_EQ(journal::first_broken({}, *reader->audit_after(0, 1 << 20)), 0u);
}

TEST_F(Backup, is_of_one_moment_while_files_come_in) {
  std::atomic<bool> is_over = false;
  std::thread writer([&] {
    while (!is_over) take_file();
  });
  const auto facts = back_up_now();
  is_over = true;
  writer.join();
  ASSERT_TRUE(facts) << facts.error().message;
  EXPECT_FALSE(facts->is_at_rest);
  EXPECT_GE(facts->journal.head, 5u);
  EXPECT_EQ(facts->journal.head, facts->journal.audit_row) << "half a commit was copied";
  EXPECT_EQ(facts->blobs, facts->journal.head);
  expect_whole(to_);
  EXPECT_TRUE(fs::exists(held_in(to_) / "0000000003.json"));
  EXPECT_FALSE(fs::exists(to_ / "run"));
  struct stat about {};
  ASSERT_EQ(::stat(to_.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0700u) << "there is post in it";
  EXPECT_EQ(*journal_->reader().head(), files_) << "the writer was not held up";
}

TEST_F(Backup, links_to_what_an_earlier_one_has) {
  ASSERT_TRUE(back_up_now());
  take_file();
  const fs::path second = folder_.path() / "second";
  const auto facts = back_up({data_, second, to_});
  ASSERT_TRUE(facts) << facts.error().message;
  EXPECT_EQ(facts->blobs, 6u);
  EXPECT_EQ(facts->copied, 1u);
  expect_whole(second);
  fs::remove_all(to_);
  expect_whole(second);
}

// A sink holds an event, commits it, and goes on, while the backup is made.
TEST_F(Backup, has_every_event_that_a_sink_held_when_it_had_passed_it) {
  std::atomic<bool> is_over = false;
  std::thread sink([&] {
    while (!is_over) {
      take_file();
      hold(files_);
      commit({journal::CursorRow{"zaken", files_}});
    }
  });
  const auto facts = back_up_now();
  is_over = true;
  sink.join();
  ASSERT_TRUE(facts) << facts.error().message;
  const auto reader = journal::open_reader(Layout{to_}.journal()).value();
  const auto cursor = *reader->cursor("zaken");
  const std::uint64_t passed = cursor ? cursor->sequence : 0;
  for (std::uint64_t n = 6; n <= passed; ++n)
    EXPECT_TRUE(fs::exists(held_in(to_) / fmt::format("{:010}.json", n))) << n;
  for (std::uint64_t n = facts->journal.head + 1; n <= files_; ++n)
    EXPECT_FALSE(fs::exists(held_in(to_) / fmt::format("{:010}.json", n)))
        << n << " is given to another event when this is restored";
}

TEST_F(Backup, copies_what_lies_beside_the_journal_after_it) {
  ASSERT_EQ(::mkfifo((data_ / "sinks" / "pipe").c_str(), 0600), 0);  // ends the copying
  EXPECT_EQ(back_up_now().error().reason, "file_unwritable");
  EXPECT_TRUE(fs::exists(Layout{to_}.journal()));
}

TEST_F(Backup, leaves_out_what_sinks_hold_of_events_that_its_journal_does_not_know) {
  hold(5);
  hold(6);
  ASSERT_TRUE(back_up_now());
  EXPECT_TRUE(fs::exists(held_in(to_) / "0000000005.json"));
  EXPECT_FALSE(fs::exists(held_in(to_) / "0000000006.json"));
  EXPECT_TRUE(fs::exists(held_in(data_) / "0000000006.json"));
}

TEST_F(Backup, does_not_miss_what_retention_let_go) {
  const std::string pdf = blobs_.put(bytes_of("copy")).value();
  const std::string proof = blobs_.put(bytes_of("provenance")).value();
  const std::string picture = blobs_.put(bytes_of("picture")).value();
  journal::PageRow page;
  page.scan = page.document = 1;
  page.picture_sha256 = picture;
  journal::DocumentRow document;
  document.id = document.batch = document.scan = 1;
  document.name = "PK-1";
  document.pdf_sha256 = pdf;
  document.provenance_sha256 = proof;
  commit({page, document, journal::Drop{journal::Kept::originals, 1}});
  const auto contents = journal_->reader().contents(1);
  for (const auto& scan : contents->scans) fs::remove(blobs_.path(scan.sha256));
  fs::remove(blobs_.path(picture));
  const auto facts = back_up_now();
  ASSERT_TRUE(facts) << facts.error().message;
  EXPECT_EQ(facts->blobs, 2u) << "the copy and its provenance are still kept";
  commit({journal::Drop{journal::Kept::records, 1}});
  fs::remove(blobs_.path(pdf));
  fs::remove(blobs_.path(proof));
  fs::remove_all(to_);
  const auto later = back_up_now();
  ASSERT_TRUE(later) << later.error().message;
  EXPECT_EQ(later->blobs, 0u);
  const auto restored = restore({to_, other(), false});
  ASSERT_TRUE(restored) << restored.error().message;
  expect_whole(other());
}

TEST_F(Backup, looks_for_no_bytes_of_a_file_that_was_refused_whatever_its_name) {
  journal::ScanRow refused;
  refused.batch = 1;
  for (const std::string& name : {std::string(56, 'n'), "," + std::string(64, 'a')}) {
    refused.id = ++files_;
    refused.number = static_cast<int>(files_);
    refused.sha256 = "refused:" + name;
    commit({refused});
  }
  const auto facts = back_up_now();
  ASSERT_TRUE(facts) << facts.error().message;
  EXPECT_EQ(facts->blobs, 5u);
}

TEST_F(Backup, is_refused_where_it_could_do_harm) {
  const auto reason = [&](const BackupPlan& plan) { return back_up(plan).error().reason; };
  EXPECT_EQ(reason({data_, folder_.path(), {}}), "backup_target") << "not empty";
  EXPECT_EQ(reason({data_, data_ / "backup", {}}), "backup_target") << "inside itself";
  EXPECT_EQ(reason({folder_.path() / "nowhere", to_, {}}), "journal_missing");
  EXPECT_EQ(reason({data_, to_, folder_.path()}), "backup_previous");
  stop();
  fs::remove(blobs_.path(*journal::blobs_named_in(layout_.journal())->begin()));
  fs::remove_all(to_);
  EXPECT_EQ(reason({data_, to_, {}}), "blob_missing");
  EXPECT_EQ(restore({to_, other(), false}).error().reason, "backup_unfinished");
}

TEST_F(Backup, becomes_a_mailroom_whose_stream_is_another_and_gives_no_number_again) {
  ASSERT_TRUE(back_up_now());
  const std::string before = *journal_->reader().stream_id();
  const auto restored = restore({to_, other(), false});
  ASSERT_TRUE(restored) << restored.error().message;
  expect_whole(other());
  EXPECT_TRUE(fs::exists(held_in(other()) / "0000000003.json"));
  const auto anew = journal::open_journal(Layout{other()}.journal(), stamp).value();
  EXPECT_EQ(*anew->reader().head(), 5u);
  EXPECT_NE(*anew->reader().stream_id(), before);
  EXPECT_EQ(anew->reader().snapshot()->last_batch, 1 + journal::kNumbersLeftOut);
  const auto audit = *anew->reader().audit_after(5, 9);
  ASSERT_EQ(audit.size(), 1u);
  EXPECT_EQ(audit[0].what, "mailroom_restored");
  EXPECT_EQ(audit[0].subject, before);
  EXPECT_EQ(nlohmann::json::parse(audit[0].detail).at("event"), 5);
}

TEST_F(Backup, made_at_rest_can_move_with_its_stream) {
  ASSERT_TRUE(back_up_now());
  EXPECT_EQ(restore({to_, other(), true}).error().reason, "restore_not_at_rest");
  EXPECT_FALSE(fs::exists(other()));
  const std::string before = *journal_->reader().stream_id();
  stop();
  const fs::path second = folder_.path() / "second";
  const auto facts = back_up({data_, second, {}});
  ASSERT_TRUE(facts) << facts.error().message;
  EXPECT_TRUE(facts->is_at_rest);
  ASSERT_TRUE(restore({second, other(), true}));
  const auto moved = journal::open_journal(Layout{other()}.journal(), stamp).value();
  EXPECT_EQ(*moved->reader().stream_id(), before);
  EXPECT_EQ(moved->reader().snapshot()->last_batch, 1u);
  EXPECT_EQ(moved->reader().audit_after(5, 9)->size(), 1u);
}

TEST_F(Backup, is_not_restored_over_anything) {
  ASSERT_TRUE(back_up_now());
  EXPECT_EQ(restore({to_, data_, false}).error().reason, "restore_target");
  const auto held = host::LockFile::try_take(layout_.lock_of("mailroom"));
  ASSERT_TRUE(held && *held);
  const auto refused = restore({to_, data_, false});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("a mailroom is at work there"));
  EXPECT_EQ(*journal_->reader().head(), 5u);
}

void flip_last_byte(const fs::path& file) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekg(-1, std::ios::end);
  const char byte = static_cast<char>(stream.get() ^ 1);
  stream.seekp(-1, std::ios::end);
  stream.put(byte);
}

TEST_F(Backup, that_was_damaged_is_not_restored) {
  ASSERT_TRUE(back_up_now());
  const auto copy = [&](const char* name) {
    const fs::path damaged = folder_.path() / name;
    fs::copy(to_, damaged, fs::copy_options::recursive);
    return damaged;
  };
  const auto reason = [&](const fs::path& backup) {
    fs::remove_all(other());
    return restore({backup, other(), false}).error().reason;
  };
  const std::string blob = journal::blobs_named_in(Layout{to_}.journal())->front();
  const auto blob_in = [&](const fs::path& backup) {
    return BlobStore::open(Layout{backup}.blobs())->path(blob);
  };
  const fs::path flipped = copy("flipped");
  flip_last_byte(blob_in(flipped));
  EXPECT_EQ(reason(flipped), "blob_damaged");
  const fs::path lacking = copy("lacking");
  fs::remove(blob_in(lacking));
  EXPECT_EQ(reason(lacking), "blob_missing");
  EXPECT_EQ(host::prepare_layout(other()).error().reason, "restore_unfinished")
      << "half a mailroom must not be opened";
  const fs::path changed = copy("changed");
  flip_last_byte(Layout{changed}.journal());
  EXPECT_THAT(reason(changed), testing::AnyOf("backup_damaged", "journal_damaged", "journal_io"));
  EXPECT_FALSE(fs::exists(other())) << "the journal is looked at first";
}

}  // namespace
}  // namespace postkamer
