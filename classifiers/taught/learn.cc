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
constexpr double kLikeAnother = 0.80;  // forms of one house come near 0.75 of each other's print

struct Found {
  std::vector<Run> variants;  // as read on each sample
  std::set<std::size_t> samples;
};

bool is_variant(const Found& found, const Run& seen) {
  const Run& known = found.variants.front();
  return is_same_run(known, seen) || is_same_run(seen, known);
}

// The variant that is found best in all others: read cleanly, and with nothing filled in behind it.
const Run& typical(const Found& found) {
  const auto& variants = found.variants;
  std::size_t best = 0;
  double most = -1.0;
  for (std::size_t i = 0; i < variants.size(); ++i) {
    double sum = 0.0;
    for (const Run& other : variants) sum += found_share(variants[i].letters, other.letters);
    if (sum > most + 1e-9) {
      best = i;
      most = sum;
    }
  }
  return variants[best];
}

std::vector<Found> runs_of(const std::vector<PageText>& samples) {
  std::vector<Found> found;
  for (std::size_t i = 0; i < samples.size(); ++i)
    for (const Run& run : samples[i].runs) {
      const auto known = std::find_if(found.begin(), found.end(),
                                      [&](const Found& one) { return is_variant(one, run); });
      if (known == found.end()) {
        found.push_back({{run}, {i}});
        continue;
      }
      known->samples.insert(i);
      known->variants.push_back(run);
    }
  return found;
}

// The share of the print of `model` that `sample` has.
double covered(const Sample& model, const Sample& sample, const TaughtForm& form) {
  double all = 1.0;
  double found = 0.0;
  for (const int run : model) {
    const double weight = weight_of(form.runs[static_cast<std::size_t>(run)].run);
    all += weight;
    if (std::binary_search(sample.begin(), sample.end(), run)) found += weight;
  }
  return found / all;
}

std::vector<std::size_t> unlike_samples(const TaughtForm& form) {
  std::vector<std::size_t> unlike;
  for (std::size_t i = 0; i < form.samples.size(); ++i) {
    double best = 0.0;
    for (std::size_t other = 0; other < form.samples.size(); ++other)
      if (other != i) best = std::max(best, covered(form.samples[other], form.samples[i], form));
    if (best < kLikeAnother) unlike.push_back(i);
  }
  return unlike;
}

TaughtForm common_print(const std::vector<PageText>& samples) {
  TaughtForm form;
  form.samples.resize(samples.size());
  for (const Found& one : runs_of(samples)) {
    if (one.samples.size() < 2) continue;
    for (const std::size_t sample : one.samples)
      form.samples[sample].push_back(static_cast<int>(form.runs.size()));
    form.runs.push_back({typical(one), static_cast<int>(one.samples.size())});
  }
  return form;
}

std::vector<PageText> without(std::vector<PageText> samples,
                              const std::vector<std::size_t>& left_out) {
  for (auto at = left_out.rbegin(); at != left_out.rend(); ++at)
    samples.erase(samples.begin() + static_cast<std::ptrdiff_t>(*at));
  return samples;
}

}  // namespace

bool is_same_run(const Run& printed, const Run& seen) {
  const auto length = static_cast<double>(printed.letters.size());
  const auto other = static_cast<double>(seen.letters.size());
  if (other > kLongest * length || other < kSameLetters * length) return false;
  if (std::abs(printed.x - seen.x) > kFarX || std::abs(printed.y - seen.y) > kFarY) return false;
  return found_share(printed.letters, seen.letters) >= kSameLetters;
}

Result<Lesson> learn(const std::vector<PageText>& samples) {
  if (samples.size() < kFewestSamples)
    return fail(ErrorCode::invalid_document, "taught_too_few",
                fmt::format("teaching a form: {} samples can be read, at least {} are needed",
                            samples.size(), kFewestSamples));
  Lesson lesson{common_print(samples), {}};
  lesson.unlike = unlike_samples(lesson.form);
  if (2 * lesson.unlike.size() > samples.size()) lesson.unlike.clear();
  if (!lesson.unlike.empty()) lesson.form = common_print(without(samples, lesson.unlike));
  if (lesson.form.runs.size() < kFewestRuns)
    return fail(ErrorCode::invalid_document, "taught_nothing_common",
                fmt::format("teaching a form: the samples have {} lines of print in common, at "
                            "least {} are needed; are they of one form?",
                            lesson.form.runs.size(), kFewestRuns));
  return lesson;
}

}  // namespace postkamer::taught
