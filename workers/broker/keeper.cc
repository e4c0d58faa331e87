// SPDX-License-Identifier: EUPL-1.2
#include "workers/broker/keeper.h"

#include <algorithm>
#include <utility>

#include "workers/broker/core.h"
#include "workers/broker/retention.h"
#include "workers/journal/audit.h"

namespace postkamer::broker {
namespace {

using journal::Kept;
using nlohmann::json;

constexpr int kAtOnce = 64;                 // scans or batches in one transaction
constexpr std::size_t kSweepAtOnce = 256;   // blobs
constexpr std::int64_t kBetweenLooks = 60;  // seconds; all of the blob store in some four hours
constexpr std::int64_t kHour = 3'600;

// Later than any time that is written down.
constexpr const char* kAlways = "9";

}  // namespace

Keeper::Keeper(const host::RetentionSettings& settings, journal::Reader& reader,
               const journal::BlobStore& blobs)
    : settings_(settings), reader_(reader), blobs_(blobs) {}

Result<journal::Operations> Keeper::due(std::int64_t now, std::uint64_t vouched) {
  journal::Operations due;
  if (settings_.drop_intermediate_when_archived || settings_.intermediate_days > 0)
    PK_CHECK(add_due(Kept::intermediate, now,
                     settings_.drop_intermediate_when_archived ? 0 : settings_.intermediate_days,
                     due));
  if (settings_.originals_days > 0)
    PK_CHECK(add_due(Kept::originals, now, settings_.originals_days, due));
  if (settings_.records_days > 0)
    PK_CHECK(add_due(Kept::records, now, settings_.records_days, due));
  if (settings_.audit_days > 0) PK_CHECK(add_old_audit(now, vouched, due));
  return due;
}

Result<void> Keeper::add_due(Kept kept, std::int64_t now, int days, journal::Operations& due) {
  const std::string before = days == 0 ? kAlways : days_before(now, days);
  PK_TRY(ids, reader_.droppable(kept, before, 0, kAtOnce));
  for (const journal::Id id : ids) {
    const journal::Drop drop{kept, id};
    PK_TRY(names, reader_.blobs_of(drop));
    std::string subject = scan_name(id);
    if (kept != Kept::intermediate) {
      PK_TRY(batch, reader_.batch(id));
      subject = batch ? batch->name : "";
    }
    // Only the broker itself puts pictures of stages.
    const std::int64_t seconds = kept == Kept::intermediate ? 0 : kHour;
    for (std::string& name : names) released_.push_back({std::move(name), seconds});
    due.emplace_back(drop);
    due.emplace_back(journal::Audit{std::string(journal::name_of(kept)) + "_dropped", subject,
                                    json{{"days", days}, {"blobs", names.size()}}.dump()});
    ++(kept == Kept::intermediate ? scans_ : kept == Kept::originals ? originals_ : records_);
  }
  return {};
}

Result<void> Keeper::add_old_audit(std::int64_t now, std::uint64_t vouched,
                                   journal::Operations& due) {
  PK_TRY(past, reader_.last_audit_before(days_before(now, settings_.audit_days)));
  PK_TRY(anchor, reader_.audit_anchor());
  const std::uint64_t up_to = std::min(past, vouched);
  if (up_to <= anchor.number) return {};
  PK_TRY(rows, reader_.audit_after(up_to - 1, 1));
  if (rows.empty() || rows.front().number != up_to) return {};
  due.emplace_back(journal::Audit{std::string(journal::kAuditDropped), "audit",
                                  json{{"to", up_to}, {"hash", rows.front().hash}}.dump()});
  due.emplace_back(journal::DropAudit{up_to});
  return {};
}

Result<journal::Operations> Keeper::sweep(std::int64_t now) {
  if (released_.empty() && now >= next_look_) {
    const std::int64_t grace = settings_.orphan_hours * kHour;
    for (std::string& name : blobs_.older(next_byte_, grace))
      released_.push_back({std::move(name), grace});
    next_byte_ = (next_byte_ + 1) % 256;
    next_look_ = now + kBetweenLooks;
  }
  std::uint64_t count = 0;
  for (std::size_t n = 0; n < kSweepAtOnce && !released_.empty(); ++n) {
    const Released one = std::move(released_.front());
    released_.pop_front();
    PK_TRY(is_referenced, reader_.is_referenced(one.sha256));
    if (!is_referenced && blobs_.remove(one.sha256, one.seconds)) ++count;
  }
  journal::Operations told;
  if (count > 0)
    told.emplace_back(journal::Audit{"blobs_removed", "blobs", json{{"count", count}}.dump()});
  removed_ += count;
  return told;
}

Result<json> Keeper::status(std::int64_t now) {
  json status{{"intermediate_days", settings_.intermediate_days},
              {"at_once", settings_.drop_intermediate_when_archived},
              {"originals_days", settings_.originals_days},
              {"records_days", settings_.records_days},
              {"audit_days", settings_.audit_days},
              {"scans_dropped", scans_},
              {"originals_dropped", originals_},
              {"records_dropped", records_},
              {"blobs_removed", removed_},
              {"unproven", 0}};
  if (settings_.originals_days == 0) return status;
  PK_TRY(unproven, reader_.unproven(days_before(now, settings_.originals_days)));
  status["unproven"] = unproven;
  return status;
}

}  // namespace postkamer::broker
