// SPDX-License-Identifier: EUPL-1.2
#include "workers/broker/tasks.h"

#include <algorithm>

#include "pipeline/base/calendar.h"
#include "workers/broker/core.h"
#include "workers/wire/message.h"
#include "workers/wire/model_json.h"

namespace postkamer::broker {
namespace {

using flow::JobKind;
using journal::PageResultRow;
using nlohmann::json;

tl::unexpected<Error> missing(const std::string& what) {
  return fail(ErrorCode::corrupt_store, "task_material",
              "composing a task: the journal holds no " + what);
}

// Null where there is none: a stage that was never reached, or a text that is no JSON.
json parsed(const std::string& text) {
  json value = json::parse(text, nullptr, false);
  return value.is_discarded() ? json() : value;
}

const PageResultRow* result_of(const TaskPage& page, const char* stage) {
  const auto found = page.results.find(stage);
  return found == page.results.end() ? nullptr : &found->second;
}

// A stage's whole body, or one member of it; null where there is none.
json told(const TaskPage& page, const char* stage) {
  const PageResultRow* row = result_of(page, stage);
  return row != nullptr ? parsed(row->body) : json();
}

json told(const TaskPage& page, const char* stage, const char* member) {
  json body = told(page, stage);
  if (!body.is_object()) return {};
  const auto found = body.find(member);
  return found == body.end() ? json() : *found;
}

// The classification as later stages must see it: a form that extraction refuted is no form.
json classification_of(const TaskPage& page) {
  json classification = told(page, "classify", "classification");
  if (page.row.form_mismatch && classification.is_object()) classification["form"] = nullptr;
  return classification;
}

json candidate_of(const TaskPage& page) {
  const json classification = classification_of(page);
  if (!classification.is_object()) return {};
  const auto found = classification.find("form");
  return found == classification.end() ? json() : *found;
}

// What reads on the page, whoever read it: its form's reader or OCR; null when nobody could.
json recognised(const TaskPage& page) {
  return told(page, page.row.extracted ? "extract" : "ocr", "recognised");
}

json mismatch_finding(int page) {
  return {{"code", "form_mismatch"},
          {"field", ""},
          {"page", page},
          {"severity", "doubt"},
          {"evidence", ""}};
}

Result<TaskParts> compose_decode(const TaskMaterial& m, int pages_per_decode,
                                 const SeparationRules& rules) {
  TaskParts parts;
  parts.body = {{"scan", scan_name(m.scan.id)},
                {"name", m.scan.name},
                {"first_page", m.job.page},
                {"max_pages", pages_per_decode},
                {"separation", wire::to_json(rules)}};
  parts.blobs = {m.scan.sha256};
  return parts;
}

// What every stage of a page after deskew is told.
Result<TaskParts> compose_upright(const TaskPage& page) {
  const PageResultRow* deskewed = result_of(page, "deskew");
  if (deskewed == nullptr || deskewed->blobs.empty()) return missing("upright page");
  TaskParts parts;
  parts.body = {{"page", told(page, "decode")},
                {"upright", told(page, "deskew", "upright")},
                {"upright_picture", told(page, "deskew", "picture")}};
  parts.blobs = {deskewed->blobs.front()};
  return parts;
}

Result<TaskParts> compose_page(const TaskMaterial& m) {
  const TaskPage& page = m.pages.front();
  if (result_of(page, "decode") == nullptr) return missing("decoded page");
  if (m.job.kind == JobKind::deskew)
    return TaskParts{{{"page", told(page, "decode")}}, {page.row.picture_sha256}};
  PK_TRY(parts, compose_upright(page));
  if (m.job.kind == JobKind::classify) parts.body["picture"] = parts.body["upright_picture"];
  if (m.job.kind == JobKind::extract) {
    parts.body["candidate"] = candidate_of(page);
    parts.blobs.insert(parts.blobs.begin(), page.row.picture_sha256);
  }
  if (m.job.kind == JobKind::ocr) {
    const json form = candidate_of(page);
    if (form.is_object() && form.contains("turn")) parts.body["turn"] = form.at("turn");
  }
  return parts;
}

json page_for_record(const TaskMaterial& m, const TaskPage& page, int number) {
  json findings = told(page, "extract", "findings");
  if (!findings.is_array()) findings = json::array();
  if (page.row.form_mismatch && findings.empty()) findings.push_back(mismatch_finding(number));
  return {{"scan", scan_name(m.scan.id)},
          {"file", m.scan.name},
          {"index", page.row.index},
          {"picture_sha256", page.row.picture_sha256},
          {"page", told(page, "decode")},
          {"upright", told(page, "deskew", "upright")},
          {"classification", classification_of(page)},
          {"registered", page.row.extracted},
          {"registration", page.row.extracted ? told(page, "extract", "registration") : json()},
          {"readings", page.row.extracted ? told(page, "extract", "readings") : json::array()},
          {"words", told(page, "ocr", "recognised")},
          {"quarantined", !page.row.quarantine.empty()},
          {"quarantine_reason", page.row.quarantine},
          {"findings", std::move(findings)}};
}

const std::string& date_of(const TaskMaterial& m) {
  return m.sheet.sheet.received.empty() ? m.batch.date_of_receipt : m.sheet.sheet.received;
}

const std::string& class_of(const TaskMaterial& m) {
  return m.sheet.sheet.batch_class.empty() ? m.batch.batch_class : m.sheet.sheet.batch_class;
}

Result<TaskParts> compose_assemble(const TaskMaterial& m) {
  auto pages = json::array();
  int number = 0;
  for (const TaskPage& page : m.pages) pages.push_back(page_for_record(m, page, ++number));
  json findings = parsed(merged_findings(m.document.split_findings, m.scan.findings));
  for (const Finding& finding : m.sheet.findings) findings.push_back(wire::to_json(finding));
  return TaskParts{{{"document", m.document.name},
                    {"batch", m.batch.name},
                    {"date_of_receipt", date_of(m)},
                    {"class", class_of(m)},
                    {"case_number", m.sheet.sheet.case_number},
                    {"pages", std::move(pages)},
                    {"findings", std::move(findings)}},
                   {}};
}

// What is known of how a page's picture came to be, for its provenance.
json page_for_archive(const TaskMaterial& m, const TaskPage& page) {
  json reading = recognised(page);
  if (!reading.is_object()) reading = json::object();
  const PageResultRow* deskewed = result_of(page, "deskew");
  const bool is_upright = deskewed != nullptr && !deskewed->blobs.empty();
  const json skew = told(page, "deskew", "upright");
  return {{"picture", told(page, "decode", "original")},
          {"picture_sha256", page.row.picture_sha256},
          {"scan", scan_name(m.scan.id)},
          {"scan_sha256", m.scan.sha256},
          {"index", page.row.index},
          {"upright_sha256", is_upright ? deskewed->blobs.front() : std::string()},
          {"skew", skew.is_object() ? skew.value("skew", json()) : json()},
          {"words", reading.value("words", json::array())},
          {"turn", reading.value("turn", json(0))},
          {"text_gone", reading.contains("turn") && !reading.contains("words")}};
}

// As the record has it: what the sheet said is not kept as long.
std::string archived_date_of(const TaskMaterial& m) {
  const std::string told = wire::text_at(parsed(m.record), "dateOfReceipt").value_or("");
  return iso_day(told) ? told : date_of(m);
}

Result<TaskParts> compose_archive(const TaskMaterial& m) {
  TaskParts parts;
  auto pages = json::array();
  for (const TaskPage& page : m.pages) {
    pages.push_back(page_for_archive(m, page));
    parts.blobs.push_back(page.row.picture_sha256);
  }
  // The day of receipt, not of archiving: made again, the copy is the same.
  parts.body = {{"document", m.document.name},
                {"title", m.document.form.empty() ? m.document.name
                                                  : m.document.name + " " + m.document.form},
                {"date", archived_date_of(m) + "T00:00:00Z"},
                {"record", m.record},
                {"revision", m.document.revision},
                {"replaces", m.document.pdf_sha256},
                {"pages", std::move(pages)}};
  return parts;
}

tl::unexpected<Error> nonsense(const char* what) {
  return fail(ErrorCode::internal, "worker_nonsense", std::string("a worker's answer: ") + what);
}

std::string array_text(const json& body, const char* member) {
  const auto found = body.find(member);
  return found != body.end() && found->is_array() ? found->dump() : "[]";
}

std::optional<PageKind> page_kind_named(const std::string& name) {
  if (name == "content") return PageKind::content;
  if (name == "blank") return PageKind::blank;
  if (name == "separator") return PageKind::separator;
  return std::nullopt;
}

unsigned marks_on(const json& page) {
  const auto separator = page.find("separator");
  if (separator == page.end() || !separator->is_object()) return 0;
  return marks_named(wire::text_at(*separator, "kind").value_or(""));
}

Result<Digest> digest_decode(const json& body, const std::vector<std::string>& blobs) {
  DecodedDigest digest;
  const auto count = wire::number_at(body, "page_count");
  const auto pages = body.find("pages");
  if (!count || *count < 1 || *count > 1'000'000) return nonsense("no page count");
  if (pages == body.end() || !pages->is_array() || pages->size() != blobs.size())
    return nonsense("another number of pictures than of pages");
  digest.page_count = static_cast<int>(*count);
  digest.findings = array_text(body, "findings");
  for (std::size_t i = 0; i < blobs.size(); ++i) {
    const auto kind = page_kind_named(wire::text_at((*pages)[i], "kind").value_or(""));
    if (!kind) return nonsense("a page of no known kind");
    digest.pages.push_back({*kind, (*pages)[i].dump(), blobs[i], marks_on((*pages)[i])});
  }
  return digest;
}

Result<Digest> digest_page(JobKind kind, const json& body, const std::vector<std::string>& blobs) {
  PageDigest digest;
  digest.body = body.dump();
  digest.blobs = blobs;
  if (kind == JobKind::deskew && blobs.size() != 1) return nonsense("no upright picture");
  if (kind == JobKind::ocr && !body.contains("recognised")) return nonsense("no recognised page");
  if (kind == JobKind::extract) {
    const auto registered = wire::flag_at(body, "registered");
    if (!registered) return nonsense("not told whether the page is registered");
    digest.registered = *registered;
    if (*registered && !body.contains("recognised")) return nonsense("no words of the page");
  }
  if (kind == JobKind::classify) {
    const auto found = body.find("classification");
    if (found == body.end() || !found->is_object()) return nonsense("no classification");
    const auto form = found->find("form");
    digest.known_form = form != found->end() && form->is_object();
    if (digest.known_form) {
      digest.form = wire::text_at(*form, "form").value_or("");
      digest.form_version = wire::text_at(*form, "version").value_or("");
      digest.form_page = static_cast<int>(wire::number_at(*form, "page").value_or(0));
    }
  }
  return digest;
}

Result<TaskPage> task_page(journal::Reader& reader, journal::PageRow row) {
  TaskPage page;
  PK_TRY(results, reader.page_results(row.scan, row.index));
  for (auto& result : results) page.results.emplace(result.stage, std::move(result));
  page.row = std::move(row);
  return page;
}

// What the last separator before page `first` carries; it holds until the next one. Front and back
// lie together: the first side that says something counts.
Result<ReadSheet> sheet_before(journal::Reader& reader, const std::vector<journal::PageRow>& rows,
                               int first) {
  bool is_seen = false;
  for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
    if (row->index >= first) continue;
    if (row->kind == PageKind::content && is_seen) break;
    if (row->kind != PageKind::separator) continue;
    is_seen = true;
    PK_TRY(page, task_page(reader, *row));
    const json codes = told(page, "decode", "codes");
    if (!codes.is_array()) continue;
    for (const json& code : codes) {
      auto read = read_separator(wire::text_at(code, "text").value_or(""));
      if (read.is_sheet) return read;
    }
  }
  return ReadSheet{};
}

}  // namespace

