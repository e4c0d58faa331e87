// SPDX-License-Identifier: EUPL-1.2
//
// What inboxes and people ask of batches: files in, closing; and positions of subscribers.
#include <algorithm>

#include "workers/broker/core_state.h"
#include "workers/journal/audit.h"
#include "workers/journal/ledger.h"

namespace postkamer::broker {
namespace {

using journal::BatchState;
using nlohmann::json;

std::string compact(std::string date) {
  std::erase(date, '-');
  return date;
}

tl::unexpected<Error> no_room() {
  return fail(ErrorCode::unavailable, std::string(kDiskFull),
              "taking in files: the disk of journal and blobs is full; make room, then it goes on "
              "by itself");
}

// A person; else a door or a command: whoever opened the batch, by what it calls itself.
std::string actor_of(const std::string& person, const std::string& source) {
  return person.empty() ? "client:" + source : journal::person_actor(person);
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
  if (is_disk_full_) return answer(in.asker, no_room());
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
  audit("batch_opened", batch.row.name, "", actor_of(in.person, in.source));
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
  if (is_disk_full_) {
    answer(asker, no_room());
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
  const std::string actor = actor_of(in.person, batch->row.source);
  if (batch->row.state == BatchState::open) {
    batch->row.state = BatchState::closing;
    audit("batch_closing", batch->row.name, "", actor);
  }
  if (in.accept_missing_sheets && batch->row.expected_sheets != 0) {
    audit("batch_sheets_accepted", batch->row.name,
          json{{"expected_sheets", batch->row.expected_sheets}}.dump(), actor);
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
  if (!journal::ledger_of(contents).balanced) return;
  batch.row.state = BatchState::closed;
  put(batch.row);
  audit("batch_closed", batch.row.name);
  forget(batch);
}

// A closed batch stays in the journal only; what waits for a person, or for its copy to be made
// again, can still be settled.
void CoreState::forget(const LiveBatch& batch) {
  const std::set<Id> scans = batch.scans;
  const std::set<Id> documents = batch.documents;
  batches_.erase(Id{batch.row.id});
  for (const Id id : documents) forget_settled(id);
  for (const Id id : scans) forget_scan(id);
}

void CoreState::on(const CommitCursor& in) {
  if (in.person.empty()) {
    const auto moved = moved_.find(in.subscriber);
    if (moved != moved_.end() && in.since && *in.since != moved->second)
      return answer(in.asker, refusal("stream_moved", "committing a position: a person has moved " +
                                                          in.subscriber));
    if (moved != moved_.end()) moved_.erase(moved);
  }
  put(journal::CursorRow{in.subscriber, in.sequence, 0, !in.person.empty()});
  if (!in.person.empty()) {
    moved_[in.subscriber] = in.sequence;
    audit("subscriber_moved", in.subscriber, json{{"to", in.sequence}}.dump(),
          journal::person_actor(in.person));
  }
  answer(in.asker, json{{"sequence", in.sequence}});
}

void CoreState::on(const Drain& in) {
  draining_ = true;
  audit("draining", "broker");
  if (in.dismiss_workers)
    for (const auto& [worker, seat] : seats_)
      send(SendSignal{worker, wire::MessageType::drain, {}});
  answer(in.asker, json{{"running", leased_.size()}});
}

}  // namespace postkamer::broker
