// SPDX-License-Identifier: EUPL-1.2
#include "workers/journal/audit_check.h"

#include <algorithm>
#include <array>
#include <map>

#include <nlohmann/json.hpp>

#include "workers/journal/audit.h"

namespace postkamer::journal {
namespace {

constexpr int kRowsAtOnce = 4'096;
constexpr std::array<std::string_view, 5> kVerdicts{"intact", "row altered", "chain rewritten",
                                                    "tail missing", "checkpoint foreign"};

// Reads every row once: is the chain whole, and which hash has it where a checkpoint looked?
class Walk {
 public:
  explicit Walk(const std::vector<Checkpoint>& checkpoints) {
    for (const Checkpoint& checkpoint : checkpoints) hashes_[checkpoint.size] = "";
  }

  Result<void> over(Reader& reader, AuditReport& report) {
    PK_TRY(anchor, reader.audit_anchor());
    anchor_ = anchor;
    ChainCheck chain(anchor);
    note(anchor.number, anchor.hash);
    for (std::uint64_t after = anchor.number;;) {
      PK_TRY(rows, reader.audit_after(after, kRowsAtOnce));
      for (const AuditRow& row : rows) {
        if (report.first_row == 0) report.first_row = row.number;
        report.last_row = row.number;
        if (report.first_bad == 0) report.first_bad = chain.add(row);
        note(row.number, row.hash);
        look_into(row, report);
      }
      if (rows.empty()) break;
      after = rows.back().number;
    }
    // Rows may be forgotten only by an act that is in the chain.
    if (report.first_bad == 0 && anchor.number != 0 && !is_drop_told_) report.first_bad = 1;
    return {};
  }

  [[nodiscard]] const AuditAnchor& anchor() const { return anchor_; }
  [[nodiscard]] const std::string& hash_at(std::uint64_t size) const { return hashes_.at(size); }

 private:
  void note(std::uint64_t number, const std::string& hash) {
    if (const auto found = hashes_.find(number); found != hashes_.end()) found->second = hash;
  }
  void look_into(const AuditRow& row, AuditReport& report) {
    if (row.what == kMailroomRestored) report.restores.push_back(row);
    if (row.what != kAuditDropped) return;
    const auto told = nlohmann::json::parse(row.detail, nullptr, false);
    is_drop_told_ |= told.is_object() && told.value("to", nlohmann::json()) == anchor_.number &&
                     told.value("hash", nlohmann::json()) == anchor_.hash;
  }

  AuditAnchor anchor_;
  std::map<std::uint64_t, std::string> hashes_;
  bool is_drop_told_ = false;
};

// A restore that came after the checkpoint was made, and before the row it speaks of.
bool is_explained(const Checkpoint& checkpoint, const AuditReport& report) {
  return std::ranges::any_of(report.restores, [&](const AuditRow& restore) {
    return restore.number <= checkpoint.size && restore.time > checkpoint.time;
  });
}

void compare(const std::vector<Checkpoint>& checkpoints, const Walk& walk, AuditReport& report) {
  std::uint64_t rewritten = 0;
  std::uint64_t missing = 0;
  for (const Checkpoint& checkpoint : checkpoints) {  // by size
    const bool is_beyond = checkpoint.size > report.last_row;
    if (checkpoint.size < walk.anchor().number) {
      ++report.too_old;
    } else if (!is_beyond && walk.hash_at(checkpoint.size) == checkpoint.hash) {
      ++report.checkpoints;
      if (rewritten == 0) report.vouched = checkpoint.size;
    } else if (is_explained(checkpoint, report)) {
      ++report.lost;
    } else if (is_beyond) {
      missing = report.last_row + 1;
    } else if (rewritten == 0) {
      rewritten = checkpoint.size;
    }
  }
  if (rewritten != 0) {
    report.verdict = AuditVerdict::chain_rewritten;
    report.first_bad = std::max(report.vouched, walk.anchor().number) + 1;
    report.last_bad = rewritten;
  } else if (missing != 0) {
    report.verdict = AuditVerdict::tail_missing;
    report.first_bad = report.last_bad = missing;
  } else if (report.foreign > 0) {
    report.verdict = AuditVerdict::checkpoint_foreign;
  }
}

}  // namespace

std::string_view name_of(AuditVerdict verdict) {
  return kVerdicts[static_cast<std::size_t>(verdict)];
}

Result<AuditReport> check_audit(Reader& reader, const std::vector<std::string>& notes,
                                const NoteVerifier& verifier) {
  AuditReport report;
  PK_TRY(id, reader.audit_id());
  std::vector<Checkpoint> checkpoints;
  for (const std::string& note : notes) {
    const OpenedNote opened = open_note(note, verifier);
    const auto checkpoint = checkpoint_from(opened.text);
    if (opened.state == NoteState::damaged || !checkpoint)
      ++report.damaged;
    else if (opened.state == NoteState::foreign || checkpoint->origin != checkpoint_origin(id))
      ++report.foreign;
    else
      checkpoints.push_back(*checkpoint);
  }
  std::ranges::stable_sort(checkpoints, {}, &Checkpoint::size);
  Walk walk(checkpoints);
  PK_CHECK(walk.over(reader, report));
  if (report.first_bad != 0) {
    report.verdict = AuditVerdict::row_altered;
    report.last_bad = report.first_bad;
    return report;
  }
  compare(checkpoints, walk, report);
  return report;
}

}  // namespace postkamer::journal
