// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/validate/judge.h"

#include <algorithm>
#include <cstddef>

#include <re2/re2.h>

#include "pipeline/validate/decode.h"
#include "pipeline/validate/iban.h"
#include "pipeline/validate/identifiers.h"
#include "pipeline/validate/look_alikes.h"
#include "pipeline/validate/string_rules.h"

namespace postkamer::validate {
namespace {

using forms::Field;
using forms::FieldType;

// Without outer spaces, inner runs as one.
std::string tidy(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool is_space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!is_space)
      out.push_back(c);
    else if (!out.empty() && out.back() != ' ')
      out.push_back(' ');
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

// Without spaces and a full stop behind them; "12-3", "12/3" and "1.5" are no run of digits.
Canonical only_digits(std::string_view text) {
  std::string out = tidy(text);
  if (out.ends_with('.')) out.pop_back();
  std::erase(out, ' ');
  const bool is_number = std::ranges::all_of(out, [](char c) { return c >= '0' && c <= '9'; });
  return is_number && !out.empty() ? Canonical(out) : std::nullopt;
}

Canonical canonical_of_type(FieldType type, std::string_view text, const DateContext& context) {
  switch (type) {
    case FieldType::digits: return only_digits(text);
    case FieldType::number: return canonical_number(text);
    case FieldType::date: return canonical_date(text, context);
    case FieldType::time: return canonical_time(text);
    case FieldType::amount: return canonical_amount(text);
    case FieldType::bsn: return canonical_bsn(text);
    case FieldType::rsin: return canonical_rsin(text);
    case FieldType::kvk: return canonical_kvk(text);
    case FieldType::iban: return canonical_iban(text);
    case FieldType::postcode: return canonical_postcode(text);
    case FieldType::licence_plate: return canonical_licence_plate(text);
    case FieldType::phone: return canonical_phone(text);
    case FieldType::email: return canonical_email(text);
    case FieldType::capitals:
    case FieldType::alphanumeric:
    case FieldType::text:
    case FieldType::checkbox:
    case FieldType::choice:
    case FieldType::choices:
    case FieldType::signature:
    case FieldType::barcode: return tidy(text);
  }
  return std::nullopt;
}

bool matches(const std::string& pattern, const std::string& text) {
  if (pattern.empty()) return true;
  re2::RE2::Options options;
  options.set_log_errors(false);
  const re2::RE2 expression(pattern, options);
  // The form's loader refuses a pattern that is none; here it asks nothing.
  return !expression.ok() || re2::RE2::FullMatch(text, expression);
}

Judged empty_field(double probability) {
  Judged out;
  out.probability = probability;
  return out;
}

void set_text(Judged& out, const Field& field, const std::string& text,
              const DateContext& context) {
  if (const auto value = canonical(field, text, context)) {
    out.value = *value;
    if (field.type == FieldType::iban && !has_known_bank(*value))
      out.notices.emplace_back("iban_bank_unknown");
    return;
  }
  out.value = tidy(text);
  const bool type_is_right = canonical_of_type(field.type, text, context).has_value();
  out.invalid = type_is_right ? "pattern_mismatch" : std::string(invalid_code(field.type));
}

void add_alternatives(Judged& out, const Field& field, const std::vector<Alternative>& seen,
                      const DateContext& context) {
  for (const Alternative& each : seen) {
    const auto value = canonical(field, each.text, context);
    Alternative alternative{value ? *value : tidy(each.text), each.probability};
    const bool is_new = std::ranges::none_of(
        out.alternatives, [&](const Alternative& a) { return a.text == alternative.text; });
    if (is_new) out.alternatives.push_back(std::move(alternative));
  }
}

// Cells of a date in which a leading zero was left out: an empty tens cell counts as 0 when the
// rest is written.
std::vector<CharacterCell> with_date_zeros(std::vector<CharacterCell> cells) {
  if (cells.size() != 6 && cells.size() != 8) return cells;
  for (const std::size_t at : {std::size_t{0}, std::size_t{2}}) {
    if (cells[at + 1].empty_probability > 0.5 || cells.back().empty_probability > 0.5) continue;
    CharacterCell& cell = cells[at];
    const auto zero = std::ranges::find(cell.candidates, "0", &Alternative::text);
    if (zero != cell.candidates.end())
      zero->probability += cell.empty_probability;
    else
      cell.candidates.push_back({"0", cell.empty_probability});
    cell.empty_probability = 0.0;
  }
  return cells;
}

// True when the last two cells stand apart: the cents.
bool has_cents_cells(const Field& field, std::size_t cells) {
  const std::vector<Rect>& boxes = field.cells;
  if (boxes.size() != cells || cells < 4) return false;
  const auto gap_before = [&](std::size_t i) { return boxes[i].x - boxes[i - 1].right(); };
  const std::size_t cents = cells - 2;
  return gap_before(cents) > gap_before(cents - 1) + 0.3 * boxes[cents].width &&
         gap_before(cents) > gap_before(cells - 1) + 0.3 * boxes[cents].width;
}

// One digit in the two cells of the cents: the other was most likely not seen.
constexpr double kHalfOfCents = 0.5;

// Euros and cents are two numbers; a gap between them is no gap in a number.
Decoded decode_amount(const Field& field, const std::vector<CharacterCell>& cells) {
  if (!has_cents_cells(field, cells.size()))
    return decode(cells, *rule_for(field.type, cells.size()));
  const std::vector<CharacterCell> euro_cells(cells.begin(), cells.end() - 2);
  const std::vector<CharacterCell> cent_cells(cells.end() - 2, cells.end());
  Decoded out = decode(euro_cells, *rule_for(field.type, euro_cells.size()));
  const Decoded cents = decode(cent_cells, *rule_for(field.type, cent_cells.size()));
  const bool is_empty = out.text.empty() && cents.text.empty();
  if (!is_empty) out.text = (out.text.empty() ? "0" : out.text) + "," + cents.text;
  out.is_allowed = out.is_allowed && cents.is_allowed && cents.text.size() != 1;
  out.has_gap = out.has_gap || cents.has_gap;
  out.probability *= cents.probability;
  if (cents.text.size() == 1) out.probability *= kHalfOfCents;
  out.margin = std::min(out.margin, cents.margin);
  out.alternatives = {{out.text, out.probability}};
  for (const int cell : cents.unsure)
    out.unsure.push_back(cell + static_cast<int>(euro_cells.size()));
  return out;
}

// That a writer breaks a field's pattern by just the character that the reader had as its second.
constexpr double kTwinMistake = 0.1 * kWritersMistake;
// Of the probability of what was seen, what a character has at least that takes its place.
constexpr double kPlausibleTwin = 0.05;

// Of letters and digits that look alike the field's pattern tells which was meant.
Decoded by_pattern(const Field& field, Decoded seen) {
  const auto fits = [&](const Alternative& each) {
    return matches(field.pattern, tidy(each.text));
  };
  const auto best = std::ranges::find_if(seen.alternatives, fits);
  double refused = 0.0;
  for (const Alternative& each : seen.alternatives)
    if (!fits(each)) refused += each.probability;
  if (best == seen.alternatives.end() || refused <= 0.0) return seen;
  const double total = 1.0 - refused + kTwinMistake * refused;
  if (best->probability < std::max(0.5 * total, kPlausibleTwin * seen.probability)) return seen;
  for (Alternative& each : seen.alternatives)
    each.probability *= (fits(each) ? 1.0 : kTwinMistake) / total;
  seen.text = best->text;
  seen.probability = best->probability;
  std::ranges::stable_sort(seen.alternatives, std::ranges::greater(), &Alternative::probability);
  return seen;
}

Decoded decode_cells(const Field& field, const std::vector<CharacterCell>& cells,
                     const DateContext& context) {
  const auto rule = rule_for(field.type, cells.size(), context);
  if (field.type == FieldType::alphanumeric) return by_pattern(field, most_probable(cells));
  if (!rule || (field.type == FieldType::iban && has_foreign_country(cells)))
    return most_probable(cells);
  if (field.type == FieldType::amount) return decode_amount(field, cells);
  if (field.type == FieldType::date) return decode(with_date_zeros(cells), *rule);
  return decode(cells, *rule);
}

// Whether an empty cell inside may be a digit that nobody wrote or saw. Where a number has one
// length and all of it is there, the gap is where others write a dash or leave a space.
bool may_lack_a_digit(FieldType type, const std::string& text) {
  switch (type) {
    case FieldType::digits:
    case FieldType::number:
    case FieldType::amount: return true;
    case FieldType::bsn:
    case FieldType::rsin: return text.size() < 9;
    case FieldType::date: return text.size() < 8;
    case FieldType::time: return text.size() < 4;
    case FieldType::phone: return text.size() != 10 || text.front() != '0';
    default: return false;
  }
}

Judged judge_cells(const Field& field, const Reading& reading, const DateContext& context) {
  const Decoded decoded = decode_cells(field, reading.cells, context);
  if (decoded.text.empty()) return empty_field(decoded.probability);
  Judged out;
  out.probability = decoded.probability;
  out.unsure = decoded.unsure;
  set_text(out, field, decoded.text, context);
  if (decoded.has_gap && out.invalid.empty() && may_lack_a_digit(field.type, decoded.text))
    out.invalid = invalid_code(field.type);
  add_alternatives(out, field, decoded.alternatives, context);
  return out;
}

struct Choice {
  std::string text;
  double probability = 0.0;
};

// The seen text breaks the rule: does an alternative keep it? As in decode.h, an allowed text is
// `lift` times as likely beforehand as a random one.
Choice best_alternative(const Field& field, const Reading& reading, const Choice& seen,
                        const DateContext& context) {
  const bool has_check_digit = field.type == FieldType::bsn || field.type == FieldType::rsin ||
                               field.type == FieldType::iban;
  const double lift = field.type == FieldType::iban ? 97.0 : has_check_digit ? 11.0 : 2.0;
  Choice best;
  double allowed = 0.0;
  double claimed = 0.0;
  for (const Alternative& each : reading.alternatives) {
    claimed += each.probability;
    const std::string text = repaired(field.type, each.text);
    if (!canonical(field, text, context)) continue;
    allowed += each.probability;
    if (each.probability > best.probability) best = {text, each.probability};
  }
  if (best.probability <= 0.0) return seen;
  const double nothing_listed = std::max(0.0, 1.0 - claimed);
  best.probability *= lift / (lift * allowed + nothing_listed + kWritersMistake * seen.probability);
  return best.probability >= 0.5 ? best : seen;
}

Judged judge_text(const Field& field, const Reading& reading, const DateContext& context) {
  const auto* written = std::get_if<std::string>(&reading.value);
  Choice choice{written ? *written : "", reading.probability};
  if (tidy(choice.text).empty()) return empty_field(reading.probability);
  // What was judged invalid once is not judged otherwise the second time.
  const auto judged = std::ranges::find_if(reading.findings, [&](const Finding& finding) {
    return finding.code == invalid_code(field.type) || finding.code == "pattern_mismatch";
  });
  const bool was_judged = judged != reading.findings.end();
  if (!was_judged && !canonical(field, choice.text, context)) {
    if (const std::string text = repaired(field.type, choice.text); canonical(field, text, context))
      choice = {text, choice.probability * kRepairCertainty};
    else
      choice = best_alternative(field, reading, choice, context);
  }
  Judged out;
  out.probability = choice.probability;
  set_text(out, field, choice.text, context);
  // A gap between cells does not show in the text.
  if (was_judged && out.invalid.empty()) out.invalid = judged->code;
  add_alternatives(out, field, reading.alternatives, context);
  return out;
}

Judged judge_mark(const Reading& reading) {
  Judged out;
  out.probability = reading.probability;
  if (std::holds_alternative<bool>(reading.value))
    out.value = reading.value;
  else if (reading.method != Method::none)
    out.value = false;
  return out;
}

std::vector<std::string> options_of(const Field& field, const Value& value) {
  std::vector<std::string> chosen;
  if (const auto* one = std::get_if<std::string>(&value)) chosen = {*one};
  if (const auto* many = std::get_if<std::vector<std::string>>(&value)) chosen = *many;
  std::vector<std::string> out;
  for (const forms::Option& option : field.options)
    if (std::ranges::find(chosen, option.value) != chosen.end()) out.push_back(option.value);
  return out;
}

Judged judge_options(const Field& field, const Reading& reading) {
  Judged out;
  out.probability = reading.probability;
  out.alternatives = reading.alternatives;
  std::vector<std::string> chosen = options_of(field, reading.value);
  if (chosen.empty()) return out;
  if (field.type == FieldType::choices || chosen.size() > 1)
    out.value = chosen;
  else
    out.value = chosen.front();
  if (field.type == FieldType::choice && chosen.size() > 1) out.invalid = "choice_multiple";
  return out;
}

}  // namespace

std::optional<std::string> canonical(const Field& field, std::string_view text,
                                     const DateContext& context) {
  if (tidy(text).empty()) return std::nullopt;
  auto out = canonical_of_type(field.type, text, context);
  if (out && !matches(field.pattern, *out)) return std::nullopt;
  return out;
}

std::string_view invalid_code(FieldType type) {
  switch (type) {
    case FieldType::bsn: return "bsn_invalid";
    case FieldType::rsin: return "rsin_invalid";
    case FieldType::kvk: return "kvk_invalid";
    case FieldType::iban: return "iban_invalid";
    case FieldType::date: return "date_impossible";
    case FieldType::time: return "time_impossible";
    case FieldType::amount: return "amount_unreadable";
    case FieldType::number:
    case FieldType::digits: return "number_unreadable";
    case FieldType::postcode: return "postcode_invalid";
    case FieldType::licence_plate: return "licence_plate_invalid";
    case FieldType::phone: return "phone_invalid";
    case FieldType::email: return "email_invalid";
    case FieldType::capitals:
    case FieldType::alphanumeric:
    case FieldType::text:
    case FieldType::checkbox:
    case FieldType::choice:
    case FieldType::choices:
    case FieldType::signature:
    case FieldType::barcode: return "pattern_mismatch";
  }
  return "pattern_mismatch";
}

Judged judge(const Field& field, const Reading& reading, const DateContext& context) {
  switch (field.type) {
    case FieldType::checkbox:
    case FieldType::signature: return judge_mark(reading);
    case FieldType::choice:
    case FieldType::choices: return judge_options(field, reading);
    default:
      return reading.cells.empty() ? judge_text(field, reading, context)
                                   : judge_cells(field, reading, context);
  }
}

bool is_filled(const Value& value) {
  if (const auto* mark = std::get_if<bool>(&value)) return *mark;
  if (const auto* text = std::get_if<std::string>(&value)) return !text->empty();
  if (const auto* many = std::get_if<std::vector<std::string>>(&value)) return !many->empty();
  return false;
}

}  // namespace postkamer::validate
