// SPDX-License-Identifier: EUPL-1.2
#include "workers/broker/tasks.h"

#include <gtest/gtest.h>

#include "pipeline/publish/event.h"
#include "workers/journal/memory_journal.h"

namespace postkamer::broker {
namespace {

using flow::JobKind;
using nlohmann::json;

const RecordAsked kAsked{"PK-20261123B1-0001-01", "20261123B1", "2026-11-23"};

// A record as an honest worker makes it.
Record honest_record() {
  Record record;
  record.document = kAsked.document;
  record.batch = kAsked.batch;
  record.date_of_receipt = kAsked.date_of_receipt;
  record.status = RecordStatus::ready;
  FieldResult& field = record.fields.emplace_back();
  field.field = "kind";
  field.value = "bezwaar";
  field.method = Method::keyword;
  return record;
}

// Why the record is not taken; empty: it is.
std::string refusal_of(const Record& record) {
  const FindForm no_form = [](std::string_view, std::string_view) { return nullptr; };
  const RecordDesk desk(no_form, {"urn:test", ""});
  const json body{{"record", publish::record_json(record, nullptr)}};
  const auto taken = digest(JobKind::assemble, body, {}, desk, kAsked);
  return taken ? "" : taken.error().reason;
}

TEST(AssembledRecord, is_taken_when_it_is_the_first_of_what_was_asked_for) {
  Record record = honest_record();
  EXPECT_EQ(refusal_of(record), "");
  record.status = RecordStatus::review;
  EXPECT_EQ(refusal_of(record), "");
}

TEST(AssembledRecord, of_another_document_batch_or_day_is_nonsense) {
  for (const auto member : {&Record::document, &Record::batch, &Record::date_of_receipt}) {
    Record record = honest_record();
    record.*member = "2026-11-24";
    EXPECT_EQ(refusal_of(record), "worker_nonsense");
  }
}

TEST(AssembledRecord, says_nothing_that_only_a_person_may) {
  for (const RecordStatus status : {RecordStatus::rejected, RecordStatus::withdrawn}) {
    Record record = honest_record();
    record.status = status;
    EXPECT_EQ(refusal_of(record), "worker_nonsense");
  }
  Record corrected = honest_record();
  corrected.revision = 2;
  EXPECT_EQ(refusal_of(corrected), "worker_nonsense");
  Record typed = honest_record();
  typed.fields.front().method = Method::person;
  EXPECT_EQ(refusal_of(typed), "worker_nonsense");
  Record verified = honest_record();
  verified.fields.front().verified_by = "jan";
  EXPECT_EQ(refusal_of(verified), "worker_nonsense");
}

// A separator sheet in front of a document's page; `code` is what it says.
std::string date_asked_for(const std::string& code) {
  const auto journal = journal::memory_journal(
      [](const std::string& body, std::uint64_t, const std::string&) { return body; });
  journal::BatchRow batch;
  batch.id = 1;
  batch.name = kAsked.batch;
  batch.date_of_receipt = kAsked.date_of_receipt;
  journal::ScanRow scan;
  scan.id = 2;
  scan.batch = 1;
  journal::DocumentRow document;
  document.id = 3;
  document.name = kAsked.document;
  document.batch = 1;
  document.scan = 2;
  journal::PageRow sheet, page;
  sheet.scan = page.scan = 2;
  sheet.kind = PageKind::separator;
  page.index = 1;
  page.document = 3;
  json read;
  read["codes"][0]["text"] = code;
  const auto stored = journal->commit(
      {batch, scan, document, sheet, page, journal::PageResultRow{2, 0, "decode", read.dump(), {}}},
      "2026-11-23T12:00:00Z");
  journal::JobRow job;
  job.kind = JobKind::assemble;
  job.document = 3;
  const auto asked = record_asked(journal->reader(), job);
  if (!stored || !asked) return "not there";
  EXPECT_EQ(asked->document, kAsked.document);
  EXPECT_EQ(asked->batch, kAsked.batch);
  const auto material = gather(journal->reader(), job);
  EXPECT_EQ(compose(*material, 16, {})->body.at("date_of_receipt"), asked->date_of_receipt);
  return asked->date_of_receipt;
}

TEST(AssembledRecord, has_the_day_of_its_separator_sheet_before_that_of_its_batch) {
  EXPECT_EQ(date_asked_for("PK-SEP|v1|received=2026-05-03"), "2026-05-03");
  EXPECT_EQ(date_asked_for("PK-SEP|v1|class=bz"), kAsked.date_of_receipt);
  EXPECT_EQ(date_asked_for("something else"), kAsked.date_of_receipt);
}

}  // namespace
}  // namespace postkamer::broker
