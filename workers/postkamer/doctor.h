// SPDX-License-Identifier: EUPL-1.2
//
// `postkamer doctor`: what is missing on this machine, one line each.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace postkamer {

struct Diagnosis {
  bool fine = false;
  std::string what;    // "settings", "language nld", ...
  std::string detail;  // what was found, and when not fine what to do
};

// Looks; changes nothing.
std::vector<Diagnosis> diagnose(const std::filesystem::path& config);

// Prints the diagnoses. Gives kOk when all is fine, else kFailed.
int doctor_command(const std::filesystem::path& config, bool json);

}  // namespace postkamer
