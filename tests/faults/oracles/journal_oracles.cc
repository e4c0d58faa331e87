// SPDX-License-Identifier: EUPL-1.2
#include "tests/faults/oracles/journal_oracles.h"

#include <set>

#include "workers/journal/audit.h"
#include "workers/journal/ledger.h"

namespace postkamer::faults {
namespace {

constexpr int kAll = 1 << 20;

}  // namespace

Violations ledger_violations(journal::Reader& reader, const std::string& batch, std::size_t files) {
  Violations found;
  const auto id = *reader.batch_named(batch);
  if (!id) return {"O1: there is no batch " + batch};
  const auto contents = *reader.contents(*id);
  const journal::Ledger ledger = journal::ledger_of(contents);
  if (!ledger.balanced) found.emplace_back("O1: the ledger does not balance");
  if (static_cast<std::size_t>(ledger.files) != files)
    found.push_back("O1: " + std::to_string(ledger.files) + " files, of " + std::to_string(files) +
                    " that were given");
  if (ledger.pages !=
      ledger.pages_in_documents + ledger.separators + ledger.blanks + ledger.quarantined)
    found.emplace_back("O1: a page is nowhere, or in two places");
  for (const auto& document : contents.documents) {
    const auto last = *reader.last_event_of(document.name);
    if (document.state == journal::DocumentState::published && !last)
      found.push_back("O1: " + document.name + " is published and was never told");
    if (!reader.record(document.id)->has_value())
      found.push_back("O1: " + document.name + " has no record");
  }
  return found;
}

Violations stream_violations(journal::Reader& reader, const std::vector<journal::EventRow>& told) {
  Violations found;
  const auto events = *reader.events_after(0, kAll);
  if (*reader.head() != events.size()) found.emplace_back("O3: the head is not the last event");
  std::set<std::string> keys;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (events[i].sequence != i + 1)
      found.push_back("O3: a gap before event " + std::to_string(events[i].sequence));
    if (!keys.insert(events[i].key).second) found.push_back("O3: " + events[i].key + " twice");
  }
  for (const auto& event : told) {
    const bool is_there = event.sequence >= 1 && event.sequence <= events.size();
    const auto* now = is_there ? &events[event.sequence - 1] : nullptr;
    if (now == nullptr || now->key != event.key || now->body != event.body)
      found.push_back("O3: event " + std::to_string(event.sequence) + " was told otherwise");
  }
  return found;
}

Violations audit_violations(journal::Reader& reader) {
  const std::uint64_t broken = journal::first_broken({}, *reader.audit_after(0, kAll));
  if (broken == 0) return {};
  return {"O6: the audit chain is broken at " + std::to_string(broken)};
}

Violations leftover_violations(journal::Reader& reader) {
  const auto jobs = reader.snapshot()->jobs.size();
  if (jobs == 0) return {};
  return {"O7: " + std::to_string(jobs) + " jobs are left over"};
}

}  // namespace postkamer::faults
