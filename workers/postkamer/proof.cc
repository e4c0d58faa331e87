// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/proof.h"

#include <algorithm>

#include "pipeline/archive/pdf_pictures.h"
#include "pipeline/archive/pdfa.h"
#include "pipeline/archive/pdfa_rules.h"

namespace postkamer {
namespace {

using journal::DocumentState;
using nlohmann::json;

void add(std::vector<Refusal>& refusals, std::string code) {
  Refusal refusal{std::move(code)};
  if (std::ranges::find(refusals, refusal) == refusals.end())
    refusals.push_back(std::move(refusal));
}

void add(std::vector<Refusal>& refusals, const std::optional<Refusal>& refusal) {
  if (refusal) add(refusals, refusal->code);
}

// Adds those of `findings` that block and are about this page; `number` 0 = any page.
void add_blocking(const json& findings, int number, const std::vector<std::string>& blocking,
                  std::vector<Refusal>& refusals) {
  if (!findings.is_array()) return;
  for (const json& finding : findings) {
    if (!finding.is_object()) continue;
    const std::string code = finding.value("code", std::string());
    const int page = finding.value("page", 0);
    const bool is_about = number == 0 || page == 0 || page == number;
    if (is_about && std::ranges::find(blocking, code) != blocking.end()) add(refusals, code);
  }
}

json parsed(const std::string& text) { return json::parse(text, nullptr, false); }

// A copy that cannot be read now is neither missing nor damaged.
std::string refusal_of(const Error& error) {
  if (error.reason == "blob_missing") return "copy_missing";
  return error.reason == "blob_damaged" ? "copy_damaged" : error.reason;
}

// The page's place in the copy, 0-based, told by the provenance; nothing when it is not there.
std::optional<std::size_t> place_in(const workers::CopyProof& proof, const journal::ScanRow& scan,
                                    const journal::PageRow& page) {
  for (std::size_t i = 0; i < proof.pages.size(); ++i)
    if (proof.pages[i].scan_sha256 == scan.sha256 && proof.pages[i].scan_page == page.index + 1)
      return i;
  return std::nullopt;
}

const char* state_refusal(DocumentState state) {
  switch (state) {
    case DocumentState::published: return nullptr;
    case DocumentState::rejected: return "document_rejected";
    case DocumentState::withdrawn: return "document_withdrawn";
    default: return "document_open";
  }
}

}  // namespace

Prover::Prover(journal::Reader& reader, const journal::BlobStore& blobs,
               std::vector<std::string> blocking)
    : reader_(reader), blobs_(blobs), blocking_(std::move(blocking)) {}

std::optional<Refusal> Prover::of_blob(const std::string& sha256) {
  const auto known = blob_states_.find(sha256);
  if (known != blob_states_.end()) return known->second;
  const auto bytes = blobs_.get(sha256);
  std::optional<Refusal> refusal;
  if (!bytes) refusal = Refusal{bytes.error().reason};
  return blob_states_[sha256] = refusal;
}

Prover::Copy Prover::read_copy(const journal::DocumentRow& document) {
  Copy copy;
  if (document.pdf_sha256.empty()) {
    add(copy.refusals, "copy_missing");
    return copy;
  }
  const auto pdf = blobs_.get(document.pdf_sha256);
  const auto provenance = blobs_.get(document.provenance_sha256);
  if (!pdf) add(copy.refusals, refusal_of(pdf.error()));
  if (provenance) copy.proof = workers::proof_from(std::string(text_of(*provenance)));
  const bool is_unread = !provenance && provenance.error().code == ErrorCode::unavailable;
  if (!copy.proof) add(copy.refusals, is_unread ? provenance.error().reason : "provenance_missing");
  if (!pdf || !copy.proof) return copy;
  const auto kind = archive::pdfa_labelled(copy.proof->format);
  if (!kind || archive::claimed_pdfa(*pdf) != kind ||
      !archive::pdfa_breaches(*pdf, archive::Look::structure).empty())
    add(copy.refusals, "copy_not_pdfa");
  const auto pictures = archive::picture_hashes(*pdf);
  if (pictures) copy.pictures = *pictures;
  if (copy.proof->pdf_sha256 != document.pdf_sha256 ||
      copy.pictures.size() != copy.proof->pages.size())
    add(copy.refusals, "copy_differs");
  return copy;
}

Result<const Prover::Copy*> Prover::copy_of(const journal::DocumentRow& document) {
  const auto known = copies_.find(document.id);
  if (known != copies_.end()) return &known->second;
  Copy copy = read_copy(document);
  PK_TRY(record, reader_.record(document.id));
  const json whole = record ? parsed(*record) : json();
  if (whole.is_object()) copy.findings = whole.value("findings", json::array());
  return &(copies_[document.id] = std::move(copy));
}

Result<void> Prover::add_findings(const journal::ScanRow& scan, const journal::PageRow& page,
                                  const Copy* copy, std::vector<Refusal>& refusals) {
  add_blocking(parsed(scan.findings), page.index + 1, blocking_, refusals);
  PK_TRY(results, reader_.page_results(page.scan, page.index));
  for (const auto& result : results) {
    const json body = parsed(result.body);
    if (!body.is_object()) continue;
    const json inner = result.stage == "deskew" ? body.value("upright", json::object()) : body;
    if (inner.is_object())
      add_blocking(inner.value("findings", json::array()), 0, blocking_, refusals);
  }
  if (copy == nullptr) return {};
  const auto place = copy->proof ? place_in(*copy->proof, scan, page) : std::nullopt;
  add_blocking(copy->findings, place ? static_cast<int>(*place) + 1 : 0, blocking_, refusals);
  return {};
}

Result<std::vector<Refusal>> Prover::refusals(const journal::ScanRow& scan,
                                              const journal::PageRow& page,
                                              const journal::DocumentRow* document) {
  std::vector<Refusal> refusals;
  add(refusals, of_blob(scan.sha256));
  add(refusals, of_blob(page.picture_sha256));
  if (!page.quarantine.empty()) add(refusals, "page_quarantined");
  const Copy* copy = nullptr;
  if (page.kind == PageKind::content && document == nullptr) add(refusals, "page_in_no_document");
  if (document != nullptr) {
    if (const char* state = state_refusal(document->state)) add(refusals, state);
    PK_TRY(read, copy_of(*document));
    copy = read;
    for (const Refusal& refusal : copy->refusals) add(refusals, refusal.code);
    if (document->copy_due) add(refusals, "copy_outdated");
  }
  PK_CHECK(add_findings(scan, page, copy, refusals));
  if (copy == nullptr || !copy->proof) return refusals;

  const auto place = place_in(*copy->proof, scan, page);
  const workers::PageProof* proof = place ? &copy->proof->pages[*place] : nullptr;
  const bool is_proven =
      proof != nullptr && proof->is_chain && proof->picture_sha256 == page.picture_sha256 &&
      *place < copy->pictures.size() && copy->pictures[*place] == proof->embedded_sha256;
  if (!is_proven && copy->refusals.empty()) add(refusals, "copy_differs");
  return refusals;
}

}  // namespace postkamer
