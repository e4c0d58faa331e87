// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/audit_commands.h"

#include <sodium.h>

#include <iostream>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "workers/host/process.h"
#include "workers/host/settings.h"
#include "workers/journal/audit.h"
#include "workers/journal/audit_check.h"
#include "workers/journal/audit_key.h"
#include "workers/journal/sqlite_journal.h"
#include "workers/postkamer/exit_codes.h"
#include "workers/postkamer/processing_log.h"

namespace postkamer {
namespace {

using journal::AuditReport;
using journal::AuditVerdict;
using nlohmann::json;

constexpr int kRowsAtOnce = 1'000;

int complain(const Error& error) {
  std::cerr << error.message << '\n';
  if (error.code == ErrorCode::unavailable) return exit_code::kNotFound;
  return error.code == ErrorCode::invalid_config ? exit_code::kConfig : exit_code::kFailed;
}

int status_of(AuditVerdict verdict) {
  switch (verdict) {
    case AuditVerdict::intact: return exit_code::kOk;
    case AuditVerdict::row_altered: return exit_code::kAuditAltered;
    case AuditVerdict::chain_rewritten: return exit_code::kAuditRewritten;
    case AuditVerdict::tail_missing: return exit_code::kAuditTailMissing;
    case AuditVerdict::checkpoint_foreign: return exit_code::kAuditForeign;
  }
  return exit_code::kFailed;
}

std::filesystem::path data_folder(const AuditOptions& options, const host::Settings& settings) {
  return options.dir.empty() ? settings.data : options.dir;
}

Result<journal::NoteVerifier> verifier_of(const AuditOptions& options,
                                          const host::Settings& settings) {
  if (!options.key.empty()) return journal::NoteVerifier::parse(options.key);
  PK_TRY(signer, journal::read_audit_key(settings.audit.key));
  if (signer) return signer->verifier();
  return fail(ErrorCode::invalid_config, "audit_key_missing",
              "verifying the audit: " + settings.audit.key.string() +
                  " is not there; give the public key with --key");
}

struct Verified {
  AuditReport report;
  bool has_checkpoints = false;
};

Result<Verified> verified(const AuditOptions& options) {
  PK_TRY(settings, host::load_settings(options.config));
  const auto folder =
      options.checkpoints.empty() ? settings.audit.checkpoints : options.checkpoints;
  PK_TRY(notes, journal::CheckpointFolder(folder).notes());
  journal::NoteVerifier verifier;
  if (!notes.empty()) {
    PK_TRY(known, verifier_of(options, settings));
    verifier = std::move(known);
  }
  PK_TRY(reader, journal::open_reader(host::Layout{data_folder(options, settings)}.journal()));
  PK_TRY(report, journal::check_audit(*reader, notes, verifier));
  return Verified{std::move(report), !notes.empty()};
}

json to_json(const AuditReport& report) {
  auto restores = json::array();
  for (const auto& row : report.restores)
    restores.push_back({{"seq", row.number}, {"time", row.time}, {"actor", row.actor}});
  return {{"verdict", journal::name_of(report.verdict)},
          {"first_bad", report.first_bad},
          {"last_bad", report.last_bad},
          {"first_row", report.first_row},
          {"last_row", report.last_row},
          {"vouched", report.vouched},
          {"checkpoints", report.checkpoints},
          {"too_old", report.too_old},
          {"foreign", report.foreign},
          {"damaged", report.damaged},
          {"lost_in_restore", report.lost},
          {"restores", std::move(restores)}};
}

std::string sentence(const AuditReport& report) {
  switch (report.verdict) {
    case AuditVerdict::intact: return "every row is as it was written";
    case AuditVerdict::row_altered:
      return fmt::format("row {} was changed, removed, put in or moved", report.first_bad);
    case AuditVerdict::chain_rewritten:
      return fmt::format(
          "the rows fit each other, but not what was signed of them: the first that was made anew "
          "is one of {} to {}",
          report.first_bad, report.last_bad);
    case AuditVerdict::tail_missing:
      return fmt::format("rows from {} on were there when a checkpoint was signed, and are gone",
                         report.first_bad);
    case AuditVerdict::checkpoint_foreign:
      return "every row is as it was written, but there are checkpoints of another journal, or "
             "signed by another key";
  }
  return {};
}

void print(const Verified& verified) {
  const AuditReport& report = verified.report;
  std::cout << fmt::format("{}: {}\n", journal::name_of(report.verdict), sentence(report));
  std::cout << fmt::format("rows {} to {}; {} of them vouched for by {} checkpoints\n",
                           report.first_row, report.last_row, report.vouched, report.checkpoints);
  if (!verified.has_checkpoints)
    std::cout
        << "no checkpoints: whether the end is missing, or all was made anew, cannot be told\n";
  for (const auto& row : report.restores)
    std::cout << fmt::format("row {}: put back from a backup on {} by {}\n", row.number, row.time,
                             row.actor);
  const auto tell = [](int count, const char* what) {
    if (count > 0) std::cout << count << ' ' << what << '\n';
  };
  tell(report.lost, "checkpoints are of rows that a restore told of above took away");
  tell(report.too_old, "checkpoints are of rows that are not kept any more");
  tell(report.foreign, "checkpoints are of another journal or signed by another key");
  tell(report.damaged, "checkpoints cannot be read, as a power cut leaves them");
}

Result<void> export_rows(const AuditOptions& options) {
  PK_TRY(settings, host::load_settings(options.config));
  PK_TRY(reader, journal::open_reader(host::Layout{data_folder(options, settings)}.journal()));
  for (std::uint64_t after = options.from;;) {
    PK_TRY(rows, reader->audit_after(after, kRowsAtOnce));
    if (rows.empty()) return {};
    for (const auto& row : rows)
      std::cout << processing_action(row, settings.source, settings.retention.audit_days).dump()
                << '\n';
    after = rows.back().number;
  }
}

}  // namespace

int audit_verify_command(const AuditOptions& options) {
  if (sodium_init() < 0) return exit_code::kFailed;
  const auto found = verified(options);
  if (!found) return complain(found.error());
  if (options.json)
    std::cout << to_json(found->report).dump(2) << '\n';
  else
    print(*found);
  return status_of(found->report.verdict);
}

int audit_key_command(const AuditOptions& options) {
  if (sodium_init() < 0) return exit_code::kFailed;
  const auto settings = host::load_settings(options.config);
  if (!settings) return complain(settings.error());
  auto known = journal::read_audit_key(settings->audit.key);
  if (!known) return complain(known.error());
  if (!*known) {
    auto made = journal::make_audit_key(settings->audit.key, options.name);
    if (!made) return complain(made.error());
    std::cerr << "made " << settings->audit.key.string() << "; the public key:\n";
    *known = std::move(*made);
  }
  std::cout << (*known)->verifier().text() << '\n';
  return exit_code::kOk;
}

int audit_export_command(const AuditOptions& options) {
  const auto done = export_rows(options);
  return done ? exit_code::kOk : complain(done.error());
}

void add_audit_verbs(CLI::App& app, AuditOptions& options, const std::filesystem::path& config,
                     std::function<int()>& act) {
  CLI::App* audit = app.add_subcommand("audit", "what was done, by whom, and whether that stands");
  audit->require_subcommand(1);
  const auto verb = [&](const char* name, const char* help, int (*does)(const AuditOptions&)) {
    CLI::App* sub = audit->add_subcommand(name, help);
    sub->callback([&options, &config, &act, does] {
      options.config = config;
      act = [&options, does] { return does(options); };
    });
    return sub;
  };
  CLI::App* verify = verb("verify", "is the audit what was written", audit_verify_command);
  verify->add_option("--dir", options.dir, "the mailroom's data folder");
  verify->add_option("--checkpoints", options.checkpoints, "folder of its signed checkpoints");
  verify->add_option("--key", options.key, "public key that signed them, as `audit key` prints it");
  verify->add_flag("--json", options.json, "print the verdict as JSON");
  CLI::App* key =
      verb("key", "make the key that signs checkpoints; print the public one", audit_key_command);
  key->add_option("--name", options.name, "of a new key, without spaces and '+'")
      ->check(CLI::Validator(
          [](const std::string& text) {
            return text.empty() || text.find_first_of(" +\n") != std::string::npos
                       ? std::string("a name without spaces and '+'")
                       : std::string();
          },
          "NAME"));
  CLI::App* rows =
      verb("export", "the rows as processing actions (Verwerkingenlogging), JSON lines",
           audit_export_command);
  rows->add_option("--dir", options.dir, "the mailroom's data folder");
  rows->add_option("--from", options.from, "after this row");
}

}  // namespace postkamer
