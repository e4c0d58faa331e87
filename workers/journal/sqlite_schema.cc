// SPDX-License-Identifier: EUPL-1.2
#include "workers/journal/sqlite_schema.h"

#include <algorithm>

namespace postkamer::journal {
namespace {

std::int64_t signed_of(std::uint64_t value) { return static_cast<std::int64_t>(value); }
Id id_at(SQLite::Statement& row, int column) {
  return static_cast<Id>(row.getColumn(column).getInt64());
}
std::string text_in(SQLite::Statement& row, int column) {
  return row.getColumn(column).getString();
}
int int_at(SQLite::Statement& row, int column) { return row.getColumn(column).getInt(); }

constexpr unsigned kMarkShift = 8;

int flags_of(const PageRow& row) {
  return (row.deskewed ? 1 : 0) | (row.classified ? 2 : 0) | (row.known_form ? 4 : 0) |
         (row.form_mismatch ? 8 : 0) | (row.extracted ? 16 : 0) | (row.recognised ? 32 : 0) |
         static_cast<int>(row.marks << kMarkShift);
}

int flags_of(const DocumentRow& row) {
  return (row.assembled ? 1 : 0) | (row.archived ? 2 : 0) | (row.told_doubtful ? 4 : 0) |
         (row.copy_due ? 8 : 0);
}

// Binds from column 1 on, in the order given.
template <class... Values>
void bind_all(SQLite::Statement& statement, const Values&... values) {
  int column = 0;
  const auto one = [&](const auto& value) {
    using Value = std::decay_t<decltype(value)>;
    ++column;
    if constexpr (std::is_same_v<Value, std::string>)
      statement.bindNoCopy(column, value);
    else if constexpr (std::is_same_v<Value, std::uint64_t>)
      statement.bind(column, signed_of(value));
    else
      statement.bind(column, static_cast<std::int64_t>(value));
  };
  (one(values), ...);
}

}  // namespace

BatchRow read_batch(SQLite::Statement& row) {
  BatchRow batch;
  batch.id = id_at(row, 0);
  batch.name = text_in(row, 1);
  batch.batch_class = text_in(row, 2);
  batch.date_of_receipt = text_in(row, 3);
  batch.source = text_in(row, 4);
  batch.publish = static_cast<PublishPolicy>(int_at(row, 5));
  batch.expected_sheets = int_at(row, 6);
  batch.state = static_cast<BatchState>(int_at(row, 7));
  batch.scans = int_at(row, 8);
  return batch;
}

void bind(SQLite::Statement& statement, const BatchRow& row) {
  bind_all(statement, row.id, row.name, row.batch_class, row.date_of_receipt, row.source,
           row.publish, row.expected_sheets, row.state, row.scans);
}

ScanRow read_scan(SQLite::Statement& row) {
  ScanRow scan;
  scan.id = id_at(row, 0);
  scan.batch = id_at(row, 1);
  scan.number = int_at(row, 2);
  scan.name = text_in(row, 3);
  scan.sha256 = text_in(row, 4);
  scan.copy = int_at(row, 5);
  scan.size = id_at(row, 6);
  scan.state = static_cast<ScanState>(int_at(row, 7));
  scan.reason = text_in(row, 8);
  scan.message = text_in(row, 9);
  scan.page_count = int_at(row, 10);
  scan.pages_decoded = int_at(row, 11);
  scan.findings = text_in(row, 12);
  return scan;
}

void bind(SQLite::Statement& statement, const ScanRow& row) {
  bind_all(statement, row.id, row.batch, row.number, row.name, row.sha256, row.copy, row.size,
           row.state, row.reason, row.message, row.page_count, row.pages_decoded, row.findings);
}

PageRow read_page(SQLite::Statement& row) {
  PageRow page;
  page.scan = id_at(row, 0);
  page.index = int_at(row, 1);
  page.kind = static_cast<PageKind>(int_at(row, 2));
  page.picture_sha256 = text_in(row, 3);
  const int flags = int_at(row, 4);
  page.deskewed = (flags & 1) != 0;
  page.classified = (flags & 2) != 0;
  page.known_form = (flags & 4) != 0;
  page.form_mismatch = (flags & 8) != 0;
  page.extracted = (flags & 16) != 0;
  page.recognised = (flags & 32) != 0;
  page.marks = static_cast<unsigned>(flags) >> kMarkShift;
  page.form = text_in(row, 5);
  page.form_version = text_in(row, 6);
  page.form_page = int_at(row, 7);
  page.quarantine = text_in(row, 8);
  page.document = id_at(row, 9);
  return page;
}

void bind(SQLite::Statement& statement, const PageRow& row) {
  bind_all(statement, row.scan, row.index, row.kind, row.picture_sha256, flags_of(row), row.form,
           row.form_version, row.form_page, row.quarantine, row.document);
}

DocumentRow read_document(SQLite::Statement& row) {
  DocumentRow document;
  document.id = id_at(row, 0);
  document.name = text_in(row, 1);
  document.batch = id_at(row, 2);
  document.scan = id_at(row, 3);
  document.state = static_cast<DocumentState>(int_at(row, 4));
  const int flags = int_at(row, 5);
  document.assembled = (flags & 1) != 0;
  document.archived = (flags & 2) != 0;
  document.told_doubtful = (flags & 4) != 0;
  document.copy_due = (flags & 8) != 0;
  document.revision = int_at(row, 6);
  document.form = text_in(row, 7);
  document.split_findings = text_in(row, 8);
  const std::vector<std::string> copy = parted(text_in(row, 9));
  if (!copy.empty()) document.pdf_sha256 = copy[0];
  if (copy.size() > 1) document.provenance_sha256 = copy[1];
  document.archive_failure = text_in(row, 10);
  document.batch_class = text_in(row, 11);
  return document;
}

void bind(SQLite::Statement& statement, const DocumentRow& row) {
  bind_all(statement, row.id, row.name, row.batch, row.scan, row.state, flags_of(row), row.revision,
           row.form, row.split_findings, row.pdf_sha256, row.archive_failure, row.batch_class);
  // One column for both: a copy and how it was made never come one without the other.
  constexpr int kPdf = 10;
  if (!row.provenance_sha256.empty())
    statement.bind(kPdf, joined({row.pdf_sha256, row.provenance_sha256}));
}

JobRow read_job(SQLite::Statement& row) {
  JobRow job;
  job.id = id_at(row, 0);
  job.kind = static_cast<flow::JobKind>(int_at(row, 1));
  job.scan = id_at(row, 2);
  job.document = id_at(row, 3);
  job.page = int_at(row, 4);
  job.generation = int_at(row, 5);
  job.attempt = int_at(row, 6);
  job.acquired = int_at(row, 7);
  job.failed = int_at(row, 8);
  job.leased = int_at(row, 9) != 0;
  job.token = id_at(row, 10);
  return job;
}

void bind(SQLite::Statement& statement, const JobRow& row) {
  bind_all(statement, row.id, row.kind, row.scan, row.document, row.page, row.generation,
           row.attempt, row.acquired, row.failed, row.leased, row.token);
}

std::string joined(const std::vector<std::string>& hashes) {
  std::string text;
  for (const std::string& hash : hashes) text += (text.empty() ? "" : ",") + hash;
  return text;
}

std::vector<std::string> parted(const std::string& text, std::string_view mark) {
  std::vector<std::string> parts;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find(mark, start), text.size());
    parts.push_back(text.substr(start, end - start));
    start = end + mark.size();
  }
  return parts;
}

}  // namespace postkamer::journal
