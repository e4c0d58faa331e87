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
#include "workers/host/splitting_settings.h"

namespace postkamer::host {

struct InboxPlace {
  const std::string& file;
  const std::filesystem::path& folder;  // relative paths are taken from it
  SplittingSettings& splitting;         // gets what an inbox has of its own
};

// Adds what is wrong to `mistakes`.
std::vector<InboxSettings> read_inboxes(const toml::array& tables, const InboxPlace& place,
                                        std::vector<forms::Mistake>& mistakes);

}  // namespace postkamer::host
