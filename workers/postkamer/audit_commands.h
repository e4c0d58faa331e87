// SPDX-License-Identifier: EUPL-1.2
//
// `postkamer audit`: is the audit what was written; the key that vouches for it; the audit for
// others. None needs a running mailroom.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace CLI {
class App;
}

namespace postkamer {

struct AuditOptions {
  std::filesystem::path config;
  std::filesystem::path dir;          // the mailroom's data folder; empty = as the settings say
  std::filesystem::path checkpoints;  // folder; empty = as the settings say
  std::string key;                    // public; empty = of the key file that the settings name
  std::string name = "postkamer";     // of a new key
  std::uint64_t from = 0;
  bool json = false;
};

// Prints the verdict, and the first row that is wrong or missing. Ends with kOk when the audit is
// intact, else with the verdict's own status: kAuditAltered, kAuditRewritten, kAuditTailMissing,
// kAuditForeign.
int audit_verify_command(const AuditOptions& options);

// Makes the key that signs checkpoints unless it is there, and prints the public one.
int audit_key_command(const AuditOptions& options);

// Prints the rows after number `from`, each as a processing action of VNG's Verwerkingenlogging
// (0.9), one JSON object a line.
int audit_export_command(const AuditOptions& options);

// The verbs. Once the line is parsed, `act` is what to do, with the settings file of `config`.
void add_audit_verbs(CLI::App& app, AuditOptions& options, const std::filesystem::path& config,
                     std::function<int()>& act);

}  // namespace postkamer
