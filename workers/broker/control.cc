// SPDX-License-Identifier: EUPL-1.2
//
// What people and inboxes ask: batches, files, positions, verdicts.
#include <algorithm>

#include "workers/broker/core_state.h"

namespace postkamer::broker {
namespace {

using journal::BatchState;
using journal::DocumentState;
using nlohmann::json;

bool is_iso_date(const std::string& text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  for (const std::size_t i : {0, 1, 2, 3, 5, 6, 8, 9})
    if (text[i] < '0' || text[i] > '9') return false;
  return true;
}

std::string compact(std::string date) {
  std::erase(date, '-');
  return date;
}

tl::unexpected<Error> refusal(const char* reason, std::string message) {
  return fail(ErrorCode::unsupported, reason, std::move(message));
}

std::string duplicate_finding(const std::string& batch) {
  return json::array({{{"code", "possible_duplicate"},
                       {"field", ""},
                       {"page", 0},
                       {"severity", "notice"},
                       {"evidence", "batch " + batch}}})
      .dump();
}

}  // namespace

void CoreState::answer(const std::string& asker, Result<json> body) {
  send(Answer{asker, std::move(body)});
}

LiveBatch* CoreState::batch_named(const std::string& name) {
  for (auto& [id, batch] : batches_)
    if (batch.row.name == name) return &batch;
  return nullptr;
}

// Asked again before any file came, the same opening gives the same batch.
const LiveBatch* CoreState::same_batch(const OpenBatch& in) const {
  for (const auto& [id, batch] : batches_) {
    const journal::BatchRow& row = batch.row;
    if (row.state == BatchState::open && row.scans == 0 && row.source == in.source &&
        row.batch_class == in.batch_class && row.date_of_receipt == in.date_of_receipt &&
        row.publish == in.publish && row.expected_sheets == in.expected_sheets)
      return &batch;
  }
  return nullptr;
}

void CoreState::on(const OpenBatch& in) {
  if (!is_iso_date(in.date_of_receipt) || in.expected_sheets < 0)
    return answer(in.asker, refusal("batch_date",
                                    "opening a batch: date_of_receipt must be an ISO "
                                    "date, expected_sheets 0 or more"));
  if (const LiveBatch* known = same_batch(in))
    return answer(in.asker, json{{"batch", known->row.name}});
  const Id id = ++last_batch_;
  LiveBatch& batch = batches_[id];
  batch.row.id = id;
  batch.row.name = compact(in.date_of_receipt) + "B" + std::to_string(id);
  batch.row.batch_class = in.batch_class;
  batch.row.date_of_receipt = in.date_of_receipt;
  batch.row.source = in.source;
  batch.row.publish = in.publish;
  batch.row.expected_sheets = in.expected_sheets;
  put(batch.row);
  audit("batch_opened", batch.row.name);
  answer(in.asker, json{{"batch", batch.row.name}});
}

// A file that is new to its batch becomes a scan; one that is known is answered and gives nothing:
// asking twice is safe.
LiveScan* CoreState::claim(const std::string& asker, LiveBatch& batch, journal::ScanRow scan) {
  const std::string key = scan.sha256 + ":" + std::to_string(scan.copy);
  if (const auto known = batch.scan_of_bytes.find(key); known != batch.scan_of_bytes.end()) {
    answer(asker, json{{"scan", scan_name(known->second)}, {"known", true}});
    return nullptr;
  }
  if (batch.row.state != BatchState::open) {
    answer(asker, refusal("batch_closed",
                          "taking in a file: batch " + batch.row.name + " takes no more files"));
    return nullptr;
  }
  scan.id = ++last_scan_;
  scan.batch = batch.row.id;
  scan.number = ++batch.row.scans;
  batch.scan_of_bytes[key] = scan.id;
  batch.scans.insert(scan.id);
  ++batch.unsettled;
  put(batch.row);
  put(scan);
  audit("file_claimed", scan_name(scan.id), json{{"batch", batch.row.name}}.dump());
  answer(asker, json{{"scan", scan_name(scan.id)}, {"known", false}});
  LiveScan& live = scans_[scan.id];
  live.row = std::move(scan);
  return &live;
}

void CoreState::on(const Submit& in) {
  LiveBatch* batch = batch_named(in.batch);
  if (batch == nullptr)
    return answer(in.asker,
                  refusal("batch_unknown", "taking in a file: no open batch " + in.batch));
  journal::ScanRow scan;
  scan.name = in.name;
  scan.sha256 = in.sha256;
  scan.copy = in.copy;
  scan.size = in.size;
  if (!in.seen_before_in.empty()) scan.findings = duplicate_finding(in.seen_before_in);
  if (const LiveScan* live = claim(in.asker, *batch, std::move(scan))) advance_scan(live->row.id);
}

void CoreState::on(const Refuse& in) {
  LiveBatch* batch = batch_named(in.batch);
  if (batch == nullptr)
    return answer(in.asker,
                  refusal("batch_unknown", "taking in a file: no open batch " + in.batch));
  journal::ScanRow scan;
  scan.name = in.name;
  scan.sha256 = "refused:" + in.name;  // never a hash: there are no bytes of it
  scan.copy = in.copy;
  if (LiveScan* live = claim(in.asker, *batch, std::move(scan)))
    reject_scan(*live, {ErrorCode::invalid_document, in.reason, in.message});
}

void CoreState::on(const CloseBatch& in) {
  LiveBatch* batch = batch_named(in.batch);
  if (batch == nullptr)
    return answer(in.asker, refusal("batch_unknown", "closing a batch: no open batch " + in.batch));
  if (batch->row.state == BatchState::open) {
    batch->row.state = BatchState::closing;
    audit("batch_closing", batch->row.name);
  }
  if (in.accept_missing_sheets && batch->row.expected_sheets != 0) {
    audit("batch_sheets_accepted", batch->row.name,
          json{{"expected_sheets", batch->row.expected_sheets}}.dump());
    batch->row.expected_sheets = 0;
  }
  put(batch->row);
  answer(in.asker, json{{"batch", in.batch}});
  close_if_balanced(*batch);
}

void CoreState::settle_one(Id id) {
  const auto batch = batches_.find(id);
  if (batch == batches_.end()) return;
  --batch->second.unsettled;
  close_if_balanced(batch->second);
}

void CoreState::close_if_balanced(LiveBatch& batch) {
  if (batch.row.state != BatchState::closing || batch.unsettled != 0) return;
  journal::BatchContents contents;
  contents.batch = batch.row;
  for (const Id id : batch.scans) {
    const LiveScan& scan = scans_.at(id);
    contents.scans.push_back(scan.row);
    contents.pages.insert(contents.pages.end(), scan.pages.begin(), scan.pages.end());
  }
  for (const Id id : batch.documents) contents.documents.push_back(documents_.at(id).row);
  if (!ledger_of(contents).balanced) return;
  batch.row.state = BatchState::closed;
  put(batch.row);
  audit("batch_closed", batch.row.name);
  forget(batch);
}

// A closed batch stays in the journal only; what waits for a person can still be settled.
void CoreState::forget(const LiveBatch& batch) {
  for (const Id id : batch.documents)
    if (documents_.at(id).row.state != DocumentState::review) documents_.erase(id);
  for (const Id id : batch.scans) scans_.erase(id);
  batches_.erase(Id{batch.row.id});
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
  audit(
      "batch_redated", row.name,
      json{
          {"before", before}, {"after", in.date_of_receipt}, {"person", in.person}, {"why", in.why}}
          .dump());
  for (const auto& [known, digest] : in.documents) {
    const auto found = documents_.find(known.id);
    LiveDocument past{known, {}};
    take_record(found != documents_.end() ? found->second : past, digest, false);
  }
  answer(in.asker, json{{"batch", row.name}, {"documents", in.documents.size()}});
}

void CoreState::on(const CommitCursor& in) {
  put(journal::CursorRow{in.subscriber, in.sequence});
  answer(in.asker, json{{"sequence", in.sequence}});
}

void CoreState::on(const Reviewed& in) {
  const auto found = documents_.find(in.document);
  if (found == documents_.end() || found->second.row.state != DocumentState::review)
    return answer(in.asker, refusal("review_not_open", "the document does not wait for a person"));
  LiveDocument& document = found->second;
  take_record(document, in.outcome, false);
  audit("record_reviewed", document.row.name, json{{"act", in.act}, {"person", in.person}}.dump());
  answer(in.asker,
         json{{"document", document.row.name}, {"state", journal::name_of(document.row.state)}});
  if (document.row.state != DocumentState::review && !batches_.contains(document.row.batch))
    documents_.erase(in.document);
}

void CoreState::on(const Amended& in) {
  const auto found = documents_.find(in.document.id);
  LiveDocument past{in.document, {}};
  LiveDocument& document = found != documents_.end() ? found->second : past;
  if (document.row.state != DocumentState::published)
    return answer(in.asker, refusal("review_not_published",
                                    "changing what was published: the document is " +
                                        std::string(journal::name_of(document.row.state))));
  take_record(document, in.outcome, false);
  audit(in.act == "correct" ? "record_corrected" : "record_withdrawn", document.row.name,
        json{{"person", in.person}, {"revision", document.row.revision}}.dump());
  answer(in.asker, json{{"document", document.row.name},
                        {"state", journal::name_of(document.row.state)},
                        {"revision", document.row.revision}});
}

void CoreState::on(const Drain& in) {
  draining_ = true;
  if (in.dismiss_workers)
    for (const auto& [worker, seat] : seats_)
      send(SendSignal{worker, wire::MessageType::drain, {}});
  answer(in.asker, json{{"running", leased_.size()}});
}

}  // namespace postkamer::broker
