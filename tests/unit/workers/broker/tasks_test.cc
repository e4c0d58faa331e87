// SPDX-License-Identifier: EUPL-1.2
#include "workers/broker/tasks.h"

#include <gtest/gtest.h>

#include "pipeline/publish/event.h"
#include "workers/journal/memory_journal.h"

namespace postkamer::broker {
namespace {

using flow::JobKind;
using nlohmann::json;

const RecordAsked kAsked{"PK-20261123B1-0001-01",
                         "20261123B1",
                         "2026-11-23",
                         "bz",
                         "Z-12",
                         {{"S2", 1, "aa", 1}, {"S2", 2, "bb", 0}}};

// A record as an honest worker makes it.
Record honest_record() {
  Record record;
  record.document = kAsked.document;
  record.batch = kAsked.batch;
  record.date_of_receipt = kAsked.date_of_receipt;
  record.batch_class = kAsked.batch_class;
  record.case_number = kAsked.case_number;
  for (const RecordAsked::Page& asked : kAsked.pages) {
    RecordPage& page = record.pages.emplace_back();
    page.scan = asked.scan;
    page.index = asked.index;
    page.picture_sha256 = asked.picture_sha256;
    page.form_page = asked.form_page;
  }
  record.status = RecordStatus::ready;
  FieldResult& field = record.fields.emplace_back();
  field.field = "kind";
  field.value = "bezwaar";
  field.method = Method::keyword;
  return record;
}

// Why the record is not taken; empty: it is.
std::string refusal_of(const Record& record) {
  static const forms::Form kForm;
  const FindForm one_form = [](std::string_view id, std::string_view version) {
    return id == "f" && version == "1" ? &kForm : nullptr;
  };
  const RecordDesk desk(one_form, {"urn:test", ""});
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

TEST(AssembledRecord, of_another_document_batch_day_class_or_case_is_nonsense) {
  for (const auto member : {&Record::document, &Record::batch, &Record::date_of_receipt,
                            &Record::batch_class, &Record::case_number}) {
    Record record = honest_record();
    record.*member = "2026-11-24";
    EXPECT_EQ(refusal_of(record), "worker_nonsense");
  }
}

TEST(AssembledRecord, of_a_form_that_is_not_in_the_catalogue_is_nonsense) {
  Record record = honest_record();
  record.form = "f";
  record.form_version = "1";
  EXPECT_EQ(refusal_of(record), "");
  record.form_version = "2";
  EXPECT_EQ(refusal_of(record), "worker_nonsense");
}

TEST(AssembledRecord, is_of_the_pages_of_its_document_and_of_no_others) {
  const auto refused = [](const auto& change) {
    Record record = honest_record();
    change(record);
    return refusal_of(record);
  };
  const std::string nonsense = "worker_nonsense";
  EXPECT_EQ(refused([](Record& r) { r.pages.pop_back(); }), nonsense);
  EXPECT_EQ(refused([](Record& r) { r.pages.push_back(r.pages.back()); }), nonsense);
  EXPECT_EQ(refused([](Record& r) { std::swap(r.pages[0], r.pages[1]); }), nonsense);
  EXPECT_EQ(refused([](Record& r) { r.pages[0].scan = "S3"; }), nonsense);
  EXPECT_EQ(refused([](Record& r) { r.pages[0].index = 0; }), nonsense);
  EXPECT_EQ(refused([](Record& r) { r.pages[0].picture_sha256 = "bb"; }), nonsense);
  EXPECT_EQ(refused([](Record& r) { r.pages[0].form_page = 2; }), nonsense);
  EXPECT_EQ(refused([](Record& r) { r.pages[0].form_page = 0; }), "") << "no form lay over it";
  EXPECT_EQ(refused([](Record& r) { r.fields[0].page = 2; }), "");
  EXPECT_EQ(refused([](Record& r) { r.fields[0].page = 3; }), nonsense);
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
RecordAsked asked_for(const std::string& code) {
  const auto journal = journal::memory_journal(
      [](const std::string& body, std::uint64_t, const std::string&) { return body; });
  journal::BatchRow batch;
  batch.id = 1;
  batch.name = kAsked.batch;
  batch.date_of_receipt = kAsked.date_of_receipt;
  batch.batch_class = "post";
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
  page.picture_sha256 = "aa";
  json read;
  read["codes"][0]["text"] = code;
  const auto stored = journal->commit(
      {batch, scan, document, sheet, page, journal::PageResultRow{2, 0, "decode", read.dump(), {}}},
      "2026-11-23T12:00:00Z");
  journal::JobRow job;
  job.kind = JobKind::assemble;
  job.document = 3;
  const auto asked = record_asked(journal->reader(), job);
  if (!stored || !asked) return {};
  EXPECT_EQ(asked->document, kAsked.document);
  EXPECT_EQ(asked->batch, kAsked.batch);
  const json told = compose(*gather(journal->reader(), job), 16, {})->body;
  EXPECT_EQ(told.at("date_of_receipt"), asked->date_of_receipt);
  EXPECT_EQ(told.at("class"), asked->batch_class);
  EXPECT_EQ(told.at("case_number"), asked->case_number);
  EXPECT_EQ(asked->pages.size(), 1u);
  for (const RecordAsked::Page& one : asked->pages) {
    EXPECT_EQ(told.at("pages").at(0).at("scan"), one.scan);
    EXPECT_EQ(told.at("pages").at(0).at("index"), one.index);
    EXPECT_EQ(told.at("pages").at(0).at("picture_sha256"), one.picture_sha256);
  }
  return *asked;
}

TEST(AssembledRecord, has_the_day_of_its_separator_sheet_before_that_of_its_batch) {
  EXPECT_EQ(asked_for("PK-SEP|v1|received=2026-05-03").date_of_receipt, "2026-05-03");
  EXPECT_EQ(asked_for("PK-SEP|v1|class=bz").date_of_receipt, kAsked.date_of_receipt);
  EXPECT_EQ(asked_for("something else").date_of_receipt, kAsked.date_of_receipt);
}

TEST(AssembledRecord, has_the_class_of_its_separator_sheet_before_that_of_its_batch) {
  EXPECT_EQ(asked_for("PK-SEP|v1|class=bz").batch_class, "bz");
  EXPECT_EQ(asked_for("something else").batch_class, "post");
}

}  // namespace
}  // namespace postkamer::broker
