// SPDX-License-Identifier: EUPL-1.2
//
// A form type that was learned from samples: what taught.json holds.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "classifiers/taught/page_text.h"
#include "pipeline/base/error.h"

namespace postkamer::taught {

// A run that at least two samples have in common: it is printed, not filled in.
struct PrintedRun {
  Run run;          // as read where it was read most like elsewhere
  int samples = 0;  // that show it, >= 2
  bool operator==(const PrintedRun&) const = default;
};

// One sample, as the printed runs it shows. Samples of one revision are near copies; that of
// another revision is another set. So revisions need not be told.
using Sample = std::vector<int>;  // indices of runs, rising

struct TaughtForm {
  std::string id;  // of lower-case letters, digits and '-'
  std::string version;
  std::string title;
  std::vector<PrintedRun> runs;
  std::vector<Sample> samples;
  bool operator==(const TaughtForm&) const = default;
};

// How much a run tells. A heading (few words near the top) names the form and weighs most; a short
// word may stand on any page.
bool is_heading(const Run& run);
double weight_of(const Run& run);

inline constexpr std::string_view kTaughtFile = "taught.json";

// Pretty: a person may look through the runs and strike those that are nobody's business.
std::string json_of(const TaughtForm& form);

// Fails with: invalid_config (taught_invalid) telling what was expected.
Result<TaughtForm> taught_form_from(std::string_view json);

}  // namespace postkamer::taught
