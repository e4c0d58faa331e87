// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/export.h"

#include "workers/host/files.h"
#include "workers/host/process.h"
#include "workers/host/stream_settings.h"
#include "workers/journal/blob_store.h"
#include "workers/journal/sqlite_journal.h"
#include "workers/postkamer/sidecars.h"
#include "workers/publisher/subscriber.h"

namespace postkamer {
namespace {

constexpr int kQuietMs = 5'000;  // without an event although the head says there are more

// All events so far, as lines.
Result<std::string> event_lines(const host::Layout& layout, std::uint64_t head) {
  PK_TRY(subscriber,
         publisher::Subscriber::connect({layout.events_endpoint(), host::kOwnName, 0, 256}));
  std::string lines;
  while (subscriber.position() < head) {
    PK_TRY(events, subscriber.next(kQuietMs));
    if (events.empty())
      return fail(ErrorCode::unavailable, "stream_timeout",
                  "while reading the stream: no event after number " +
                      std::to_string(subscriber.position()) + " of " + std::to_string(head));
    for (const auto& event : events) {
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
  PK_TRY(status, ask("status", nlohmann::json::object()));
  PK_TRY(lines, event_lines(layout, status.value("head", std::uint64_t{0})));
  PK_CHECK(host::write_file(plan.out / "records.jsonl", bytes_of(lines)));

  PK_TRY(blobs, journal::BlobStore::open(layout.blobs()));
  PK_TRY(reader, journal::open_reader(layout.journal()));
  PK_TRY(history, History::read(*reader));
  const SidecarSource source{*reader, blobs, history, plan.archive};
  PK_TRY(listed, ask("documents", {{"batch", plan.batch}}));
  std::vector<ExportedDocument> documents;
  for (const auto& row : listed.value("documents", nlohmann::json::array())) {
    PK_TRY(document, export_document(row.value("document", std::string()), source, plan.out, ask));
    documents.push_back(std::move(document));
  }
  return documents;
}

}  // namespace postkamer
