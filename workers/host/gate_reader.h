// SPDX-License-Identifier: EUPL-1.2
//
// The table of gate_settings.h out of TOML. Only for what reads settings.
#pragma once

#include <filesystem>

#include "workers/host/gate_settings.h"
#include "workers/host/table_reader.h"

namespace postkamer::host {

// [gate]. Relative paths are taken from `folder`. Mistakes go to the reader.
GateSettings read_gate(TableReader& reader, const std::filesystem::path& folder);

}  // namespace postkamer::host
