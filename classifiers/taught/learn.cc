// SPDX-License-Identifier: EUPL-1.2
#include "classifiers/taught/learn.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "classifiers/taught/approximate.h"

namespace postkamer::taught {
namespace {

constexpr double kSameLetters = 0.75;  // a quarter of the letters may be misread
constexpr double kLongest = 2.0;       // a label may have its value behind it, times its length
constexpr double kFarX = 60.0;         // mm; pages are cropped and stamped differently
constexpr double kFarY = 50.0;
constexpr std::size_t kFewestRuns = 4;

struct Found {
  Run run;
  std::set<int> samples;
};

// The run of `found` that `seen` is, in whichever of the two the other is contained.
Found* same_as(std::vector<Found>& found, const Run& seen) {
  for (Found& known : found)
    if (is_same_run(known.run, seen) || is_same_run(seen, known.run)) return &known;
  return nullptr;
}

std::vector<Found> runs_of(const std::vector<PageText>& samples) {
  std::vector<Found> found;
  for (std::size_t i = 0; i < samples.size(); ++i)
    for (const Run& run : samples[i].runs) {
      const auto sample = static_cast<int>(i);
      Found* known = same_as(found, run);
      if (known == nullptr) {
        found.push_back({run, {sample}});
        continue;
      }
      known->samples.insert(sample);
      // The shorter has less filled in behind the label.
      if (run.letters.size() < known->run.letters.size()) known->run = run;
    }
  std::erase_if(found, [](const Found& one) { return one.samples.size() < 2; });
  return found;
}

}  // namespace

bool is_same_run(const Run& printed, const Run& seen) {
  const auto length = static_cast<double>(printed.letters.size());
  const auto other = static_cast<double>(seen.letters.size());
  if (other > kLongest * length || other < kSameLetters * length) return false;
  if (std::abs(printed.x - seen.x) > kFarX || std::abs(printed.y - seen.y) > kFarY) return false;
  return found_share(printed.letters, seen.letters) >= kSameLetters;
}

Result<TaughtForm> learn(const std::vector<PageText>& samples) {
  if (samples.size() < kFewestSamples)
    return fail(ErrorCode::invalid_document, "taught_too_few",
                fmt::format("teaching a form: {} samples can be read, at least {} are needed",
                            samples.size(), kFewestSamples));
  const auto found = runs_of(samples);
  if (found.size() < kFewestRuns)
    return fail(ErrorCode::invalid_document, "taught_nothing_common",
                fmt::format("teaching a form: the samples have {} lines of print in common, at "
                            "least {} are needed; are they of one form?",
                            found.size(), kFewestRuns));
  TaughtForm form;
  form.samples.resize(samples.size());
  for (const Found& one : found) {
    for (const int sample : one.samples)
      form.samples[static_cast<std::size_t>(sample)].push_back(static_cast<int>(form.runs.size()));
    form.runs.push_back({one.run, static_cast<int>(one.samples.size())});
  }
  return form;
}

}  // namespace postkamer::taught
