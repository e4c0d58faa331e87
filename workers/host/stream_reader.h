// SPDX-License-Identifier: EUPL-1.2
//
// The tables of stream_settings.h out of TOML. Only for what reads settings.
#pragma once

#include <filesystem>

#include "workers/host/stream_settings.h"
#include "workers/host/table_reader.h"

namespace postkamer::host {

// [stream]. Mistakes go to the reader.
void read_stream(TableReader& reader, StreamSettings& settings);

// One [[subscriber]]; a relative path is taken from `folder`.
SubscriberSettings read_subscriber(TableReader& reader, const std::filesystem::path& folder);

}  // namespace postkamer::host
