// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/key_verbs.h"

#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>

#include "workers/postkamer/key_commands.h"
#include "workers/postkamer/worker_command.h"

namespace postkamer {
namespace {

using CLI::App;

void add_new(App& keys, const std::shared_ptr<KeyOptions>& options,
             const std::function<std::function<void()>(int (*)(const KeyOptions&, std::ostream&,
                                                               std::ostream&))>& doing) {
  App* fresh = keys.add_subcommand("new", "a key for a peer; its file is the peer's alone");
  fresh->callback(doing(keys_new_command));
  wire::Grant& grant = options->key.grant;
  fresh->add_option("name", grant.name, "a-z, 0-9 and '-'")->required();
  fresh->add_option("--role", options->role, "worker, subscriber or client")->required();
  fresh->add_option("--kinds", grant.kinds, "of a worker: job kinds")->delimiter(',');
  fresh->add_option("--subscribers", grant.subscribers, "of a subscriber: names in the settings")
      ->delimiter(',');
  fresh
      ->add_option("--scopes", grant.scopes,
                   "of a client: status,review,batches; a subscriber: bsn")
      ->delimiter(',');
  fresh->add_option("--not-after", options->key.not_after, "last day, yyyy-mm-dd");
  fresh->add_option("--public", options->key.public_key,
                    "public key of a pair that the peer made itself");
  fresh->add_option("--out", options->out, "file to write; NAME.key");
}

void add_worker(App& app, const std::filesystem::path& config, std::function<int()>& act) {
  const auto options = std::make_shared<WorkerCommandOptions>();
  App* worker = app.add_subcommand("worker", "workers for a mailroom on another machine");
  worker->callback([options, &config, &act] {
    act = [options, &config] {
      options->config = config;
      return worker_command(*options);
    };
  });
  worker->add_option("kinds", options->processes, "KIND or KIND=NUMBER, as ocr=4")->required();
  worker->add_option("--key", options->key, "key file of this machine")->required();
  worker->add_option("--address", options->address, "of the mailroom, instead of the key file's");
}

}  // namespace

void add_key_verbs(App& app, const std::filesystem::path& config, std::function<int()>& act) {
  App* keys = app.add_subcommand("keys", "who may come in from other machines");
  keys->require_subcommand(1);
  const auto options = std::make_shared<KeyOptions>();
  const auto doing = [&act, &config,
                      options](int (*command)(const KeyOptions&, std::ostream&, std::ostream&)) {
    return [&act, &config, options, command] {
      act = [&config, options, command] {
        options->config = config;
        return command(*options, std::cout, std::cerr);
      };
    };
  };
  add_new(*keys, options, doing);
  App* list = keys->add_subcommand("list", "all keys, and whether they are good");
  list->callback(doing(keys_list_command));
  list->add_flag("--json", options->json, "print them as JSON");
  App* revoke = keys->add_subcommand("revoke", "nobody is heard with this key any more");
  revoke->callback(doing(keys_revoke_command));
  revoke->add_option("name", options->key.grant.name, "as list shows it")->required();
  add_worker(app, config, act);
}

}  // namespace postkamer