Result<TaskMaterial> gather(journal::Reader& reader, const journal::JobRow& job) {
  TaskMaterial m;
  m.job = job;
  journal::Id scan_id = job.scan;
  if (job.document != 0) {
    PK_TRY(document, reader.document(job.document));
    if (!document) return missing("document");
    scan_id = document->scan;
    m.document = std::move(*document);
  }
  PK_TRY(scan, reader.scan(scan_id));
  if (!scan) return missing("scan");
  m.scan = std::move(*scan);
  PK_TRY(batch, reader.batch(m.scan.batch));
  if (!batch) return missing("batch");
  m.batch = std::move(*batch);
  if (job.kind == JobKind::decode) return m;
  if (job.kind == JobKind::archive) {
    PK_TRY(record, reader.record(job.document));
    m.record = record.value_or("");
  }
  if (job.document == 0) {
    PK_TRY(row, reader.page(scan_id, job.page));
    if (!row) return missing("page");
    PK_TRY(page, task_page(reader, std::move(*row)));
    m.pages.push_back(std::move(page));
    return m;
  }
  PK_TRY(rows, reader.pages(scan_id));
  for (const auto& row : rows) {
    if (row.document != job.document) continue;
    PK_TRY(page, task_page(reader, row));
    m.pages.push_back(std::move(page));
  }
  if (m.pages.empty()) return missing("page");
  PK_TRY(sheet, sheet_before(reader, rows, m.pages.front().row.index));
  m.sheet = std::move(sheet);
  return m;
}

