// SPDX-License-Identifier: EUPL-1.2
//
// `postkamer inbox`: can a folder be watched, and what waits in those that are.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "workers/host/settings.h"

namespace postkamer {

// One thing tried with a folder.
struct Trial {
  bool fine = false;
  std::string what;   // "schrijven", "hernoemen", ...
  std::string found;  // a Dutch sentence; when not fine with what to do
};

// Tries `inbox` as its door will: rights, file system, writing, renaming into the store, events,
// free space. Leaves nothing behind. `data`: the mailroom's data folder, for the space there.
std::vector<Trial> try_inbox(const host::InboxSettings& inbox, const std::filesystem::path& data);

// `which`: an inbox of the settings by its name or folder, or any other folder, which is tried with
// the settings an inbox has by default. Gives kOk when the folder can be watched, kNotFound when
// there is no such folder, kFailed when it cannot be used, kConfig for wrong settings.
int inbox_test_command(const std::filesystem::path& config, const std::string& which, bool json);

// Every inbox that has a door open, and what waits in it. `inbox`: only that one; empty = all.
// Gives kUnavailable when no door has told anything.
int inbox_list_command(const std::filesystem::path& dir, const std::string& inbox, bool json);

// One line an inbox, for `postkamer status`.
void print_inbox_lines(const std::filesystem::path& dir);

}  // namespace postkamer
