// SPDX-License-Identifier: EUPL-1.2
#include "workers/journal/memory_journal.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "workers/journal/audit.h"

namespace postkamer::journal {
namespace {

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
    s.scans = rows_where(t_.scans, [&](const ScanRow& r) { return is_live(r.batch); });
    s.pages =
        rows_where(t_.pages, [&](const PageRow& p) { return is_live(t_.scans.at(p.scan).batch); });
    s.documents = rows_where(t_.documents, [&](const DocumentRow& d) {
      return is_live(d.batch) || d.state == DocumentState::review;
    });
    s.jobs = rows_where(t_.jobs, [](const JobRow&) { return true; });
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
    return slice(t_.audit, after, limit);
  }

 private:
  const Tables& t_;
};

class MemoryJournal : public Journal {
 public:
  explicit MemoryJournal(StampEvent stamp) : stamp_(std::move(stamp)), reader_(tables_) {}

  Reader& reader() override { return reader_; }

  Result<std::uint64_t> commit(const Operations& operations, const std::string& now) override {
    for (const Operation& operation : operations)
      std::visit([&](const auto& o) { apply(o, now); }, operation);
    return tables_.events.size();
  }

 private:
  void apply(const BatchRow& r, const std::string&) { tables_.batches[r.id] = r; }
  void apply(const ScanRow& r, const std::string& now) {
    tables_.scans[r.id] = r;
    tables_.taken_at.try_emplace(r.id, now);
  }
  void apply(const PageRow& r, const std::string&) { tables_.pages[{r.scan, r.index}] = r; }
  void apply(const DocumentRow& r, const std::string&) { tables_.documents[r.id] = r; }
  void apply(const JobRow& r, const std::string&) { tables_.jobs[r.id] = r; }
  void apply(const PageResultRow& r, const std::string&) {
    tables_.results[{r.scan, r.page, r.stage}] = r;
  }
  void apply(const PutRecord& r, const std::string&) { tables_.records[r.document] = r.text; }
  void apply(const DropJob& r, const std::string&) { tables_.jobs.erase(r.job); }
  void apply(const CursorRow& r, const std::string&) {
    CursorRow& row = tables_.cursors[r.name];
    row.name = r.name;
    row.sequence = r.sequence;
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
    const std::string previous = tables_.audit.empty() ? "" : tables_.audit.back().hash;
    AuditRow row{tables_.audit.size() + 1, now, a.what, a.subject, a.detail, ""};
    row.hash = audit_hash(previous, row);
    tables_.audit.push_back(std::move(row));
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
