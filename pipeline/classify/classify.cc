// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/classify/classify.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

namespace postkamer::classify {
namespace {

// A witness against a code must itself be believed at least this much.
constexpr double kWitness = 0.5;

bool rests_on(const FormCandidate& candidate, std::string_view kind) {
  std::string_view rest = candidate.evidence;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('+'), rest.size());
    if (rest.substr(0, end) == kind) return true;
    rest.remove_prefix(std::min(rest.size(), end + 1));
  }
  return false;
}

bool same_page(const FormCandidate& a, const FormCandidate& b) {
  return a.form == b.form && a.version == b.version && a.page == b.page;
}

// The code says one form page, what is drawn on the paper says another.
bool contradict(const std::vector<FormCandidate>& ranked) {
  const auto coded = std::find_if(ranked.begin(), ranked.end(),
                                  [](const FormCandidate& c) { return rests_on(c, "code"); });
  if (coded == ranked.end() || rests_on(*coded, "layout")) return false;
  return std::any_of(ranked.begin(), ranked.end(), [&](const FormCandidate& c) {
    return !same_page(c, *coded) && rests_on(c, "layout") && !rests_on(c, "code") &&
           c.probability >= kWitness;
  });
}

std::string numbers(const char* format, double first, double second) {
  std::array<char, 96> text{};
  std::snprintf(text.data(), text.size(), format, first, second);
  return text.data();
}

}  // namespace

Classification decide(std::vector<FormCandidate> candidates, const DecisionOptions& options) {
  std::stable_sort(
      candidates.begin(), candidates.end(),
      [](const FormCandidate& a, const FormCandidate& b) { return a.probability > b.probability; });
  Classification result;
  result.alternatives = std::move(candidates);
  const auto& ranked = result.alternatives;
  if (ranked.empty()) return result;
  if (contradict(ranked)) {
    result.findings.push_back({"form_conflict", "", 0, Severity::doubt,
                               numbers("probabilities %.2f and %.2f", ranked[0].probability,
                                       ranked.size() > 1 ? ranked[1].probability : 0.0)});
    return result;
  }
  if (ranked[0].probability < options.min_probability) return result;
  const auto rival = std::find_if(ranked.begin() + 1, ranked.end(),
                                  [&](const FormCandidate& c) { return !same_page(c, ranked[0]); });
  if (rival != ranked.end() && ranked[0].probability - rival->probability < options.min_margin) {
    result.findings.push_back(
        {"form_ambiguous", "", 0, Severity::doubt,
         numbers("probabilities %.2f and %.2f", ranked[0].probability, rival->probability)});
    return result;
  }
  result.form = ranked[0];
  return result;
}

}  // namespace postkamer::classify
