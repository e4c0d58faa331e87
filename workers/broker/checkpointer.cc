// SPDX-License-Identifier: EUPL-1.2
#include "workers/broker/checkpointer.h"

#include <limits>
#include <utility>

#include <nlohmann/json.hpp>

#include "workers/journal/audit_check.h"

namespace postkamer::broker {

Result<Checkpointer> Checkpointer::open(CheckpointPolicy policy, journal::Reader& reader) {
  PK_TRY(id, reader.audit_id());
  return Checkpointer(std::move(policy), reader, journal::checkpoint_origin(id));
}

Result<std::optional<journal::Audit>> Checkpointer::differs() const {
  if (!policy_.signer) return std::nullopt;
  const journal::CheckpointFolder folder(policy_.folder);
  PK_TRY(notes, folder.notes());
  std::optional<journal::Checkpoint> last;
  for (auto note = notes.rbegin(); note != notes.rend() && !last; ++note) {
    const auto opened = journal::open_note(*note, policy_.signer->verifier());
    if (opened.state != journal::NoteState::genuine) continue;
    last = journal::checkpoint_from(opened.text);
    if (last && last->origin != origin_) last.reset();
  }
  PK_TRY(anchor, reader_->audit_anchor());
  if (!last || last->size <= anchor.number) return std::nullopt;
  PK_TRY(rows, reader_->audit_after(last->size - 1, 1));
  const bool fits =
      !rows.empty() && rows.front().number == last->size && rows.front().hash == last->hash;
  if (fits) return std::nullopt;
  return journal::Audit{"audit_differs_from_checkpoint", "audit",
                        nlohmann::json{{"size", last->size}, {"time", last->time}}.dump()};
}

Result<void> Checkpointer::make(std::int64_t now, const std::string& time, bool at_once) {
  if (!policy_.signer) return {};
  PK_TRY(head, reader_->audit_head());
  if (head.number <= size_) return {};
  const bool is_much = head.number - size_ >= policy_.rows && !has_failed_;
  if (!at_once && !is_much && now - made_at_ < policy_.milliseconds) return {};
  // A folder that is away is not asked for all the time.
  made_at_ = now;
  has_failed_ = true;
  const journal::CheckpointFolder folder(policy_.folder);
  PK_CHECK(folder.append({origin_, head.number, head.hash, time}, *policy_.signer));
  size_ = head.number;
  has_failed_ = false;
  return {};
}

std::uint64_t Checkpointer::vouched() const {
  return policy_.signer ? size_ : std::numeric_limits<std::uint64_t>::max();
}

}  // namespace postkamer::broker
