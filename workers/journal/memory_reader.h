// SPDX-License-Identifier: EUPL-1.2
//
// What the journal in memory holds, and reading it. Only for memory_journal.cc.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "workers/journal/journal.h"

namespace postkamer::journal {

struct Tables {
  std::map<Id, BatchRow> batches;
  std::map<Id, ScanRow> scans;
  std::map<Id, std::string> taken_at;  // of scans
  std::map<std::pair<Id, int>, PageRow> pages;
  std::map<std::tuple<Id, int, std::string>, PageResultRow> results;
  std::map<Id, DocumentRow> documents;
  std::map<Id, std::string> records;
  std::map<Id, JobRow> jobs;
  std::vector<EventRow> events;
  std::vector<EventHead> event_heads;  // one an event
  std::vector<std::string> event_times;
  std::uint64_t oldest = 1;
  std::string stream = "0123456789abcdef";
  Id last_batch = 0;
  std::map<std::string, CursorRow> cursors;
  std::vector<AuditRow> audit;
  AuditAnchor audit_anchor;
  std::int64_t clock = 0;
  std::map<Id, std::string> closed;   // batches
  std::map<Id, std::string> changed;  // documents
  std::map<Id, std::string> proven;   // batches
  std::set<std::pair<Kept, Id>> dropped;
};

template <class Map, class Keep>
auto rows_where(const Map& map, Keep keep) {
  std::vector<typename Map::mapped_type> rows;
  for (const auto& [key, row] : map)
    if (keep(row)) rows.push_back(row);
  return rows;
}

template <class Map, class Key>
std::optional<typename Map::mapped_type> row_at(const Map& map, const Key& key) {
  const auto found = map.find(key);
  if (found == map.end()) return std::nullopt;
  return found->second;
}

template <class Map>
Id last_of(const Map& map) {
  return map.empty() ? 0 : map.rbegin()->first;
}

template <class Row>
std::vector<Row> slice(const std::vector<Row>& rows, std::uint64_t after, int limit) {
  const auto first = static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(after, rows.size()));
  const auto count = std::min(static_cast<std::ptrdiff_t>(rows.size()) - first,
                              static_cast<std::ptrdiff_t>(limit));
  return {rows.begin() + first, rows.begin() + first + count};
}

class MemoryReader : public Reader {
 public:
  explicit MemoryReader(const Tables& tables) : t_(tables) {}

