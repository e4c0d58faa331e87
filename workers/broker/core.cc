// SPDX-License-Identifier: EUPL-1.2
#include "workers/broker/core.h"

#include <algorithm>
#include <charconv>

#include "pipeline/base/calendar.h"
#include "workers/broker/core_state.h"

namespace postkamer::broker {

Core::Core(const journal::Snapshot& snapshot, const Recipe& recipe, const Moment& now)
    : state_(std::make_unique<CoreState>(snapshot, recipe, now)) {}
Core::Core(Core&&) noexcept = default;
Core::~Core() = default;

Output Core::start(const Moment& now) {
  return state_->at(now, [&] { state_->resume(); });
}

Output Core::step(const Input& input, const Moment& now) {
  return state_->at(now, [&] { std::visit([&](const auto& in) { state_->on(in); }, input); });
}

bool Core::is_current(const wire::Claim& claim) const { return state_->current(claim) != nullptr; }

bool Core::is_forged(const std::string& worker, const wire::Claim& claim) const {
  return state_->is_forged(worker, claim);
}

bool Core::has_batch(const std::string& name) const { return state_->batch_named(name) != nullptr; }

const journal::JobRow* Core::job_of(const wire::Claim& claim) const {
  const LiveJob* job = state_->current(claim);
  return job != nullptr ? &job->row : nullptr;
}

Status Core::status(const Moment& now) const { return state_->status(now.milliseconds); }

CoreState::CoreState(const journal::Snapshot& snapshot, const Recipe& recipe, const Moment& now)
    : recipe_(recipe),
      last_batch_(snapshot.last_batch),
      last_scan_(snapshot.last_scan),
      last_document_(snapshot.last_document),
      last_job_(snapshot.last_job),
      head_(snapshot.head),
      clock_(now.milliseconds),
      last_moment_(now.milliseconds) {
  for (const auto& row : snapshot.moved) moved_[row.name] = row.sequence;
  for (const auto& row : snapshot.batches) batches_[row.id].row = row;
  for (const auto& row : snapshot.scans) {
    scans_[row.id].row = row;
    const auto found = batches_.find(row.batch);
    if (found == batches_.end()) continue;  // closed; a copy out of this scan is made again
    LiveBatch& batch = found->second;
    batch.scan_of_bytes[row.sha256 + ":" + std::to_string(row.copy)] = row.id;
    batch.scans.insert(row.id);
    if (!is_settled(row)) ++batch.unsettled;
  }
  for (const auto& row : snapshot.documents) {
    documents_[row.id].row = row;
    const auto batch = batches_.find(row.batch);
    if (batch == batches_.end()) continue;  // closed; it waits for a person, or for its copy
    batch->second.documents.insert(row.id);
    if (!is_settled(row)) ++batch->second.unsettled;
  }
  for (const auto& row : snapshot.pages) {
    scans_[row.scan].pages.push_back(row);
    if (const auto found = documents_.find(row.document); found != documents_.end())
      found->second.pages.push_back(row.index);
  }
  for (const auto& row : snapshot.jobs) {
    LiveJob& job = jobs_[row.id];
    job.row = row;
    job.owner = owner_of(row);
    job.since = clock_;
    job.deadline = clock_ + kLeaseMs;
    job_of_key_[key_of(row)] = row.id;
    if (const auto scan = scans_.find(row.scan); scan != scans_.end()) ++scan->second.jobs;
    if (row.leased)
      leased_.insert(row.id);
    else
      queue_of(job).add(job.owner, row.id);
  }
}

void CoreState::resume() {
  std::vector<Id> scans;
  for (const auto& [id, scan] : scans_)
    if (!is_settled(scan.row)) scans.push_back(id);
  std::vector<Id> documents;
  for (const auto& [id, document] : documents_)
    if (!is_settled(document.row) || is_copy_awaited(document.row)) documents.push_back(id);
  std::ranges::sort(scans);
  std::ranges::sort(documents);
  for (const Id scan : scans) advance_scan(scan);
  for (const Id document : documents) advance_document(document);
  std::vector<Id> batches;
  for (const auto& [id, batch] : batches_) batches.push_back(id);
  for (const Id batch : batches) close_if_balanced(batches_.at(batch));
}

void CoreState::audit(const char* what, std::string subject, std::string detail,
                      std::string actor) {
  put(journal::Audit{what, std::move(subject), std::move(detail), std::move(actor)});
}

Status CoreState::status(std::int64_t now) const {
  Status status;
  status.draining = draining_;
  status.is_disk_full = is_disk_full_;
  status.kinds.resize(kKinds);
  for (std::size_t i = 0; i < kKinds; ++i) {
    status.kinds[i].done = done_[i];
    status.kinds[i].failed = failed_[i];
  }
  for (const auto& [id, job] : jobs_) {
    KindStatus& kind = status.kinds[static_cast<std::size_t>(job.row.kind)];
    ++(job.row.leased ? kind.running : kind.waiting);
    if (!job.row.leased)
      kind.oldest_ms = std::max(kind.oldest_ms, clock_ + (now - last_moment_) - job.since);
  }
  for (const auto& [name, seat] : seats_) {
    WorkerStatus worker{seat.kinds, seat.pid, static_cast<int>(seat.held.size()), seat.credit,
                        false};
    for (const Id job : seat.held) worker.executing |= jobs_.at(job).started;
    status.workers.push_back(std::move(worker));
  }
  return status;
}

std::string scan_name(Id scan) { return "S" + std::to_string(scan); }

std::optional<Id> scan_named(std::string_view name) {
  if (!name.starts_with('S')) return std::nullopt;
  Id id = 0;
  const char* end = name.data() + name.size();
  const auto read = std::from_chars(name.data() + 1, end, id);
  if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return id;
}

std::string page_name(Id scan, int page) {
  std::string name = scan_name(scan);
  name += '/';
  name += std::to_string(page + 1);
  return name;
}

bool is_settled(const journal::ScanRow& scan) {
  return scan.state == journal::ScanState::split || scan.state == journal::ScanState::rejected;
}

bool is_settled(const journal::DocumentRow& document) {
  return document.archived && document.state != journal::DocumentState::reading;
}

bool is_iso_date(const std::string& text) { return iso_day(text).has_value(); }

tl::unexpected<Error> refusal(const char* reason, std::string message) {
  return fail(ErrorCode::unsupported, reason, std::move(message));
}

std::string merged_findings(const std::string& first, const std::string& second) {
  if (second == "[]" && first.starts_with('[')) return first;  // as nearly always
  auto all = nlohmann::json::parse(first, nullptr, false);
  if (!all.is_array()) all = nlohmann::json::array();
  const auto more = nlohmann::json::parse(second, nullptr, false);
  if (more.is_array())
    for (const auto& finding : more)
      if (std::ranges::find(all, finding) == all.end()) all.push_back(finding);
  return all.dump();
}

}  // namespace postkamer::broker
