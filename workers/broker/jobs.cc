// SPDX-License-Identifier: EUPL-1.2
//
// What is next, and who does it.
#include <algorithm>
#include <array>

#include "workers/broker/core_state.h"

namespace postkamer::broker {
namespace {

using flow::JobKind;
using journal::DocumentState;
using journal::ScanState;

// Who can do several kinds does first what is quick and brings a record to its end.
constexpr std::array kTurns{JobKind::assemble, JobKind::decode, JobKind::deskew, JobKind::classify,
                            JobKind::extract,  JobKind::ocr,    JobKind::archive};
static_assert(kTurns.size() == kKinds);

flow::PageFacts facts_of(const journal::PageRow& page) {
  flow::PageFacts facts;
  facts.kind = page.kind;
  facts.quarantined = !page.quarantine.empty();
  facts.deskewed = page.deskewed;
  facts.classified = page.classified;
  facts.known_form = page.known_form && !page.form_mismatch;
  facts.extracted = page.extracted;
  facts.recognised = page.recognised;
  return facts;
}

flow::ScanFacts facts_of(const LiveScan& scan) {
  flow::ScanFacts facts;
  facts.rejected = scan.row.state == ScanState::rejected;
  facts.page_count = scan.row.page_count;
  facts.pages_decoded = scan.row.pages_decoded;
  facts.split = scan.row.state == ScanState::split;
  for (const auto& page : scan.pages) facts.pages.push_back(facts_of(page));
  return facts;
}

bool is_content(const journal::PageRow& page) { return page.kind == PageKind::content; }

// Every content page in exactly one part: what the core relies on, checked where it comes in.
bool holds_every_page_once(const std::vector<SplitPart>& parts,
                           const std::vector<journal::PageRow>& pages) {
  std::vector<int> seen(pages.size(), 0);
  for (const SplitPart& part : parts) {
    if (part.pages.empty() || !std::ranges::is_sorted(part.pages)) return false;
    for (const int page : part.pages) {
      if (page < 0 || static_cast<std::size_t>(page) >= pages.size()) return false;
      ++seen[static_cast<std::size_t>(page)];
    }
  }
  for (std::size_t i = 0; i < pages.size(); ++i)
    if (seen[i] != (is_content(pages[i]) ? 1 : 0)) return false;
  return true;
}

SplitPart all_in_one(const std::vector<journal::PageRow>& pages) {
  SplitPart part;
  for (const auto& page : pages)
    if (is_content(page)) part.pages.push_back(page.index);
  return part;
}

std::string numbered(int number, int width) {
  std::string text = std::to_string(number);
  const auto wanted = static_cast<std::size_t>(width);
  return text.size() < wanted ? std::string(wanted - text.size(), '0') + text : text;
}

}  // namespace

bool needs_scan(flow::JobKind kind) {
  return kind != flow::JobKind::assemble && kind != flow::JobKind::archive;
}

std::uint64_t key_of(const journal::JobRow& job) {
  const Id owner = needs_scan(job.kind) ? job.scan : job.document;
  return static_cast<std::uint64_t>(job.kind) << 60 | owner << 24 |
         static_cast<std::uint64_t>(job.page + 1);
}

void CoreState::advance_scan(Id id) {
  LiveScan& scan = scans_.at(id);
  for (const flow::Step& step : flow::next(facts_of(scan))) {
    if (step.act == flow::Step::Act::split) split(scan);
    if (step.act != flow::Step::Act::run) continue;
    want(step.job, id, 0, step.job == flow::JobKind::decode ? step.first_page : step.page);
  }
}

// As advance_scan, after something became of one page: looks at that page alone as long as there is
// other work on its scan. Looking at all of them each time takes hours for ten thousand.
void CoreState::advance_page(LiveScan& scan, int index) {
  if (scan.jobs == 0) return advance_scan(scan.row.id);
  flow::ScanFacts facts;
  facts.rejected = scan.row.state == ScanState::rejected;
  facts.page_count = facts.pages_decoded = scan.row.page_count;
  facts.split = scan.row.state == ScanState::split;
  facts.pages = {facts_of(scan.pages[static_cast<std::size_t>(index)])};
  for (const flow::Step& step : flow::next(facts))
    if (step.act == flow::Step::Act::run) want(step.job, scan.row.id, 0, index);
}

void CoreState::advance_document(Id id) {
  LiveDocument& document = documents_.at(id);
  const auto scan = scans_.find(document.row.scan);
  if (scan == scans_.end()) return;  // its batch is closed: nothing left to do
  flow::DocumentFacts facts;
  facts.assembled = document.row.assembled;
  facts.archived = document.row.archived;
  for (const int page : document.pages)
    facts.pages.push_back(facts_of(scan->second.pages[static_cast<std::size_t>(page)]));
  for (const flow::Step& step : flow::next(facts)) {
    if (step.act != flow::Step::Act::run) continue;
    if (step.page < 0)
      want(step.job, 0, id, -1);
    else
      want(step.job, document.row.scan, 0, document.pages[static_cast<std::size_t>(step.page)]);
  }
}

void CoreState::split(LiveScan& scan) {
  std::vector<SplitPart> parts = recipe_.split(scan.pages);
  if (!holds_every_page_once(parts, scan.pages)) {
    parts = {all_in_one(scan.pages)};
    if (parts.front().pages.empty()) parts.clear();
  }
  scan.row.state = ScanState::split;
  put(scan.row);
  int number = 0;
  for (const SplitPart& part : parts) make_document(scan, part, ++number);
  audit("file_split", scan_name(scan.row.id),
        nlohmann::json{{"pages", scan.pages.size()}, {"documents", parts.size()}}.dump());
  settle_one(scan.row.batch);
}

// A document's name comes from its place in the batch, never from the order in which workers happen
// to finish: the same batch gives the same names, crash or no crash.
void CoreState::make_document(LiveScan& scan, const SplitPart& part, int number) {
  LiveBatch& batch = batches_.at(scan.row.batch);
  const Id id = ++last_document_;
  LiveDocument& document = documents_[id];
  document.row.id = id;
  document.row.name =
      "PK-" + batch.row.name + "-" + numbered(scan.row.number, 4) + "-" + numbered(number, 2);
  document.row.batch = scan.row.batch;
  document.row.scan = scan.row.id;
  document.row.split_findings = part.findings;
  document.pages = part.pages;
  put(document.row);
  for (const int page : part.pages) {
    auto& row = scan.pages[static_cast<std::size_t>(page)];
    row.document = id;
    put(row);
  }
  batch.documents.insert(id);
  ++batch.unsettled;
  advance_document(id);
}

void CoreState::want(flow::JobKind kind, Id scan, Id document, int page) {
  journal::JobRow row;
  row.kind = kind;
  row.scan = scan;
  row.document = document;
  row.page = page;
  const std::uint64_t key = key_of(row);
  if (job_of_key_.contains(key)) return;
  row.id = ++last_job_;
  job_of_key_[key] = row.id;
  LiveJob& job = jobs_[row.id];
  job.row = row;
  job.owner = owner_of(row);
  job.since = clock_;
  if (scan != 0) ++scans_.at(scan).jobs;
  queue_of(job).add(job.owner, row.id);
  put(row);
}

void CoreState::drop(Id id) {
  LiveJob& job = jobs_.at(id);
  release(job);
  queue_of(job).remove(job.owner, id);
  if (const auto scan = scans_.find(job.row.scan); scan != scans_.end()) --scan->second.jobs;
  std::erase_if(delayed_, [&](const auto& entry) { return entry.second == id; });
  job_of_key_.erase(key_of(job.row));
  put(journal::DropJob{id});
  jobs_.erase(id);
}

void CoreState::drop_jobs_of_scan(Id scan) {
  std::vector<Id> jobs;
  for (const auto& [id, job] : jobs_)
    if (job.row.scan == scan) jobs.push_back(id);
  std::ranges::sort(jobs);
  for (const Id job : jobs) drop(job);
}

void CoreState::requeue(LiveJob& job, std::int64_t delay) {
  release(job);
  job.since = clock_;
  put(job.row);
  if (delay > 0)
    delayed_.insert({clock_ + delay, job.row.id});
  else
    queue_of(job).add(job.owner, job.row.id);
}

Owner CoreState::owner_of(const journal::JobRow& job) const {
  const auto document = documents_.find(job.document);
  const Id id = document != documents_.end() ? document->second.row.scan : job.scan;
  const auto scan = scans_.find(id);
  return {scan != scans_.end() ? scan->second.row.batch : 0, id};
}

void CoreState::dispatch() {
  if (draining_) return;
  for (const JobKind kind : kTurns) {
    FairQueue& waiting = waiting_[index_of(kind)];
    while (const auto id = waiting.next()) {
      LiveJob& job = jobs_.at(*id);
      std::string worker;
      Seat* seat = seat_for(job, worker);
      if (seat == nullptr) break;
      waiting.take_next();
      lease(job, *seat, worker);
    }
  }
}

// The seat with the fewest tasks; one where this job failed last only when there is no other.
Seat* CoreState::seat_for(const LiveJob& job, std::string& worker) {
  Seat* best = nullptr;
  std::pair<bool, std::size_t> best_rank;
  for (auto& [name, seat] : seats_) {
    if (seat.held.size() >= static_cast<std::size_t>(seat.credit)) continue;
    if (std::ranges::find(seat.kinds, job.row.kind) == seat.kinds.end()) continue;
    const std::pair rank{name == job.last_failed_worker, seat.held.size()};
    if (best != nullptr && rank >= best_rank) continue;
    best = &seat;
    best_rank = rank;
    worker = name;
  }
  return best;
}

void CoreState::lease(LiveJob& job, Seat& seat, const std::string& worker) {
  job.row.leased = true;
  ++job.row.attempt;
  ++job.row.acquired;
  job.row.token = next_random();
  job.worker = worker;
  job.started = false;
  job.deadline = clock_ + kLeaseMs;
  leased_.insert(job.row.id);
  if (seat.held.empty()) seat.last_progress = clock_;
  seat.held.insert(job.row.id);
  put(job.row);
  send(SendTask{worker, {job.row.id, job.row.attempt, job.row.generation, job.row.token}, job.row});
}

// SplitMix64 over what the step was given.
std::uint64_t CoreState::next_random() {
  random_ += 0x9E3779B97F4A7C15u;
  std::uint64_t z = random_;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

}  // namespace postkamer::broker
