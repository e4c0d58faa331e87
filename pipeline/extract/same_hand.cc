// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/same_hand.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <string>
#include <utility>

#include "pipeline/extract/added_ink.h"

namespace postkamer::extract {
namespace {

// From here a character is a sample of its hand; below, it is in doubt. Between doubt and certainty
// likeness tells nothing: what is wrong there looks perfectly like another character.
constexpr double kSample = 0.98;
constexpr double kDoubt = 0.99;

// Log odds of the first candidate against the second: of what was claimed, and of the difference of
// likeness (classifiers/handprint/README.md).
constexpr double kClaimed = 0.75;
constexpr double kLikeness = 6.8;
constexpr double kFirst = 0.1;

bool is_character(const std::string& text) {
  if (text.size() != 1) return false;
  return (text[0] >= '0' && text[0] <= '9') || (text[0] >= 'A' && text[0] <= 'Z');
}

using Form = std::vector<float>;

// Forms by character, asked of the reader when they are needed first.
class Forms {
 public:
  Forms(const std::vector<HandCharacter>& page, const CharacterReader& reader)
      : page_(page), reader_(reader), forms_(page.size()) {
    for (std::size_t i = 0; i < page.size(); ++i) {
      const auto& candidates = page[i].cell->candidates;
      if (candidates.empty() || candidates.front().probability < kSample) continue;
      if (is_character(candidates.front().text)) samples_[candidates.front().text].push_back(i);
    }
  }

  // The greatest likeness of character `at` to another that surely is `text`, 0..1.
  std::optional<double> likeness(std::size_t at, const std::string& text) {
    std::optional<double> best;
    const auto samples = samples_.find(text);
    if (samples == samples_.end()) return best;
    for (const std::size_t other : samples->second) {
      if (other == at) continue;
      const Form& a = form_of(at);
      const Form& b = form_of(other);
      if (a.empty() || a.size() != b.size()) continue;
      best = std::max(best.value_or(0.0), std::inner_product(a.begin(), a.end(), b.begin(), 0.0));
    }
    return best;
  }

 private:
  const Form& form_of(std::size_t at) {
    if (!forms_[at]) forms_[at] = reader_.form(as_picture(page_[at].ink->mask, kZoneDpi));
    return *forms_[at];
  }

  const std::vector<HandCharacter>& page_;
  const CharacterReader& reader_;
  std::vector<std::optional<Form>> forms_;
  std::map<std::string, std::vector<std::size_t>> samples_;
};

// The cell with what its two best candidates have shared out anew.
CharacterCell shared_out(CharacterCell cell, double difference) {
  Alternative& first = cell.candidates[0];
  Alternative& second = cell.candidates[1];
  const double both = first.probability + second.probability;
  const double odds =
      kClaimed * std::log(first.probability / second.probability) + kLikeness * difference + kFirst;
  first.probability = both / (1.0 + std::exp(-odds));
  second.probability = both - first.probability;
  std::stable_sort(
      cell.candidates.begin(), cell.candidates.end(),
      [](const Alternative& a, const Alternative& b) { return a.probability > b.probability; });
  return cell;
}

}  // namespace

void compare_with_sure(const std::vector<HandCharacter>& page, const CharacterReader& reader) {
  Forms forms(page, reader);
  std::vector<std::pair<CharacterCell*, CharacterCell>> changed;  // samples stay as they were
  for (std::size_t i = 0; i < page.size(); ++i) {
    const CharacterCell& cell = *page[i].cell;
    if (page[i].has_check_digit || cell.candidates.size() < 2 || seems_foreign(cell)) continue;
    const Alternative& first = cell.candidates[0];
    const Alternative& second = cell.candidates[1];
    if (first.probability >= kDoubt || second.probability <= 0.0) continue;
    if (!is_character(first.text) || !is_character(second.text)) continue;
    const auto to_first = forms.likeness(i, first.text);
    const auto to_second = to_first ? forms.likeness(i, second.text) : std::nullopt;
    if (to_second) changed.emplace_back(page[i].cell, shared_out(cell, *to_first - *to_second));
  }
  for (auto& [cell, anew] : changed) *cell = std::move(anew);
}

}  // namespace postkamer::extract
