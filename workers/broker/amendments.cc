// SPDX-License-Identifier: EUPL-1.2
//
// What people change afterwards: records settled, corrected, withdrawn; dates of receipt; blank
// sides put back. A document whose record has changed gets its archive copy made again.
#include <algorithm>

#include "workers/broker/core_state.h"
#include "workers/journal/audit.h"

namespace postkamer::broker {

using journal::DocumentState;
using nlohmann::json;

// The document as it lives here, also when its batch was closed and forgotten.
LiveDocument& CoreState::recalled(const journal::DocumentRow& row) {
  const auto found = documents_.find(row.id);
  if (found != documents_.end()) return found->second;
  LiveDocument& document = documents_[row.id];
  document.row = row;
  return document;
}

bool is_copy_awaited(const journal::DocumentRow& row) {
  return row.copy_due && row.archive_failure.empty();
}

// The copy is older than the record. One that is being made was told the old record: it is asked
// for again, and what comes of the earlier asking is stale.
void CoreState::renew_copy(Id id) {
  LiveDocument& document = documents_.at(id);
  if (!document.row.assembled) return;
  journal::JobRow job;
  job.kind = flow::JobKind::archive;
  job.document = id;
  if (const auto underway = job_of_key_.find(key_of(job)); underway != job_of_key_.end())
    drop(Id{underway->second});
  if (document.row.archived) {
    document.row.copy_due = true;
    document.row.archive_failure.clear();
    put(document.row);
  }
  advance_document(id);
}

// What its batch no longer holds here, and nobody waits for, stays in the journal only.
void CoreState::forget_settled(Id id) {
  const auto found = documents_.find(id);
  if (found == documents_.end() || batches_.contains(found->second.row.batch)) return;
  const journal::DocumentRow& row = found->second.row;
  if (is_copy_awaited(row)) return;
  const Id scan = row.scan;
  if (row.state != DocumentState::review) documents_.erase(found);
  forget_scan(scan);
}

void CoreState::forget_scan(Id id) {
  const auto found = scans_.find(id);
  if (found == scans_.end() || batches_.contains(found->second.row.batch)) return;
  for (const auto& [document, live] : documents_)
    if (live.row.scan == id && is_copy_awaited(live.row)) return;
  scans_.erase(found);
}

void CoreState::on(const Redated& in) {
  if (!is_iso_date(in.date_of_receipt))
    return answer(in.asker,
                  refusal("batch_date", "changing a date of receipt: it must be an ISO date"));
  for (const auto& [id, document] : documents_)
    if (document.row.batch == in.batch.id && document.row.state == DocumentState::reading)
      return answer(in.asker, refusal("batch_underway",
                                      "changing a date of receipt: documents of this batch are "
                                      "still being read; ask again when they are"));
  journal::BatchRow row = in.batch;
  const std::string before = std::exchange(row.date_of_receipt, in.date_of_receipt);
  put(row);
  if (const auto live = batches_.find(row.id); live != batches_.end())
    live->second.row.date_of_receipt = in.date_of_receipt;
  // The reason is about a batch, so about nobody.
  audit("batch_redated", row.name,
        json{{"before", before}, {"after", in.date_of_receipt}, {"why", in.why}}.dump(),
        journal::person_actor(in.person));
  for (const auto& [known, digest] : in.documents) {
    LiveDocument& document = recalled(known);
    take_record(document, digest, false);
    audit("record_redated", document.row.name, json{{"revision", document.row.revision}}.dump(),
          journal::person_actor(in.person));
    renew_copy(known.id);
  }
  answer(in.asker, json{{"batch", row.name}, {"documents", in.documents.size()}});
}

void CoreState::on(const Reviewed& in) {
  const auto found = documents_.find(in.document);
  if (found == documents_.end() || found->second.row.state != DocumentState::review)
    return answer(in.asker, refusal("review_not_open", "the document does not wait for a person"));
  LiveDocument& document = found->second;
  take_record(document, in.outcome, false);
  audit("record_reviewed", document.row.name, json{{"act", in.act}}.dump(),
        journal::person_actor(in.person));
  answer(in.asker,
         json{{"document", document.row.name}, {"state", journal::name_of(document.row.state)}});
  if (document.row.state != DocumentState::review) renew_copy(in.document);
}

void CoreState::on(const Amended& in) {
  LiveDocument& document = recalled(in.document);
  if (document.row.state != DocumentState::published) {
    answer(in.asker,
           refusal("review_not_published", "changing what was published: the document is " +
                                               std::string(journal::name_of(document.row.state))));
    return forget_settled(in.document.id);
  }
  take_record(document, in.outcome, false);
  audit(in.act == "correct" ? "record_corrected" : "record_withdrawn", document.row.name,
        json{{"revision", document.row.revision}}.dump(), journal::person_actor(in.person));
  answer(in.asker, json{{"document", document.row.name},
                        {"state", journal::name_of(document.row.state)},
                        {"revision", document.row.revision}});
  renew_copy(in.document.id);
}

// The page joins its document and is read for the copy's text; the record says that it came.
void CoreState::on(const PutBack& in) {
  LiveDocument& document = recalled(in.document);
  LiveScan& scan = scans_[in.scan.id];
  if (scan.row.id == 0) {
    scan.row = in.scan;
    scan.pages = in.pages;
  }
  document.pages.clear();
  for (const auto& page : scan.pages)
    if (page.document == document.row.id) document.pages.push_back(page.index);
  auto& page = scan.pages.at(static_cast<std::size_t>(in.page));
  const bool is_open =
      document.row.state == DocumentState::review || document.row.state == DocumentState::published;
  if (page.kind != PageKind::blank || !is_open) {
    answer(in.asker, page.kind != PageKind::blank
                         ? refusal("page_not_blank", "putting a page back: it is no blank side")
                         : refusal("review_not_open",
                                   "putting a page back: its document neither waits nor went out"));
    return forget_settled(in.document.id);
  }
  page.kind = PageKind::content;
  page.document = document.row.id;
  put(page);
  document.pages.insert(std::ranges::lower_bound(document.pages, in.page), in.page);
  take_record(document, in.outcome, document.row.told_doubtful);
  audit("page_put_back", document.row.name,
        json{{"page", page_name(scan.row.id, in.page)}, {"why", in.why}}.dump(),
        journal::person_actor(in.person));
  answer(in.asker, json{{"document", document.row.name},
                        {"state", journal::name_of(document.row.state)},
                        {"revision", document.row.revision}});
  renew_copy(in.document.id);
}

}  // namespace postkamer::broker
