// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/sidecars.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "pipeline/archive/pdfa.h"
#include "workers/archive/provenance.h"
#include "workers/host/files.h"

namespace postkamer {
namespace {

constexpr int kAuditRows = 10'000;
constexpr const char* kPdfName = "document.pdf";

// Of a document: what its metadata tell.
struct Facts {
  journal::DocumentRow document;
  std::string received;  // ISO date: of its separator sheet, else of its batch
  std::size_t pages = 0;
};

tl::unexpected<Error> unknown(const std::string& document) {
  return fail(ErrorCode::corrupt_store, "document_unknown",
              "writing metadata: the journal holds no document " + document);
}

Result<Facts> facts_of(const std::string& name, journal::Reader& reader) {
  Facts facts;
  PK_TRY(document, reader.document_named(name));
  if (!document) return unknown(name);
  facts.document = std::move(*document);
  PK_TRY(batch, reader.batch(facts.document.batch));
  if (!batch) return unknown(name);
  PK_TRY(record, reader.record(facts.document.id));
  const auto json = nlohmann::json::parse(record.value_or(""), nullptr, false);
  facts.received = json.is_object() ? json.value("dateOfReceipt", batch->date_of_receipt)
                                    : batch->date_of_receipt;
  PK_TRY(pages, reader.pages(facts.document.scan));
  for (const auto& page : pages) facts.pages += page.document == facts.document.id ? 1 : 0;
  return facts;
}

constexpr std::array kChanges{
    std::pair{"record_corrected", "Gegevens verbeterd; archiefkopie opnieuw gemaakt"},
    std::pair{"record_withdrawn", "Ingetrokken; archiefkopie opnieuw gemaakt"},
    std::pair{"record_redated", "Datum van ontvangst gewijzigd; archiefkopie opnieuw gemaakt"},
    std::pair{"page_put_back", "Bladzijde toegevoegd die als blanco was herkend"}};

const char* dutch_change(std::string_view what) {
  const auto* found =
      std::ranges::find_if(kChanges, [&](const auto& row) { return what == row.first; });
  return found == kChanges.end() ? nullptr : found->second;
}

// The scanner does not tell when it scanned; the file's coming is the latest it can have been.
archive::MdtoDocument described(const Facts& facts, const SidecarSource& source) {
  const std::string scan = "S" + std::to_string(facts.document.scan);
  const std::string claimed = source.history.time_of("file_claimed", scan);
  const std::string& creator = source.archive.creator;
  archive::MdtoDocument document;
  document.id = facts.document.name;
  document.form = facts.document.form;
  document.title =
      facts.document.form.empty() ? document.id : document.id + " " + facts.document.form;
  document.events = {{"Ontvangst", facts.received, creator, ""},
                     {"Digitalisering", "", creator,
                      fmt::format("Gescand uiterlijk {}; {} {}", claimed, facts.pages,
                                  facts.pages == 1 ? "bladzijde" : "bladzijden")},
                     {"Opname", claimed, creator, "Opgenomen in " + source.archive.system}};
  for (const auto& change : source.history.changes_of(document.id))
    document.events.push_back({"Wijziging", change.time, creator, dutch_change(change.what)});
  return document;
}

Result<archive::MdtoFile> described_file(const Facts& facts, const SidecarSource& source) {
  PK_TRY(pdf, source.blobs.get(facts.document.pdf_sha256));
  archive::MdtoFile file;
  file.name = kPdfName;
  file.sha256 = facts.document.pdf_sha256;
  file.checked_at = source.history.time_of("document_archived", facts.document.name);
  file.size = pdf.size();
  file.format = "PDF";
  return file;
}

Result<void> write(const std::filesystem::path& file, const std::string& text) {
  return host::write_file(file, bytes_of(text));
}

}  // namespace

Result<History> History::read(journal::Reader& reader) {
  History history;
  std::uint64_t after = 0;
  for (;;) {
    PK_TRY(rows, reader.audit_after(after, kAuditRows));
    if (rows.empty()) return history;
    for (auto& row : rows) {
      after = row.number;
      if (row.what == "file_claimed" || row.what == "document_archived")
        history.times_[{row.what, row.subject}] = row.time;
      else if (dutch_change(row.what) != nullptr)
        history.changes_[row.subject].push_back({row.time, row.what});
    }
  }
}

std::string History::time_of(const std::string& what, const std::string& subject) const {
  const auto found = times_.find({what, subject});
  return found == times_.end() ? std::string() : found->second;
}

std::vector<History::Change> History::changes_of(const std::string& document) const {
  const auto found = changes_.find(document);
  return found == changes_.end() ? std::vector<Change>{} : found->second;
}

Result<void> write_sidecars(const std::string& name, const std::filesystem::path& folder,
                            const SidecarSource& source) {
  PK_TRY(facts, facts_of(name, source.reader));
  PK_TRY(provenance, source.blobs.get(facts.document.provenance_sha256));
  const std::string text(text_of(provenance));
  PK_CHECK(write(folder / "provenance.json", text));

  PK_TRY(file, described_file(facts, source));
  if (const auto proof = workers::proof_from(text)) file.format = proof->format;
  const auto kind = archive::pdfa_labelled(file.format);
  file.pronom = kind ? std::string(archive::pronom_of(*kind)) : "fmt/276";
  const archive::MdtoDocument document = described(facts, source);
  PK_CHECK(
      write(folder / (name + ".mdto.xml"), archive::mdto_document(document, file, source.archive)));
  return write(folder / (file.name + ".bestand.mdto.xml"),
               archive::mdto_file(document, file, source.archive));
}

}  // namespace postkamer