  Result<Snapshot> snapshot() override {
    Snapshot s;
    const auto is_live = [&](Id batch) { return t_.batches.at(batch).state != BatchState::closed; };
    s.batches = rows_where(t_.batches, [&](const BatchRow& b) { return is_live(b.id); });
    std::set<Id> due;  // scans of documents whose copy is due
    for (const auto& [id, document] : t_.documents)
      if (document.copy_due) due.insert(document.scan);
    const auto is_live_scan = [&](const ScanRow& r) {
      return is_live(r.batch) || due.contains(r.id);
    };
    s.scans = rows_where(t_.scans, is_live_scan);
    s.pages =
        rows_where(t_.pages, [&](const PageRow& p) { return is_live_scan(t_.scans.at(p.scan)); });
    s.documents = rows_where(t_.documents, [&](const DocumentRow& d) {
      return is_live(d.batch) || d.state == DocumentState::review || d.copy_due;
    });
    s.jobs = rows_where(t_.jobs, [](const JobRow&) { return true; });
    s.moved = rows_where(t_.cursors, [](const CursorRow& row) { return row.is_moved; });
    s.last_batch = std::max(last_of(t_.batches), t_.last_batch);
    s.last_scan = last_of(t_.scans);
    s.last_document = last_of(t_.documents);
    s.last_job = last_of(t_.jobs);
    s.head = t_.events.size();
    return s;
  }
  Result<std::uint64_t> head() override { return t_.events.size(); }
  Result<std::uint64_t> oldest() override { return t_.oldest; }
  Result<std::string> stream_id() override { return t_.stream; }
  Result<std::uint64_t> last_before(const std::string& time) override {
    const auto later =
        std::ranges::find_if(t_.event_times, [&](const auto& t) { return t >= time; });
    return static_cast<std::uint64_t>(later - t_.event_times.begin());
  }
  Result<std::vector<EventHead>> event_heads_after(std::uint64_t sequence, int limit) override {
    return slice(t_.event_heads, sequence, limit);
  }
  Result<std::vector<EventRow>> events_after(std::uint64_t sequence, int limit) override {
    return slice(t_.events, sequence, limit);
  }
  Result<std::optional<EventRow>> last_event_of(const std::string& document) override {
    for (auto event = t_.events.rbegin(); event != t_.events.rend(); ++event)
      if (event->document == document) return *event;
    return std::nullopt;
  }
  Result<std::optional<CursorRow>> cursor(const std::string& name) override {
    return row_at(t_.cursors, name);
  }
  Result<std::vector<PageResultRow>> page_results(Id scan, int page) override {
    return rows_where(t_.results,
                      [&](const PageResultRow& r) { return r.scan == scan && r.page == page; });
  }
  Result<std::optional<std::string>> record(Id document) override {
    return row_at(t_.records, document);
  }
  Result<std::optional<ScanRow>> scan(Id id) override { return row_at(t_.scans, id); }
  Result<std::vector<PageRow>> pages(Id scan) override {
    return rows_where(t_.pages, [&](const PageRow& p) { return p.scan == scan; });
  }
  Result<std::optional<PageRow>> page(Id scan, int index) override {
    const auto found = t_.pages.find({scan, index});
    return found == t_.pages.end() ? std::nullopt : std::optional(found->second);
  }
  Result<std::optional<BatchRow>> batch(Id id) override { return row_at(t_.batches, id); }
  Result<std::optional<Id>> batch_named(const std::string& name) override {
    for (const auto& [id, batch] : t_.batches)
      if (batch.name == name) return id;
    return std::nullopt;
  }
  Result<std::vector<BatchRow>> batches() override {
    return rows_where(t_.batches, [](const BatchRow&) { return true; });
  }
  Result<std::optional<DocumentRow>> document(Id id) override { return row_at(t_.documents, id); }
  Result<std::optional<DocumentRow>> document_named(const std::string& name) override {
    for (const auto& [id, document] : t_.documents)
      if (document.name == name) return document;
    return std::nullopt;
  }
  Result<std::vector<DocumentRow>> documents(const DocumentFilter& filter) override {
    auto rows = rows_where(t_.documents, [&](const DocumentRow& d) {
      return (!filter.batch || d.batch == *filter.batch) &&
             (!filter.state || d.state == *filter.state);
    });
    std::ranges::sort(rows, {}, [](const DocumentRow& d) { return std::tie(d.batch, d.name); });
    return rows;
  }
  Result<BatchContents> contents(Id id) override {
    BatchContents c;
    c.batch = row_at(t_.batches, id).value_or(BatchRow{});
    c.scans = rows_where(t_.scans, [&](const ScanRow& s) { return s.batch == id; });
    c.pages =
        rows_where(t_.pages, [&](const PageRow& p) { return t_.scans.at(p.scan).batch == id; });
    c.documents = *documents({id, std::nullopt});
    return c;
  }
  Result<std::optional<ScanRow>> scan_with(const std::string& sha256) override {
    std::optional<ScanRow> rejected;
    for (const auto& [id, scan] : t_.scans) {
      if (scan.sha256 != sha256) continue;
      if (scan.state != ScanState::rejected) return scan;
      if (!rejected) rejected = scan;
    }
    return rejected;
  }
  Result<Backlog> backlog() override {
    Backlog b;
    for (const auto& [id, scan] : t_.scans) {
      if (scan.state >= ScanState::split) continue;
      ++b.scans;
      b.oldest_unread = earlier_of(b.oldest_unread, t_.taken_at.at(id));
    }
    for (const auto& [id, document] : t_.documents) {
      if (document.state > DocumentState::review) continue;
      const bool is_read = document.state == DocumentState::review;
      ++(is_read ? b.in_review : b.reading);
      std::string& oldest = is_read ? b.oldest_in_review : b.oldest_unread;
      if (const auto taken = row_at(t_.taken_at, document.scan))
        oldest = earlier_of(oldest, *taken);
    }
    for (const auto& [key, page] : t_.pages) b.quarantined += page.quarantine.empty() ? 0 : 1;
    return b;
  }
  Result<std::vector<AuditRow>> audit_after(std::uint64_t after, int limit) override {
    const std::uint64_t gone = t_.audit_anchor.number;
    return slice(t_.audit, std::max(after, gone) - gone, limit);
  }
  Result<AuditAnchor> audit_head() override {
    if (t_.audit.empty()) return t_.audit_anchor;
    return AuditAnchor{t_.audit.back().number, t_.audit.back().hash};
  }
  Result<AuditAnchor> audit_anchor() override { return t_.audit_anchor; }
  Result<std::string> audit_id() override { return std::string("0123456789abcdef"); }
  Result<std::int64_t> clock() override { return t_.clock; }
  Result<std::uint64_t> last_audit_before(const std::string& time) override {
    const auto later =
        std::ranges::find_if(t_.audit, [&](const auto& r) { return r.time >= time; });
    return later == t_.audit.begin() ? 0 : std::prev(later)->number;
  }
  Result<std::vector<Id>> droppable(Kept kept, const std::string& before, Id after,
                                    int limit) override {
    std::vector<Id> ids;
    const auto add = [&](Id id) {
      if (id > after && std::ssize(ids) < limit && !t_.dropped.contains({kept, id}))
        ids.push_back(id);
    };
    if (kept == Kept::intermediate) {
      for (const auto& [id, scan] : t_.scans)
        if (is_past(scan, before)) add(id);
    } else {
      for (const auto& [id, batch] : t_.batches)
        if (is_past(id, before) && (kept == Kept::records || is_proven(id))) add(id);
    }
    return ids;
  }
  Result<std::uint64_t> unproven(const std::string& before) override {
    std::uint64_t count = 0;
    for (const auto& [id, batch] : t_.batches)
      if (is_past(id, before) && !is_proven(id) && !t_.dropped.contains({Kept::originals, id}))
        ++count;
    return count;
  }
  Result<std::vector<std::string>> blobs_of(const Drop& what) override {
    std::set<std::string> names;
    const auto is_of = [&](Id scan) {
      return what.kept == Kept::intermediate ? scan == what.id : t_.scans.at(scan).batch == what.id;
    };
    for (const auto& [key, result] : t_.results)
      if (is_of(result.scan)) names.insert(result.blobs.begin(), result.blobs.end());
    if (what.kept == Kept::originals) {
      for (const auto& [key, page] : t_.pages)
        if (is_of(page.scan)) names.insert(page.picture_sha256);
      for (const auto& [id, scan] : t_.scans)
        if (is_of(id)) names.insert(scan.sha256);
    }
    if (what.kept == Kept::records)
      for (const auto& [id, d] : t_.documents)
        if (d.batch == what.id) names.insert({d.pdf_sha256, d.provenance_sha256});
    names.erase("");
    return std::vector<std::string>(names.begin(), names.end());
  }
  Result<bool> is_referenced(const std::string& sha256) override {
    const auto keeps = [&](Kept kept, Id batch) { return !t_.dropped.contains({kept, batch}); };
    for (const auto& [id, scan] : t_.scans)
      if (scan.sha256 == sha256 && keeps(Kept::originals, scan.batch)) return true;
    for (const auto& [key, page] : t_.pages)
      if (page.picture_sha256 == sha256 && keeps(Kept::originals, t_.scans.at(page.scan).batch))
        return true;
    for (const auto& [key, result] : t_.results)
      if (std::ranges::find(result.blobs, sha256) != result.blobs.end()) return true;
    for (const auto& [id, d] : t_.documents)
      if ((d.pdf_sha256 == sha256 || d.provenance_sha256 == sha256) &&
          keeps(Kept::records, d.batch))
        return true;
    return false;
  }

