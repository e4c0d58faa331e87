// SPDX-License-Identifier: EUPL-1.2
//
// `postkamer form teach` and `form recognise`: form types learned from filled samples, without
// zones.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

namespace postkamer {

struct FormTeachOptions {
  std::string name;                            // becomes the form's id; teach only
  std::string title;                           // empty = the name
  std::vector<std::filesystem::path> samples;  // scans, or folders with scans
  std::filesystem::path forms;                 // folder of form definitions; empty = the settings'
  std::filesystem::path words;                 // where words of pages are kept; empty = nowhere
  std::filesystem::path config;
};

// Learns a form type from the first page of every sample and writes FORMS/NAME/1/taught.json; what
// was taught under the name before is replaced. A sample that cannot be read is told on `err` and
// left out. Gives: kOk, kUsage for a name that is none, kConfig, kFailed.
int form_teach_command(const FormTeachOptions& options, std::ostream& out, std::ostream& err);

// Tells of every scan which taught form its first page is, or "unknown", one line each, tabs
// between: file name, form, probability, coverage of the likest form. What `run` decides on
// documents that are no form with zones, without reading their other pages.
// Gives: kOk, kNotFound when no form has been taught, kConfig, kFailed.
int form_recognise_command(const FormTeachOptions& options, std::ostream& out, std::ostream& err);

}  // namespace postkamer
