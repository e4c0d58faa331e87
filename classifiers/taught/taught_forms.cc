// SPDX-License-Identifier: EUPL-1.2
#include "classifiers/taught/taught_forms.h"

#include <algorithm>
#include <cmath>

#include "classifiers/taught/learn.h"

namespace postkamer::taught {
namespace {

// How much a run tells. A heading names the form; a short word may stand on any page; what another
// taught form has as well tells only the house.
constexpr double kHeading = 3.0;
constexpr double kHeadingBottom = 50.0;  // mm below the top of the text
constexpr int kHeadingWords = 8;
constexpr double kFullLength = 16.0;  // letters
constexpr double kShared = 0.25;

// A sample of which little is known is never wholly covered.
constexpr double kUnknownWeight = 1.0;

// The logistic step; see README.md, "Calibration".
constexpr double kHalf = 0.68;
constexpr double kSlope = 0.025;

double weight_of(const Run& run) {
  const double length = std::min(1.0, static_cast<double>(run.letters.size()) / kFullLength);
  const bool is_heading = run.y < kHeadingBottom && run.words <= kHeadingWords;
  return length * (is_heading ? kHeading : 1.0);
}

bool has_run(const TaughtForm& form, const Run& run) {
  return std::any_of(form.runs.begin(), form.runs.end(), [&](const PrintedRun& known) {
    return is_same_run(known.run, run) || is_same_run(run, known.run);
  });
}

std::vector<double> weights_of(const std::vector<TaughtForm>& forms, std::size_t index) {
  std::vector<double> weights;
  for (const PrintedRun& printed : forms[index].runs) {
    double weight = weight_of(printed.run);
    for (std::size_t other = 0; other < forms.size(); ++other)
      if (other != index && forms[other].id != forms[index].id &&
          has_run(forms[other], printed.run)) {
        weight *= kShared;
        break;
      }
    weights.push_back(weight);
  }
  return weights;
}

std::vector<bool> runs_on(const PageText& page, const TaughtForm& form) {
  std::vector<bool> seen;
  for (const PrintedRun& printed : form.runs)
    seen.push_back(std::any_of(page.runs.begin(), page.runs.end(),
                               [&](const Run& run) { return is_same_run(printed.run, run); }));
  return seen;
}

Likeness likeness(const Sample& sample, const std::vector<double>& weights,
                  const std::vector<bool>& seen) {
  double all = kUnknownWeight;
  double found = 0.0;
  for (const int run : sample) {
    const auto i = static_cast<std::size_t>(run);
    all += weights[i];
    if (seen[i]) found += weights[i];
  }
  return {found / all, all - kUnknownWeight};
}

double odds_of(const Likeness& measured) { return std::exp((measured.coverage - kHalf) / kSlope); }

}  // namespace

TaughtForms::TaughtForms(std::vector<TaughtForm> forms) : forms_(std::move(forms)) {
  for (std::size_t i = 0; i < forms_.size(); ++i) weights_.push_back(weights_of(forms_, i));
}

std::vector<Likeness> TaughtForms::likenesses(const PageText& page) const {
  std::vector<Likeness> all;
  for (std::size_t i = 0; i < forms_.size(); ++i) {
    const auto seen = runs_on(page, forms_[i]);
    Likeness best;
    for (const Sample& sample : forms_[i].samples) {
      const Likeness one = likeness(sample, weights_[i], seen);
      if (one.coverage > best.coverage) best = one;
    }
    all.push_back(best);
  }
  return all;
}

std::vector<FormCandidate> TaughtForms::score(const PageText& page) const {
  const auto measured = likenesses(page);
  double sum = 1.0;  // the odds of "none of them"
  for (const Likeness& one : measured) sum += odds_of(one);
  std::vector<FormCandidate> candidates;
  for (std::size_t i = 0; i < forms_.size(); ++i) {
    FormCandidate candidate;
    candidate.form = forms_[i].id;
    candidate.version = forms_[i].version;
    candidate.page = 1;
    candidate.probability = odds_of(measured[i]) / sum;
    candidate.evidence = "words";
    candidates.push_back(std::move(candidate));
  }
  std::stable_sort(
      candidates.begin(), candidates.end(),
      [](const FormCandidate& a, const FormCandidate& b) { return a.probability > b.probability; });
  return candidates;
}

}  // namespace postkamer::taught
