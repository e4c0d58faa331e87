// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/retention_settings.h"

#include "workers/host/retention_reader.h"

namespace postkamer::host {
namespace {

constexpr int kMostDays = 36'500;
constexpr int kLeastAuditDays = 183;  // BIO2 8.18.02: half a year of it must be there
constexpr int kMostHours = 24 * 365;

}  // namespace

AuditSettings audit_beside(const std::filesystem::path& data) {
  const auto normal = data.lexically_normal();
  const auto folder = (normal.has_filename() ? normal : normal.parent_path()).parent_path();
  return {folder / "checkpoints", folder / "audit.key", false};
}

void read_retention(TableReader& reader, RetentionSettings& settings) {
  reader.number("intermediate_days", settings.intermediate_days, 0, kMostDays);
  reader.flag("drop_intermediate_when_archived", settings.drop_intermediate_when_archived);
  reader.number("originals_days", settings.originals_days, 0, kMostDays);
  reader.number("records_days", settings.records_days, 0, kMostDays);
  reader.number("audit_days", settings.audit_days, 0, kMostDays);
  reader.number("clock_days", settings.clock_days, 1, kMostDays);
  reader.number("orphan_hours", settings.orphan_hours, 1, kMostHours);
  if (settings.audit_days > 0 && settings.audit_days < kLeastAuditDays)
    reader.wrong(*reader.look("audit_days"), "audit_days", "0, or 183 days (half a year) at least");
}

void read_audit(TableReader& reader, AuditSettings& settings, const std::filesystem::path& folder) {
  const auto checkpoints = reader.path("checkpoints", folder);
  const auto key = reader.path("key", folder);
  settings.is_elsewhere = !checkpoints.empty();
  if (settings.is_elsewhere) settings.checkpoints = checkpoints;
  if (!key.empty()) settings.key = key;
}

void check_retention(TableReader& reader, const RetentionSettings& settings,
                     const StreamSettings& stream) {
  const int kept = stream.keep_days;
  const int waited = stream.wait_days;
  if (settings.records_days == 0) return;
  if (kept == 0 || kept > settings.records_days || waited == 0 || waited > settings.records_days)
    reader.wrong(*reader.look("records_days"), "records_days",
                 fmt::format("no fewer days than events are kept in [stream]: there keep_days is "
                             "{} and wait_days {} (0 = for ever), and events hold records too",
                             kept, waited));
}

}  // namespace postkamer::host
