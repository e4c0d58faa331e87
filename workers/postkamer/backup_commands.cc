// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/backup_commands.h"

#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "workers/host/settings.h"
#include "workers/postkamer/exit_codes.h"

namespace postkamer {
namespace {

int complain(const Error& error) {
  std::cerr << error.message << '\n';
  return error.code == ErrorCode::invalid_config ? exit_code::kConfig : exit_code::kFailed;
}

nlohmann::json to_json(const BackupFacts& facts) {
  return {{"made", facts.made},
          {"at_rest", facts.is_at_rest},
          {"event", facts.journal.head},
          {"stream", facts.journal.stream},
          {"audit_row", facts.journal.audit_row},
          {"blobs", facts.blobs},
          {"copied", facts.copied}};
}

int backup_by_settings(BackupVerbs& verbs, const std::filesystem::path& config) {
  if (verbs.backup.data.empty()) {
    const auto settings = host::load_settings(config);
    if (!settings) return complain(settings.error());
    verbs.backup.data = settings->data;
  }
  return backup_command(verbs.backup, verbs.json);
}

}  // namespace

void add_backup_verbs(CLI::App& app, BackupVerbs& verbs, const std::filesystem::path& config,
                      std::function<int()>& act) {
  CLI::App* backup =
      app.add_subcommand("backup", "copy journal and blobs, also while the mailroom works");
  backup->callback([&] { act = [&] { return backup_by_settings(verbs, config); }; });
  backup->add_option("to", verbs.backup.to, "a new folder, on another disk")->required();
  backup->add_option("--dir", verbs.backup.data, "the mailroom's data folder");
  backup->add_option("--previous", verbs.backup.previous,
                     "an earlier backup beside it: what is in there is linked, not copied again");
  CLI::App* restore = app.add_subcommand("restore", "make a mailroom's data folder of a backup");
  restore->callback([&] { act = [&] { return restore_command(verbs.restore, verbs.json); }; });
  restore->add_option("backup", verbs.restore.from, "folder of the backup")->required();
  restore->add_option("--into", verbs.restore.data, "an empty or new folder")->required();
  restore->add_flag("--moved", verbs.restore.is_moved,
                    "nothing happened after the backup: the stream goes on under its own id");
  for (CLI::App* sub : {backup, restore})
    sub->add_flag("--json", verbs.json, "print what was done as JSON");
}

int backup_command(const BackupPlan& plan, bool json) {
  const auto facts = back_up(plan);
  if (!facts) return complain(facts.error());
  if (json)
    std::cout << to_json(*facts).dump(2) << '\n';
  else
    std::cout << fmt::format("backed up {} in {}: up to event {}, {} blobs ({} copied){}\n",
                             plan.data.string(), plan.to.string(), facts->journal.head,
                             facts->blobs, facts->copied,
                             facts->is_at_rest ? ", while no mailroom was at work" : "");
  return exit_code::kOk;
}

int restore_command(const RestorePlan& plan, bool json) {
  const auto facts = restore(plan);
  if (!facts) return complain(facts.error());
  if (json) {
    std::cout << to_json(*facts).dump(2) << '\n';
    return exit_code::kOk;
  }
  std::cout << fmt::format("restored {} as it was at {}: up to event {}, {} blobs, all checked\n",
                           plan.data.string(), facts->made, facts->journal.head, facts->blobs);
  if (plan.is_moved)
    std::cout << "the stream goes on; subscribers notice nothing\n";
  else
    std::cout << "the stream has a new id: subscribers are told and begin again; files that came "
                 "after the backup lie in processed/ of their inbox and are to be fed again\n";
  return exit_code::kOk;
}

}  // namespace postkamer
