// SPDX-License-Identifier: EUPL-1.2
//
// `postkamer form test`: tries a form on samples, in this process, and shows what is read where.
#pragma once

#include <filesystem>
#include <ostream>
#include <vector>

namespace postkamer {

struct FormTestOptions {
  std::filesystem::path form;                  // form.toml, or the folder it lies in
  std::vector<std::filesystem::path> samples;  // scans, or folders with scans
  std::filesystem::path overlay;               // folder for PNGs with the zones drawn; empty = none
  std::filesystem::path config;                // settings: limits, OCR languages
};

// Prints for every page of every sample whether it is the form, how well it was registered, and
// each field's reading. The overlays show the zones on the upright page: green read, orange
// doubtful. Gives an exit status of exit_codes.h: kOk when at least one page is of the form.
int form_test_command(const FormTestOptions& options, std::ostream& out, std::ostream& err);

}  // namespace postkamer