 private:
  [[nodiscard]] bool is_closed_before(Id batch, const std::string& before) const {
    const auto closed = t_.closed.find(batch);
    return closed != t_.closed.end() && closed->second < before;
  }
  // None of those documents is read any more, waits for a person or changed since.
  template <class Is>
  [[nodiscard]] bool is_settled(const std::string& before, Is is) const {
    return std::ranges::none_of(t_.documents, [&](const auto& entry) {
      const DocumentRow& d = entry.second;
      return is(d) && (d.state == DocumentState::reading || d.state == DocumentState::review ||
                       d.copy_due || t_.changed.at(d.id) >= before);
    });
  }
  [[nodiscard]] bool is_past(Id batch, const std::string& before) const {
    return is_closed_before(batch, before) &&
           is_settled(before, [&](const DocumentRow& d) { return d.batch == batch; });
  }
  [[nodiscard]] bool is_proven(Id batch) const {
    const auto proven = t_.proven.find(batch);
    return proven != t_.proven.end() && std::ranges::none_of(t_.documents, [&](const auto& entry) {
             return entry.second.batch == batch && t_.changed.at(entry.first) > proven->second;
           });
  }
  [[nodiscard]] bool is_past(const ScanRow& scan, const std::string& before) const {
    const auto is_of = [&](const DocumentRow& d) { return d.scan == scan.id; };
    bool has_documents = false;
    for (const auto& [id, d] : t_.documents) {
      has_documents |= is_of(d);
      if (is_of(d) && !d.archived) return false;
    }
    for (const auto& [key, page] : t_.pages)
      if (page.scan == scan.id && !page.quarantine.empty()) return false;
    if (!is_settled(before, is_of)) return false;
    return (scan.state == ScanState::split && has_documents) ||
           is_closed_before(scan.batch, before);
  }
  const Tables& t_;
};

}  // namespace postkamer::journal
