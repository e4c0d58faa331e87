// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/validate/place_postcode.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace postkamer::validate {
namespace {

using forms::Field;
using forms::FieldType;

// How often people write a postcode that lies in the place they write; the rest are slips, old
// addresses and places that the list cuts off otherwise.
constexpr double kConsistent = 0.98;
constexpr double kMostCertain = 0.9999;
constexpr int kFarthest = 2;  // fields between a postcode and its place, plus one

const Lexicon* places_of(const Field& field, const Lexica& lexica) {
  const auto found = lexica.find(field.lexicon);
  const bool counts = found != lexica.end() && found->second.has_postcodes();
  return counts ? &found->second : nullptr;
}

std::optional<int> code_of(const std::string& postcode) {
  int code = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    if (i >= postcode.size() || postcode[i] < '0' || postcode[i] > '9') return std::nullopt;
    code = 10 * code + (postcode[i] - '0');
  }
  return code;
}

const std::string* text_of(const Judged& judged) {
  const auto* text = std::get_if<std::string>(&judged.value);
  return text != nullptr && !text->empty() && judged.invalid.empty() ? text : nullptr;
}

double best_letter(const CharacterCell& cell) {
  double best = 0.0;
  for (const Alternative& each : cell.candidates)
    if (each.text.size() == 1 && each.text[0] >= 'A' && each.text[0] <= 'Z')
      best = std::max(best, each.probability);
  return best;
}

// That the two letters of the postcode are right; in a text they are a third of it.
double letters_certainty(const Reading& reading, double probability) {
  if (reading.cells.size() == 6)
    return std::max(probability, best_letter(reading.cells[4]) * best_letter(reading.cells[5]));
  return std::pow(probability, 1.0 / 3.0);
}

// Every text once; the value is among them.
std::vector<Alternative> alternatives_of(const Judged& judged, const std::string& value) {
  std::vector<Alternative> out{{value, judged.probability}};
  for (const Alternative& each : judged.alternatives)
    if (std::ranges::find(out, each.text, &Alternative::text) == out.end()) out.push_back(each);
  double sum = 0.0;
  for (const Alternative& each : out) sum += each.probability;
  if (sum > 1.0)
    for (Alternative& each : out) each.probability /= sum;
  return out;
}

// The four digits that may have been written, with their probabilities.
std::map<int, double> codes_of(const std::vector<Alternative>& postcodes, double letters) {
  std::map<int, double> out;
  double sum = 0.0;
  for (const Alternative& each : postcodes)
    if (const auto code = code_of(each.text)) {
      out[*code] += each.probability / letters;
      sum += each.probability / letters;
    }
  if (sum > 1.0)
    for (auto& [code, probability] : out) probability /= sum;
  return out;
}

// How much likelier it is that this code and this place are on one paper than that two strangers
// are.
double lift(const LexiconEntry* entry, int code, const Lexicon& places) {
  if (entry == nullptr || entry->postcodes.empty() || !places.is_known_code(code)) return 1.0;
  if (!contains(entry->postcodes, code)) return 1.0 - kConsistent;
  int size = 0;
  for (const PostcodeRange& range : entry->postcodes) size += range.last - range.first + 1;
  return kConsistent * places.codes() / std::max(1, size);
}

struct Joint {
  std::vector<double> places;   // by alternative
  std::map<int, double> codes;  // by code
};

Joint joint_of(const std::vector<Alternative>& names, const std::map<int, double>& codes,
               const Lexicon& places) {
  Joint out{std::vector<double>(names.size(), 0.0), {}};
  double sum = 0.0;
  double other_codes = 1.0;
  for (const auto& [code, probability] : codes) other_codes -= probability;
  double other_names = 1.0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    other_names -= names[i].probability;
    const LexiconEntry* entry = places.find(key_of(names[i].text));
    for (const auto& [code, probability] : codes) {
      const double weight = names[i].probability * probability * lift(entry, code, places);
      out.places[i] += weight;
      out.codes[code] += weight;
      sum += weight;
    }
    const double alone = names[i].probability * std::max(0.0, other_codes);
    out.places[i] += alone;
    sum += alone;
  }
  for (const auto& [code, probability] : codes) {
    const double alone = std::max(0.0, other_names) * probability;
    out.codes[code] += alone;
    sum += alone;
  }
  sum += std::max(0.0, other_names) * std::max(0.0, other_codes);
  for (double& each : out.places) each /= std::max(sum, 1e-300);
  for (auto& [code, each] : out.codes) each /= std::max(sum, 1e-300);
  return out;
}

