// SPDX-License-Identifier: EUPL-1.2
#include "classifiers/taught/taught_forms.h"

#include <algorithm>
#include <cmath>

#include "classifiers/taught/learn.h"

namespace postkamer::taught {
namespace {

// What another taught form has as well tells only the house.
constexpr double kShared = 0.1;

// A sample of which little is known is never wholly covered.
constexpr double kUnknownWeight = 1.0;

// The logistic step; README.md tells on what it was set. A form of whose house no other form is
// taught must be covered better: nothing tells the print of the house from that of the form.
constexpr double kHalf = 0.62;
constexpr double kHalfAlone = 0.70;
constexpr double kSlope = 0.012;
constexpr double kMost = 0.995;  // a few hundred pages cannot vouch for more

bool has_run(const TaughtForm& form, const Run& run) {
  return std::any_of(form.runs.begin(), form.runs.end(), [&](const PrintedRun& known) {
    return is_same_run(known.run, run) || is_same_run(run, known.run);
  });
}

bool has_any_other(const std::vector<TaughtForm>& forms, std::size_t index, const Run& run) {
  for (std::size_t other = 0; other < forms.size(); ++other)
    if (forms[other].id != forms[index].id && has_run(forms[other], run)) return true;
  return false;
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

double odds_of(double coverage, bool has_sister) {
  return std::exp((coverage - (has_sister ? kHalf : kHalfAlone)) / kSlope);
}

}  // namespace

TaughtForms::TaughtForms(std::vector<TaughtForm> forms) : forms_(std::move(forms)) {
  for (std::size_t i = 0; i < forms_.size(); ++i) {
    Knowledge known;
    for (const PrintedRun& printed : forms_[i].runs) {
      const bool is_shared = has_any_other(forms_, i, printed.run);
      known.has_sister = known.has_sister || is_shared;
      known.weights.push_back(weight_of(printed.run) * (is_shared ? kShared : 1.0));
    }
    known_.push_back(std::move(known));
  }
}

std::vector<Likeness> TaughtForms::likenesses(const PageText& page) const {
  std::vector<Likeness> all;
  for (std::size_t i = 0; i < forms_.size(); ++i) {
    const auto seen = runs_on(page, forms_[i]);
    Likeness best;
    for (const Sample& sample : forms_[i].samples) {
      const Likeness one = likeness(sample, known_[i].weights, seen);
      if (one.coverage > best.coverage) best = one;
    }
    all.push_back(best);
  }
  return all;
}

std::vector<FormCandidate> TaughtForms::score(const PageText& page) const {
  const auto measured = likenesses(page);
  std::vector<FormCandidate> candidates;
  double sum = 1.0;  // the odds of "none of them"
  for (std::size_t i = 0; i < forms_.size(); ++i) {
    FormCandidate candidate;
    candidate.form = forms_[i].id;
    candidate.version = forms_[i].version;
    candidate.page = 1;
    candidate.probability = odds_of(measured[i].coverage, known_[i].has_sister);
    candidate.evidence = "words";
    sum += candidate.probability;
    candidates.push_back(std::move(candidate));
  }
  for (FormCandidate& candidate : candidates) candidate.probability *= kMost / sum;
  std::stable_sort(
      candidates.begin(), candidates.end(),
      [](const FormCandidate& a, const FormCandidate& b) { return a.probability > b.probability; });
  return candidates;
}

}  // namespace postkamer::taught
