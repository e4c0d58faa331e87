// SPDX-License-Identifier: EUPL-1.2
//
// The tables of retention_settings.h out of TOML. Only for what reads settings.
#pragma once

#include <filesystem>

#include "workers/host/retention_settings.h"
#include "workers/host/stream_settings.h"
#include "workers/host/table_reader.h"

namespace postkamer::host {

void read_retention(TableReader& reader, RetentionSettings& settings);

// Relative paths are taken from `folder`.
void read_audit(TableReader& reader, AuditSettings& settings, const std::filesystem::path& folder);

// Once both are known: a record must not live on in the stream. `reader` is that of [retention].
void check_retention(TableReader& reader, const RetentionSettings& settings,
                     const StreamSettings& stream);

}  // namespace postkamer::host
