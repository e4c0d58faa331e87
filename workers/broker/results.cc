// SPDX-License-Identifier: EUPL-1.2
//
// What becomes of workers' answers.
#include <algorithm>

#include "workers/broker/core_state.h"

namespace postkamer::broker {
namespace {

using flow::JobKind;
using journal::DocumentState;
using journal::ScanState;

tl::unexpected<Error> nonsense(const char* what) {
  return fail(ErrorCode::internal, "worker_nonsense", std::string("a worker's answer: ") + what);
}

bool is_final(ErrorCode code) {
  return code == ErrorCode::invalid_document || code == ErrorCode::resource_limit ||
         code == ErrorCode::unsupported;
}

std::string reason_json(const Error& error) {
  return nlohmann::json{{"reason", error.reason}}.dump();
}

}  // namespace

void CoreState::on(const Finished& in) {
  const bool may = may_claim(in.worker, in.claim);
  saw(in.worker, may);
  if (!may) {
    send(SendSignal{in.worker, wire::MessageType::stale, in.claim});
    return;
  }
  LiveJob& job = jobs_.at(in.claim.job);
  const auto kind = static_cast<std::size_t>(job.row.kind);
  const auto applied =
      std::visit([&](const auto& digest) { return apply(job, digest); }, in.digest);
  if (!applied)
    count_failure(job, applied.error());
  else
    ++done_[kind];
  send(SendSignal{in.worker, wire::MessageType::ack, in.claim});
}

void CoreState::on(const Failed& in) {
  const bool may = may_claim(in.worker, in.claim);
  saw(in.worker, may);
  if (!may) {
    send(SendSignal{in.worker, wire::MessageType::stale, in.claim});
    return;
  }
  LiveJob& job = jobs_.at(in.claim.job);
  if (in.error.code == ErrorCode::unavailable && ++job.unavailable < kMaxUnavailable) {
    requeue(job, std::min<std::int64_t>(30'000, 250ll << job.unavailable));
  } else if (is_final(in.error.code)) {
    const LiveJob last = job;
    ++failed_[static_cast<std::size_t>(job.row.kind)];
    drop(in.claim.job);
    give_up(last, in.error);
  } else {
    count_failure(job, in.error);
  }
  send(SendSignal{in.worker, wire::MessageType::ack, in.claim});
}

void CoreState::on(const NoRoom& in) {
  const bool may = may_claim(in.worker, in.claim);
  saw(in.worker, may);
  if (may) requeue(jobs_.at(in.claim.job), kRoomMs);
  send(SendSignal{in.worker, may ? wire::MessageType::ack : wire::MessageType::stale, in.claim});
}

void CoreState::count_failure(LiveJob& job, const Error& error) {
  job.last_failed_worker = job.worker;
  ++failed_[static_cast<std::size_t>(job.row.kind)];
  ++job.row.failed;
  audit("job_failed", subject_of(job),
        nlohmann::json{{"job", flow::name_of(job.row.kind)},
                       {"reason", error.reason},
                       {"failed", job.row.failed}}
            .dump());
  if (job.row.failed < kMaxFailures) {
    requeue(job);
    return;
  }
  const LiveJob last = job;
  drop(job.row.id);
  give_up(last, error);
}

std::string CoreState::subject_of(const LiveJob& job) const {
  if (!needs_scan(job.row.kind)) return documents_.at(job.row.document).row.name;
  return job.row.kind == JobKind::decode ? scan_name(job.row.scan)
                                         : page_name(job.row.scan, job.row.page);
}

// The end of a job that nobody can do: its subject goes on without it, and says so.
void CoreState::give_up(const LiveJob& job, const Error& error) {
  if (job.row.kind == JobKind::decode) {
    reject_scan(scans_.at(job.row.scan), error);
  } else if (needs_scan(job.row.kind)) {
    quarantine(scans_.at(job.row.scan), job.row.page, error);
  } else if (job.row.kind == JobKind::assemble) {
    LiveDocument& document = documents_.at(job.row.document);
    const LiveBatch& batch = batches_.at(document.row.batch);
    take_record(document, recipe_.unread_record(document.row, batch.row, error.reason),
                batch.row.publish == journal::PublishPolicy::doubtful_too);
    advance_document(job.row.document);
  } else {
    LiveDocument& document = documents_.at(job.row.document);
    const bool was_settled = is_settled(document.row);
    document.row.archived = true;
    document.row.archive_failure = error.reason;
    // No other copy will ever be made: the one that is there, of an earlier record, stands.
    if (error.reason == kOriginalsDropped) document.row.copy_due = false;
    put(document.row);
    audit("archive_failed", document.row.name,
          nlohmann::json{{"reason", error.reason}, {"kept", document.row.pdf_sha256}}.dump());
    if (!was_settled && is_settled(document.row)) settle_one(document.row.batch);
    forget_settled(job.row.document);
  }
}

void CoreState::reject_scan(LiveScan& scan, const Error& error) {
  drop_jobs_of_scan(scan.row.id);
  scan.row.state = ScanState::rejected;
  scan.row.reason = error.reason;
  scan.row.message = error.message;
  put(scan.row);
  audit("file_rejected", scan_name(scan.row.id), reason_json(error));
  settle_one(scan.row.batch);
}

void CoreState::quarantine(LiveScan& scan, int index, const Error& error) {
  auto& page = scan.pages[static_cast<std::size_t>(index)];
  page.quarantine = error.reason;
  audit("page_quarantined", page_name(scan.row.id, index), reason_json(error));
  put(page);
  after_page(scan, index);
}

void CoreState::after_page(LiveScan& scan, int index) {
  const Id document = scan.pages[static_cast<std::size_t>(index)].document;
  if (document != 0)
    advance_document(document);
  else
    advance_page(scan, index);
}

Result<void> CoreState::apply(LiveJob& job, const DecodedDigest& digest) {
  if (job.row.kind != JobKind::decode) return nonsense("pages where none were asked for");
  LiveScan& scan = scans_.at(job.row.scan);
  const int first = scan.row.pages_decoded;
  const auto count = static_cast<int>(digest.pages.size());
  const bool is_other_count = scan.row.page_count >= 0 && scan.row.page_count != digest.page_count;
  if (job.row.page != first || count == 0 || first + count > digest.page_count || is_other_count)
    return nonsense("pages that do not follow, or another number of pages than before");
  for (const auto& decoded : digest.pages) {
    journal::PageRow page;
    page.scan = scan.row.id;
    page.index = scan.row.pages_decoded++;
    page.kind = decoded.kind;
    page.picture_sha256 = decoded.picture_sha256;
    page.marks = decoded.marks;
    put(page);
    put(journal::PageResultRow{
        page.scan, page.index, "decode", decoded.body, {decoded.picture_sha256}});
    scan.pages.push_back(std::move(page));
  }
  scan.row.page_count = digest.page_count;
  scan.row.state = ScanState::decoding;
  scan.row.findings = merged_findings(scan.row.findings, digest.findings);
  put(scan.row);
  drop(job.row.id);
  advance_scan(scan.row.id);
  return {};
}

Result<void> CoreState::apply(LiveJob& job, const PageDigest& digest) {
  LiveScan& scan = scans_.at(job.row.scan);
  const int index = job.row.page;
  auto& page = scan.pages[static_cast<std::size_t>(index)];
  switch (job.row.kind) {
    case JobKind::deskew: page.deskewed = true; break;
    case JobKind::classify:
      page.classified = true;
      page.known_form = digest.known_form;
      page.form = digest.form;
      page.form_version = digest.form_version;
      page.form_page = digest.form_page;
      break;
    case JobKind::extract:
      page.extracted = digest.registered;
      page.form_mismatch = !digest.registered;
      break;
    case JobKind::ocr: page.recognised = true; break;
    default: return nonsense("about a page where none was asked for");
  }
  put(page);
  put(journal::PageResultRow{scan.row.id, index, std::string(flow::name_of(job.row.kind)),
                             digest.body, digest.blobs});
  drop(job.row.id);
  after_page(scan, index);
  return {};
}

Result<void> CoreState::apply(LiveJob& job, const AssembledDigest& digest) {
  if (job.row.kind != JobKind::assemble) return nonsense("a record where none was asked for");
  const Id id = job.row.document;
  LiveDocument& document = documents_.at(id);
  drop(job.row.id);
  take_record(document, digest,
              batches_.at(document.row.batch).row.publish == journal::PublishPolicy::doubtful_too);
  advance_document(id);
  return {};
}

Result<void> CoreState::apply(LiveJob& job, const ArchivedDigest& digest) {
  if (job.row.kind != JobKind::archive) return nonsense("an archive copy where none was asked for");
  const Id id = job.row.document;
  LiveDocument& document = documents_.at(id);
  drop(job.row.id);
  const bool was_settled = is_settled(document.row);
  document.row.archived = true;
  document.row.copy_due = false;
  document.row.archive_failure.clear();
  document.row.pdf_sha256 = digest.pdf_sha256;
  document.row.provenance_sha256 = digest.provenance_sha256;
  put(document.row);
  audit("document_archived", document.row.name,
        nlohmann::json{{"sha256", digest.pdf_sha256}, {"provenance", digest.provenance_sha256}}
            .dump());
  if (!was_settled && is_settled(document.row)) settle_one(document.row.batch);
  forget_settled(id);
  return {};
}

// A record's status decides where its document stands and whether the stream hears of it.
void CoreState::take_record(LiveDocument& document, const AssembledDigest& digest,
                            bool tell_doubtful) {
  journal::DocumentRow& row = document.row;
  row.assembled = true;
  row.form = digest.form;
  row.batch_class = digest.batch_class;
  row.revision = digest.revision;
  put(journal::PutRecord{row.id, digest.record});
  const bool is_doubtful = digest.status == RecordStatus::review;
  switch (digest.status) {
    case RecordStatus::ready: row.state = DocumentState::published; break;
    case RecordStatus::review: row.state = DocumentState::review; break;
    case RecordStatus::rejected: row.state = DocumentState::rejected; break;
    case RecordStatus::withdrawn: row.state = DocumentState::withdrawn; break;
  }
  if (!digest.event.empty() && (!is_doubtful || tell_doubtful)) {
    put(journal::AppendEvent{digest.event_key, row.name, digest.event, digest.event_type,
                             digest.form});
    row.told_doubtful = is_doubtful;
  }
  put(row);
  audit("document_settled", row.name,
        nlohmann::json{{"state", journal::name_of(row.state)}, {"revision", row.revision}}.dump());
}

}  // namespace postkamer::broker
