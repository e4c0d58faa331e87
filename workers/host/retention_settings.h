// SPDX-License-Identifier: EUPL-1.2
//
// [retention] and [audit] of the settings: what is kept for how long, and where the audit is
// vouched for.
#pragma once

#include <filesystem>

namespace postkamer::host {

// Ages in days; 0 = kept for ever. Events have their own, in [stream].
struct RetentionSettings {
  // What the stages made of a page: straightened pictures, readings, words. From the moment its
  // document was archived and nobody was waited for.
  int intermediate_days = 0;
  bool drop_intermediate_when_archived = false;  // without waiting for an age
  // Files as they came. From the closing of their batch, and only once `postkamer verklaring` has
  // found all its sheets proven.
  int originals_days = 0;
  // Records, archive copies and names of files. From the closing of their batch.
  int records_days = 0;
  int audit_days = 0;
  // Nothing is forgotten by a clock that is further than this ahead of the time that was last
  // believed, until a person confirms it: so long a mailroom may be closed.
  int clock_days = 31;
  int orphan_hours = 24;  // bytes in the blob store that no row speaks of go after this
};

struct AuditSettings {
  std::filesystem::path checkpoints;  // folder; outside the data folder
  std::filesystem::path key;          // file; signs the checkpoints
  bool is_elsewhere = false;          // the settings name the folder; else it is beside the data
};

// Where they are when the settings do not say: beside the data folder.
AuditSettings audit_beside(const std::filesystem::path& data);

}  // namespace postkamer::host
