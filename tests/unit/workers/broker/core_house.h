// SPDX-License-Identifier: EUPL-1.2
//
// A core with a journal in memory and a clock that is turned by hand: what the tests of the broker
// drive. Steps are committed before their messages are handed on, as the shell does.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "workers/broker/core.h"
#include "workers/journal/ledger.h"
#include "workers/journal/memory_journal.h"

namespace postkamer::broker {

// One document a separator, every page else of one form or unknown.
class PlainRecipe : public Recipe {
 public:
  [[nodiscard]] SeparationRules separation(const journal::BatchRow&) const override { return {}; }
  [[nodiscard]] std::vector<SplitPart> split(
      const journal::BatchRow& batch, const std::vector<journal::PageRow>& pages) const override;
  [[nodiscard]] AssembledDigest unread_record(const journal::DocumentRow& document,
                                              const journal::BatchRow& batch,
                                              const std::string& reason) const override;
};

// What an honest worker answers to `job`. The scan's sha256 says what is in the file: one letter a
// page, k = known form, u = unknown, m = looks like a form and is not, b = blank, s = separator.
Digest honest_answer(const journal::JobRow& job, journal::Reader& reader);

AssembledDigest record_digest(const std::string& document, RecordStatus status, int revision = 1);

class CoreHouse {
 public:
  CoreHouse();

  // Commits, then keeps the messages; gives those of this step.
  std::vector<Outgoing> step(const Input& input);
  // The process ends and starts again: memory is gone, the journal stays.
  void restart();
  void pass(std::int64_t milliseconds) { time_ += milliseconds; }

  // Opens a batch and submits files; gives the batch's name.
  std::string open(journal::PublishPolicy policy = journal::PublishPolicy::settled,
                   int expected_sheets = 0);
  nlohmann::json submit(const std::string& batch, const std::string& content, int copy = 0);
  void close(const std::string& batch);

  void ready(const std::string& worker, std::vector<flow::JobKind> kinds = every_kind(),
             int credit = 1);
  static std::vector<flow::JobKind> every_kind();

  // Tasks sent and not yet answered, oldest first; those of one kind with `take`.
  std::deque<SendTask> tasks;
  std::optional<SendTask> take(flow::JobKind kind);
  // Answers a task honestly, or every one until there are none.
  std::vector<Outgoing> answer(const SendTask& task);
  void answer_all();

  [[nodiscard]] journal::Ledger ledger(const std::string& batch);
  [[nodiscard]] std::vector<std::string> event_keys();
  [[nodiscard]] journal::BatchState state(const std::string& batch);

  Core& core() { return *core_; }
  journal::Journal& journal() { return *journal_; }
  [[nodiscard]] Moment moment() { return {time_, ++steps_}; }

 private:
  std::vector<Outgoing> keep(Output output);
  PlainRecipe recipe_;
  std::unique_ptr<journal::Journal> journal_;
  std::unique_ptr<Core> core_;
  std::int64_t time_ = 1'000'000;
  std::uint64_t steps_ = 0;
};

// The first signal of this type, if any.
const SendSignal* signal_of(const std::vector<Outgoing>& messages, wire::MessageType type);
// The answer to a control question.
const Answer* answer_of(const std::vector<Outgoing>& messages);

}  // namespace postkamer::broker