// Puts new probabilities on a field; its value changes only for what is likelier than all else.
void settle(std::vector<Alternative> all, const char* notice, Judged& judged) {
  const Alternative before = all.front();
  std::ranges::stable_sort(all, [](const Alternative& a, const Alternative& b) {
    return a.probability > b.probability;
  });
  if (all.front().text != before.text && all.front().probability < 0.5)
    std::rotate(all.begin(), std::ranges::find(all, before.text, &Alternative::text), all.end());
  for (Alternative& each : all) each.probability = std::min(kMostCertain, each.probability);
  const bool is_new = std::ranges::find(judged.notices, notice) == judged.notices.end();
  if (all.front().text != before.text && is_new) judged.notices.emplace_back(notice);
  judged.value = all.front().text;
  judged.probability = all.front().probability;
  judged.alternatives = std::move(all);
}

}  // namespace

std::vector<PlacePair> place_pairs(const forms::Form& form, const Lexica& lexica) {
  std::vector<PlacePair> out;
  std::set<std::size_t> taken;
  const auto is_free_postcode = [&](std::ptrdiff_t at, int page) {
    if (at < 0 || at >= static_cast<std::ptrdiff_t>(form.fields.size())) return false;
    const Field& field = form.fields[static_cast<std::size_t>(at)];
    return field.type == FieldType::postcode && field.page == page &&
           !taken.contains(static_cast<std::size_t>(at));
  };
  for (std::size_t i = 0; i < form.fields.size(); ++i) {
    if (places_of(form.fields[i], lexica) == nullptr) continue;
    for (const int step : {-1, -kFarthest, 1, kFarthest}) {
      const std::ptrdiff_t at = static_cast<std::ptrdiff_t>(i) + step;
      if (!is_free_postcode(at, form.fields[i].page)) continue;
      taken.insert(static_cast<std::size_t>(at));
      out.push_back({static_cast<std::size_t>(at), i});
      break;
    }
  }
  return out;
}

bool let_support(const Reading& reading, const Lexicon& places, Judged& postcode, Judged& place) {
  const std::string* code_text = text_of(postcode);
  const std::string* name = text_of(place);
  if (code_text == nullptr || name == nullptr || !code_of(*code_text)) return false;
  auto names = alternatives_of(place, *name);
  const bool is_listed = std::ranges::any_of(
      names, [&](const Alternative& each) { return places.find(key_of(each.text)) != nullptr; });
  if (!is_listed) return false;
  auto postcodes = alternatives_of(postcode, *code_text);
  const double letters = std::max(1e-6, letters_certainty(reading, postcode.probability));
  const auto codes = codes_of(postcodes, letters);
  const Joint joint = joint_of(names, codes, places);
  for (std::size_t i = 0; i < names.size(); ++i) names[i].probability = joint.places[i];
  for (Alternative& each : postcodes)
    if (const auto code = code_of(each.text); code && codes.at(*code) > 0.0)
      each.probability *= joint.codes.at(*code) / codes.at(*code);
  settle(std::move(names), "read_by_lexicon", place);
  settle(std::move(postcodes), "postcode_by_place", postcode);
  const LexiconEntry* entry = places.find(key_of(std::get<std::string>(place.value)));
  const int code = code_of(std::get<std::string>(postcode.value)).value_or(0);
  return entry != nullptr && !entry->postcodes.empty() && places.is_known_code(code) &&
         !contains(entry->postcodes, code);
}

}  // namespace postkamer::validate
