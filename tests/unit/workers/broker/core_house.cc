// SPDX-License-Identifier: EUPL-1.2
#include "tests/unit/workers/broker/core_house.h"

#include <algorithm>

namespace postkamer::broker {
namespace {

using flow::JobKind;

constexpr int kPagesPerDecode = 3;

PageKind kind_of(char letter) {
  if (letter == 'b') return PageKind::blank;
  if (letter == 's') return PageKind::separator;
  return PageKind::content;
}

std::string no_stamp(const std::string& body, std::uint64_t sequence, const std::string&) {
  return body + "#" + std::to_string(sequence);
}

}  // namespace

std::vector<SplitPart> PlainRecipe::split(const journal::BatchRow&,
                                          const std::vector<journal::PageRow>& pages) const {
  std::vector<SplitPart> parts;
  bool is_new = true;
  for (const auto& page : pages) {
    is_new |= page.kind == PageKind::separator;
    if (page.kind != PageKind::content) continue;
    if (is_new) parts.emplace_back();
    is_new = false;
    parts.back().pages.push_back(page.index);
  }
  return parts;
}

AssembledDigest record_digest(const std::string& document, RecordStatus status, int revision) {
  AssembledDigest digest;
  digest.record = "record of " + document;
  digest.status = status;
  digest.revision = revision;
  digest.event = "event of " + document;
  digest.event_key = document + ".r" + std::to_string(revision);
  return digest;
}

AssembledDigest PlainRecipe::unread_record(const journal::DocumentRow& document,
                                           const journal::BatchRow&, const std::string&) const {
  return record_digest(document.name, RecordStatus::review);
}

Digest honest_answer(const journal::JobRow& job, journal::Reader& reader) {
  if (job.kind == JobKind::archive) return ArchivedDigest{"pdf", "provenance"};
  if (job.kind == JobKind::assemble)
    return record_digest(reader.document(job.document)->value().name, RecordStatus::ready);
  const std::string content = reader.scan(job.scan)->value().sha256;
  if (job.kind == JobKind::decode) {
    DecodedDigest digest;
    digest.page_count = static_cast<int>(content.size());
    const int end = std::min(job.page + kPagesPerDecode, digest.page_count);
    for (int page = job.page; page < end; ++page)
      digest.pages.push_back(
          {kind_of(content[static_cast<std::size_t>(page)]), "{}", "picture", 0});
    return digest;
  }
  const char letter = content[static_cast<std::size_t>(job.page)];
  PageDigest digest;
  digest.body = "{}";
  digest.known_form = letter == 'k' || letter == 'm';
  digest.form = digest.known_form ? "form" : "";
  digest.registered = letter != 'm';
  return digest;
}

CoreHouse::CoreHouse() : journal_(journal::memory_journal(no_stamp)) { restart(); }

void CoreHouse::restart() {
  core_ = std::make_unique<Core>(*journal_->reader().snapshot(), recipe_, moment());
  tasks.clear();
  keep(core_->start(moment()));
}

std::vector<Outgoing> CoreHouse::step(const Input& input) {
  return keep(core_->step(input, moment()));
}

std::vector<Outgoing> CoreHouse::keep(Output output) {
  (void)journal_->commit(output.operations, "2026-11-23T12:00:00Z");
  for (const auto& message : output.messages)
    if (const auto* task = std::get_if<SendTask>(&message)) tasks.push_back(*task);
  return std::move(output.messages);
}

std::string CoreHouse::open(journal::PublishPolicy policy, int expected_sheets) {
  const auto sent = step(OpenBatch{"c", "post", "2026-11-23", "test" + std::to_string(steps_),
                                   policy, expected_sheets});
  return answer_of(sent)->body->at("batch").get<std::string>();
}

nlohmann::json CoreHouse::submit(const std::string& batch, const std::string& content, int copy) {
  const auto sent = step(Submit{"c", batch, "a.pdf", content, copy, 10, ""});
  const Answer* answer = answer_of(sent);
  return answer->body ? *answer->body : nlohmann::json{{"error", answer->body.error().reason}};
}

void CoreHouse::close(const std::string& batch) { step(CloseBatch{"c", batch, false}); }

std::vector<JobKind> CoreHouse::every_kind() {
  return {JobKind::decode,   JobKind::deskew, JobKind::classify, JobKind::extract,
          JobKind::assemble, JobKind::ocr,    JobKind::archive};
}

void CoreHouse::ready(const std::string& worker, std::vector<JobKind> kinds, int credit) {
  step(Ready{worker, std::move(kinds), credit, 1});
}

std::optional<SendTask> CoreHouse::take(JobKind kind) {
  const auto found =
      std::ranges::find_if(tasks, [&](const SendTask& task) { return task.job.kind == kind; });
  if (found == tasks.end()) return std::nullopt;
  SendTask task = *found;
  tasks.erase(found);
  return task;
}

std::vector<Outgoing> CoreHouse::answer(const SendTask& task) {
  step(Started{task.worker, task.claim});
  return step(Finished{task.worker, task.claim, honest_answer(task.job, journal_->reader())});
}

void CoreHouse::answer_all() {
  while (!tasks.empty()) {
    const SendTask task = tasks.front();
    tasks.pop_front();
    answer(task);
  }
}

journal::Ledger CoreHouse::ledger(const std::string& batch) {
  auto& reader = journal_->reader();
  return journal::ledger_of(*reader.contents(reader.batch_named(batch)->value()));
}

std::vector<std::string> CoreHouse::event_keys() {
  std::vector<std::string> keys;
  const auto events = journal_->reader().events_after(0, 1'000'000);
  for (const auto& event : *events) keys.push_back(event.key);
  return keys;
}

journal::BatchState CoreHouse::state(const std::string& batch) {
  auto& reader = journal_->reader();
  return reader.batch(reader.batch_named(batch)->value())->value().state;
}

const SendSignal* signal_of(const std::vector<Outgoing>& messages, wire::MessageType type) {
  for (const auto& message : messages)
    if (const auto* signal = std::get_if<SendSignal>(&message))
      if (signal->type == type) return signal;
  return nullptr;
}

const Answer* answer_of(const std::vector<Outgoing>& messages) {
  for (const auto& message : messages)
    if (const auto* answer = std::get_if<Answer>(&message)) return answer;
  return nullptr;
}

}  // namespace postkamer::broker
