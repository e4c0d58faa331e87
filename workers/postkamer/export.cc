// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/export.h"

#include <set>

#include "workers/host/files.h"
#include "workers/host/process.h"
#include "workers/host/stream_settings.h"
#include "workers/journal/blob_store.h"
#include "workers/journal/sqlite_journal.h"
#include "workers/postkamer/sidecars.h"
#include "workers/publisher/subscriber.h"
#include "workers/wire/message.h"

namespace postkamer {
namespace {

constexpr int kQuietMs = 5'000;  // without an event although the head says there are more

// The subject of an event is its document.
bool is_about(const std::set<std::string>& documents, const std::string& event) {
  const auto json = nlohmann::json::parse(event, nullptr, false);
  const auto subject = wire::text_at(json, "subject");
  return subject && documents.contains(*subject);
}

// The events of these documents up to `head`, as lines: what is kept of them.
Result<std::string> event_lines(const host::Layout& layout, std::uint64_t head,
                                const std::set<std::string>& documents) {
  PK_TRY(subscriber, publisher::Subscriber::connect(
                         {layout.events_endpoint(), host::kOwnName, std::nullopt, 256}));
  std::string lines;
  while (subscriber.position() < head) {
    PK_TRY(events, subscriber.next(kQuietMs));
    if (events.empty())
      return fail(ErrorCode::unavailable, "stream_timeout",
                  "while reading the stream: no event after number " +
                      std::to_string(subscriber.position()) + " of " + std::to_string(head));
    for (const auto& event : events) {
      if (!is_about(documents, event.text)) continue;
      lines += event.text;
      lines += '\n';
    }
  }
  return lines;
}

Result<ExportedDocument> export_document(const std::string& id, const SidecarSource& source,
                                         const std::filesystem::path& out, const Ask& ask) {
  PK_TRY(answer, ask("document", {{"document", id}}));
  ExportedDocument document{id, answer.value("record", nlohmann::json::object()), false};
  const auto folder = out / "documents" / id;
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  const std::string record = document.record.dump(2) + "\n";
  PK_CHECK(host::write_file(folder / "record.json", bytes_of(record)));
  const std::string pdf = answer.value("pdf_sha256", std::string());
  if (!pdf.empty()) {
    PK_TRY(bytes, source.blobs.get(pdf));
    PK_CHECK(host::write_file(folder / "document.pdf", bytes));
    PK_CHECK(write_sidecars(id, folder, source));
    document.has_pdf = true;
  }
  return document;
}

}  // namespace

Result<std::vector<ExportedDocument>> export_batch(const ExportPlan& plan, const Ask& ask) {
  const host::Layout layout{plan.dir};
  PK_TRY(listed, ask("documents", {{"batch", plan.batch}}));
  std::vector<std::string> ids;
  for (const auto& row : listed.value("documents", nlohmann::json::array()))
    ids.push_back(row.value("document", std::string()));
  PK_TRY(status, ask("status", nlohmann::json::object()));
  PK_TRY(lines,
         event_lines(layout, status.value("head", std::uint64_t{0}), {ids.begin(), ids.end()}));
  PK_CHECK(host::write_file(plan.out / "records.jsonl", bytes_of(lines)));

  PK_TRY(blobs, journal::BlobStore::open(layout.blobs()));
  PK_TRY(reader, journal::open_reader(layout.journal()));
  PK_TRY(history, History::read(*reader));
  const SidecarSource source{*reader, blobs, history, plan.archive};
  std::vector<ExportedDocument> documents;
  for (const std::string& id : ids) {
    PK_TRY(document, export_document(id, source, plan.out, ask));
    documents.push_back(std::move(document));
  }
  return documents;
}

}  // namespace postkamer
