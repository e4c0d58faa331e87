// SPDX-License-Identifier: EUPL-1.2
//
// The tables of sink_settings.h out of TOML. Only for what reads settings.
#pragma once

#include <filesystem>

#include "workers/host/sink_settings.h"
#include "workers/host/stream_settings.h"
#include "workers/host/table_reader.h"

namespace postkamer::host {

// What a [[sink]] has beside its `subscriber`, which was read before. Relative paths are taken from
// `folder`. Mistakes go to the reader.
SinkSettings read_sink(TableReader& reader, SubscriberSettings& subscriber,
                       const std::filesystem::path& folder);

}  // namespace postkamer::host
