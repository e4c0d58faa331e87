// SPDX-License-Identifier: EUPL-1.2
#include "workers/journal/memory_journal.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "workers/journal/audit.h"
#include "workers/journal/ledger.h"
#include "workers/journal/memory_reader.h"

namespace postkamer::journal {
namespace {

class MemoryJournal : public Journal {
 public:
  explicit MemoryJournal(StampEvent stamp) : stamp_(std::move(stamp)), reader_(tables_) {}

  Reader& reader() override { return reader_; }

  Result<std::uint64_t> commit(const Operations& operations, const std::string& now) override {
    const bool closes = std::ranges::any_of(operations, [](const Operation& operation) {
      const auto* batch = std::get_if<BatchRow>(&operation);
      return batch != nullptr && batch->state == BatchState::closed;
    });
    std::optional<Tables> before;
    if (closes) before = tables_;
    for (const Operation& operation : operations) {
      const auto* batch = std::get_if<BatchRow>(&operation);
      const bool was_closed = batch != nullptr && is_closed(batch->id);
      std::visit([&](const auto& o) { apply(o, now); }, operation);
      if (batch == nullptr || was_closed || !is_closed(batch->id)) continue;
      if (ledger_of(*reader_.contents(batch->id)).balanced) continue;
      tables_ = std::move(*before);
      return fail(ErrorCode::corrupt_store, "journal_unbalanced",
                  "writing the journal: a batch that does not balance was to be closed");
    }
    return tables_.events.size();
  }

 private:
  [[nodiscard]] bool is_closed(Id batch) const {
    const auto found = tables_.batches.find(batch);
    return found != tables_.batches.end() && found->second.state == BatchState::closed;
  }
  void apply(const ScanRow& r, const std::string& now) {
    tables_.scans[r.id] = r;
    tables_.taken_at.try_emplace(r.id, now);
  }
  void apply(const BatchRow& r, const std::string& now) {
    tables_.batches[r.id] = r;
    if (r.state == BatchState::closed) tables_.closed.emplace(r.id, now);
  }
  void apply(const PageRow& r, const std::string&) { tables_.pages[{r.scan, r.index}] = r; }
  void apply(const DocumentRow& r, const std::string& now) {
    tables_.documents[r.id] = r;
    tables_.changed[r.id] = now;
  }
  void apply(const JobRow& r, const std::string&) { tables_.jobs[r.id] = r; }
  void apply(const PageResultRow& r, const std::string&) {
    tables_.results[{r.scan, r.page, r.stage}] = r;
    tables_.dropped.erase({Kept::intermediate, r.scan});
  }
  void apply(const PutRecord& r, const std::string&) { tables_.records[r.document] = r.text; }
  void apply(const DropJob& r, const std::string&) { tables_.jobs.erase(r.job); }
  void apply(const CursorRow& r, const std::string&) {
    CursorRow& row = tables_.cursors[r.name];
    row.name = r.name;
    row.sequence = r.sequence;
    row.is_moved = r.is_moved;
  }
  void apply(const LoseEvents& l, const std::string&) {
    CursorRow& row = tables_.cursors[l.subscriber];
    row.name = l.subscriber;
    row.lost += l.count;
  }
  void apply(const DropEvents& d, const std::string&) {
    const std::uint64_t up_to = std::min<std::uint64_t>(d.up_to, tables_.events.size());
    for (std::uint64_t n = 0; n < up_to; ++n) tables_.events[n].body.clear();
    tables_.oldest = std::max(tables_.oldest, up_to + 1);
  }
  void apply(const AppendEvent& e, const std::string& now) {
    const auto has_key = [&](const EventRow& row) { return row.key == e.key; };
    if (std::ranges::any_of(tables_.events, has_key)) return;
    const std::uint64_t sequence = tables_.events.size() + 1;
    tables_.events.push_back({sequence, e.key, e.document, stamp_(e.body, sequence, now)});
    tables_.event_heads.push_back({sequence, e.type, e.form});
    tables_.event_times.push_back(now);
  }
  void apply(const StartAnew& anew, const std::string&) {
    tables_.stream = anew.stream;
    tables_.last_batch = std::max(last_of(tables_.batches), tables_.last_batch) + kNumbersLeftOut;
    for (auto& [id, batch] : tables_.batches)
      if (batch.state == BatchState::open) batch.scans += static_cast<int>(kNumbersLeftOut);
  }
  void apply(const Audit& a, const std::string& now) {
    const AuditAnchor last = *reader_.audit_head();
    tables_.audit.push_back(
        next_audit_row(last.number, last.hash, now, a.what, a.subject, a.detail, a.actor));
  }
  void apply(const Proven& p, const std::string& now) { tables_.proven[p.batch] = now; }
  void apply(const SawClock& saw, const std::string&) { tables_.clock = saw.seconds; }
  void apply(const DropAudit& d, const std::string&) {
    while (tables_.audit.size() > 1 && tables_.audit.front().number <= d.up_to) {
      tables_.audit_anchor = {tables_.audit.front().number, tables_.audit.front().hash};
      tables_.audit.erase(tables_.audit.begin());
    }
  }
  void apply(const Drop& d, const std::string&) {
    const auto is_of_batch = [&](Id scan) { return tables_.scans.at(scan).batch == d.id; };
    tables_.dropped.insert({d.kept, d.id});
    for (auto& [key, result] : tables_.results) {
      if (d.kept == Kept::intermediate ? result.scan != d.id : !is_of_batch(result.scan)) continue;
      result.body = without_reading(result.body);
      result.blobs.clear();
    }
    if (d.kept != Kept::intermediate)
      for (const auto& [id, scan] : tables_.scans)
        if (scan.batch == d.id) tables_.dropped.insert({Kept::intermediate, id});
    if (d.kept == Kept::records) forget_records(d.id);
  }
  void forget_records(Id batch) {
    std::erase_if(tables_.results,
                  [&](const auto& r) { return tables_.scans.at(r.second.scan).batch == batch; });
    for (auto& [id, document] : tables_.documents) {
      if (document.batch != batch) continue;
      tables_.records.erase(id);
      document.split_findings = "[]";
    }
    for (auto& [id, scan] : tables_.scans) {
      if (scan.batch != batch) continue;
      if (scan.sha256.starts_with("refused:")) scan.sha256 = "refused:" + std::to_string(id);
      scan.name = scan.message = "";
      scan.findings = "[]";
    }
  }

  Tables tables_;
  StampEvent stamp_;
  MemoryReader reader_;
};

}  // namespace

std::unique_ptr<Journal> memory_journal(StampEvent stamp) {
  return std::make_unique<MemoryJournal>(std::move(stamp));
}

}  // namespace postkamer::journal
