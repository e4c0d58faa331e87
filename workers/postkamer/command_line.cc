// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/command_line.h"

#include <iostream>
#include <utility>

#include "workers/postkamer/exit_codes.h"

namespace postkamer {

using CLI::App;

namespace {

void add_client_options(App* sub, CommandLine& line) {
  sub->add_option("--dir", line.client.dir, "the mailroom's data folder");
  sub->add_flag("--json", line.json, "print the answer as JSON");
}

}  // namespace

App* verb(App& parent, CommandLine& line, const char* name, const char* help,
          std::function<int()> act) {
  App* sub = parent.add_subcommand(name, help);
  sub->callback([&line, act = std::move(act)] { line.act = act; });
  return sub;
}

std::function<int()> asking(CommandLine& line, std::function<int()> act) {
  return [&line, act = std::move(act)] {
    line.client.json = line.json;
    if (line.client.dir.empty()) {
      const auto settings = host::load_settings(line.config);
      if (!settings) {
        std::cerr << settings.error().message << '\n';
        return exit_code::kConfig;
      }
      line.client.dir = settings->data;
    }
    return act();
  };
}

App* asking_verb(App& parent, CommandLine& line, const char* name, const char* help,
                 std::function<int()> act) {
  App* sub = verb(parent, line, name, help, asking(line, std::move(act)));
  add_client_options(sub, line);
  return sub;
}

}  // namespace postkamer