Result<TaskParts> compose(const TaskMaterial& material, int pages_per_decode,
                          const SeparationRules& rules) {
  switch (material.job.kind) {
    case JobKind::decode: return compose_decode(material, pages_per_decode, rules);
    case JobKind::assemble: return compose_assemble(material);
    case JobKind::archive: return compose_archive(material);
    default: return compose_page(material);
  }
}

bool says_picture_is_scan(JobKind kind, const json& body) {
  return kind == JobKind::decode && body.is_object() &&
         wire::flag_at(body, "picture_is_scan").value_or(false);
}

Result<RecordAsked> record_asked(journal::Reader& reader, const journal::JobRow& job) {
  if (job.kind != JobKind::assemble) return RecordAsked{};
  TaskMaterial m;
  PK_TRY(document, reader.document(job.document));
  if (!document) return missing("document");
  PK_TRY(batch, reader.batch(document->batch));
  if (!batch) return missing("batch");
  m.batch = std::move(*batch);
  PK_TRY(rows, reader.pages(document->scan));
  RecordAsked asked{document->name, m.batch.name, "", "", "", {}};
  for (const auto& row : rows)
    if (row.document == job.document)
      asked.pages.push_back(
          {scan_name(row.scan), row.index, row.picture_sha256, row.extracted ? row.form_page : 0});
  if (asked.pages.empty()) return missing("page");
  PK_TRY(sheet, sheet_before(reader, rows, asked.pages.front().index));
  m.sheet = std::move(sheet);
  asked.date_of_receipt = date_of(m);
  asked.batch_class = class_of(m);
  asked.case_number = m.sheet.sheet.case_number;
  return asked;
}

Result<Digest> digest(JobKind kind, const json& body, const std::vector<std::string>& blobs,
                      const RecordDesk& desk, const RecordAsked& asked) {
  if (!body.is_object()) return nonsense("its body is no object");
  switch (kind) {
    case JobKind::decode: return digest_decode(body, blobs);
    case JobKind::archive:
      if (blobs.size() != 2) return nonsense("not an archive copy and its provenance");
      return ArchivedDigest{blobs[0], blobs[1]};
    case JobKind::assemble: {
      const auto record = body.find("record");
      if (record == body.end()) return nonsense("no record");
      auto assembled = desk.assembled(*record, asked);
      if (!assembled) return nonsense("its record cannot be read, or is not what was asked for");
      return std::move(*assembled);
    }
    default: return digest_page(kind, body, blobs);
  }
}

}  // namespace postkamer::broker
