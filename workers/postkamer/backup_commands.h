// SPDX-License-Identifier: EUPL-1.2
//
// `postkamer backup` and `postkamer restore`: what backup.h does, told to a person.
#pragma once

#include <filesystem>
#include <functional>

#include <CLI/CLI.hpp>

#include "workers/postkamer/backup.h"

namespace postkamer {

// What is typed after the two verbs.
struct BackupVerbs {
  BackupPlan backup;
  RestorePlan restore;
  bool json = false;
};

// Adds them to the command line. The one that is typed becomes `act`, with the data folder of the
// settings in `config` where --dir is left out. All three outlive the parsing.
void add_backup_verbs(CLI::App& app, BackupVerbs& verbs, const std::filesystem::path& config,
                      std::function<int()>& act);

// Gives kOk; kConfig or kFailed with the reason on stderr.
int backup_command(const BackupPlan& plan, bool json);
int restore_command(const RestorePlan& plan, bool json);

}  // namespace postkamer
