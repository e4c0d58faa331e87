// SPDX-License-Identifier: EUPL-1.2
//
// [splitting] and what overrides it -> SplittingSettings. Part of reading the settings.
#pragma once

#include <string>
#include <vector>

#include <toml++/toml.h>

#include "pipeline/forms/load.h"
#include "workers/host/splitting_settings.h"
#include "workers/host/table_reader.h"

namespace postkamer::host {

// [splitting] with its classes. What a table leaves out is as in the general rules.
void read_splitting(const toml::table& table, const std::string& file, SplittingSettings& settings,
                    std::vector<forms::Mistake>& mistakes);

// `splitting` of an inbox, over `general`.
SeparationRules read_rules(const toml::table& table, const std::string& file,
                           const SeparationRules& general, std::vector<forms::Mistake>& mistakes);

}  // namespace postkamer::host
