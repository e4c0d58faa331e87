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
  Run run;          // as in the sample in which it was shortest
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

inline constexpr std::string_view kTaughtFile = "taught.json";

// Pretty: a person may look through the runs and strike those that are nobody's business.
std::string json_of(const TaughtForm& form);

// Fails with: invalid_config (taught_invalid) telling what was expected.
Result<TaughtForm> taught_form_from(std::string_view json);

}  // namespace postkamer::taught
