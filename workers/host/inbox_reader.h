// SPDX-License-Identifier: EUPL-1.2
//
// [[inbox]] tables -> InboxSettings. Part of reading the settings.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <toml++/toml.h>

#include "pipeline/forms/load.h"
#include "workers/host/inbox_settings.h"

namespace postkamer::host {

// Adds what is wrong to `mistakes`; relative paths are taken from `folder`.
std::vector<InboxSettings> read_inboxes(const toml::array& tables, const std::string& file,
                                        const std::filesystem::path& folder,
                                        std::vector<forms::Mistake>& mistakes);

}  // namespace postkamer::host
