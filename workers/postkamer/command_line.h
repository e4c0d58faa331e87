// SPDX-License-Identifier: EUPL-1.2
//
// What the verbs of the command share while its line is read. For command*.cc only.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "workers/host/settings.h"
#include "workers/postkamer/archive_commands.h"
#include "workers/postkamer/audit_commands.h"
#include "workers/postkamer/backup_commands.h"
#include "workers/postkamer/client_commands.h"
#include "workers/postkamer/form_teach.h"
#include "workers/postkamer/form_test.h"
#include "workers/postkamer/run_command.h"
#include "workers/postkamer/schema_command.h"
#include "workers/postkamer/separator_commands.h"
#include "workers/postkamer/sink_commands.h"

namespace postkamer {

// Everything the verbs fill in, and what to do once the line is parsed.
struct CommandLine {
  std::filesystem::path config = host::default_settings_file();
  RunOptions run;
  ClientOptions client;
  ArchiveOptions archive;
  FormTestOptions form_test;
  FormTeachOptions form_teach;
  SchemaOptions schema;
  SinkOptions sink;
  SeparatorOptions separators;
  BackupVerbs backup;
  AuditOptions audit;
  std::string batch, document, inbox, subscriber, received, page;
  bool accept_missing = false;
  Amendment amendment;  // of a person on a document
  std::vector<std::filesystem::path> files;
  std::filesystem::path from_file, to_file, values_file, layout_file;
  std::optional<std::uint64_t> from;
  std::uint64_t to = 0;
  bool json = false;
  std::function<int()> act;
};

// A verb of `parent` that does `act` once the line is read.
CLI::App* verb(CLI::App& parent, CommandLine& line, const char* name, const char* help,
               std::function<int()> act);

// Verbs that ask a running mailroom find it by --dir, else by the settings.
std::function<int()> asking(CommandLine& line, std::function<int()> act);
CLI::App* asking_verb(CLI::App& parent, CommandLine& line, const char* name, const char* help,
                      std::function<int()> act);

// command_batches.cc
void add_batches(CLI::App& app, CommandLine& line);
void add_ledger(CLI::App& app, CommandLine& line);

}  // namespace postkamer
