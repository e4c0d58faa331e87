// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/validate/sums.h"

#include <algorithm>
#include <cstddef>
#include <string>

namespace postkamer::validate {
namespace {

constexpr const char* kConfirmed = "confirmed_by_sum";

// How often a sum holds although one of its numbers is misread: another is misread by as much. One
// in hundreds by chance; but one hand's 5 that looks like an 8 does so in every number. A guess, to
// the cautious side.
constexpr double kByChance = 0.05;
constexpr std::ptrdiff_t kLeastParts = 2;

// Indices into form.fields: the total first, then its parts. Empty when one does not exist.
std::vector<std::size_t> members_of(const forms::Form& form, const forms::Rule& rule) {
  std::vector<std::string> names{rule.field};
  names.insert(names.end(), rule.fields.begin(), rule.fields.end());
  std::vector<std::size_t> members;
  for (const std::string& name : names) {
    const auto field = std::ranges::find(form.fields, name, &forms::Field::name);
    if (field == form.fields.end()) return {};
    members.push_back(static_cast<std::size_t>(field - form.fields.begin()));
  }
  return members;
}

bool was_confirmed(const Reading* reading) {
  return reading != nullptr && std::ranges::any_of(reading->findings, [](const Finding& each) {
           return each.code == kConfirmed;
         });
}

std::optional<long long> ten_thousandths(std::string_view text) {
  constexpr std::size_t kDecimals = 4;
  if (text.empty()) return 0;
  const bool is_negative = text.starts_with("-");
  if (is_negative) text.remove_prefix(1);
  const std::size_t point = std::min(text.find('.'), text.size());
  std::string digits(text.substr(0, point));
  std::string decimals(point < text.size() ? text.substr(point + 1) : std::string_view());
  if (digits.empty() || digits.size() > 12 || decimals.size() > kDecimals) return std::nullopt;
  decimals.resize(kDecimals, '0');
  digits += decimals;
  long long value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return is_negative ? -value : value;
}

// Whether the total is that of its parts, and there is enough of it to say something.
bool adds_up(const std::vector<std::size_t>& members, const std::vector<Judged>& judged) {
  std::vector<std::string> texts;
  for (const std::size_t i : members) {
    const auto* text = std::get_if<std::string>(&judged[i].value);
    texts.push_back(text == nullptr ? "" : *text);
    if (!judged[i].invalid.empty()) return false;
  }
  const std::vector<std::string> parts(texts.begin() + 1, texts.end());
  const auto filled = std::ranges::count_if(parts, [](const auto& part) { return !part.empty(); });
  return filled >= kLeastParts && excess_of(parts, texts.front()) == 0;
}

}  // namespace

std::optional<long long> excess_of(const std::vector<std::string>& parts, std::string_view total) {
  const auto whole = ten_thousandths(total);
  if (!whole) return std::nullopt;
  long long excess = -*whole;
  for (const std::string& part : parts) {
    const auto number = ten_thousandths(part);
    if (!number) return std::nullopt;
    excess += *number;
  }
  return excess;
}

void let_sums_confirm(const forms::Form& form, const std::vector<const Reading*>& readings,
                      std::vector<Judged>& judged) {
  for (const forms::Rule& rule : form.rules) {
    if (rule.kind != "sum") continue;
    const std::vector<std::size_t> members = members_of(form, rule);
    const bool is_heard =
        std::ranges::any_of(members, [&](std::size_t i) { return was_confirmed(readings[i]); });
    if (members.empty() || is_heard || !adds_up(members, judged)) continue;
    double all = 1.0;
    for (const std::size_t i : members) all *= judged[i].probability;
    const double together = all / (all + (1.0 - all) * kByChance);
    for (const std::size_t i : members) {
      if (judged[i].probability >= together) continue;
      judged[i].probability = together;
      judged[i].notices.emplace_back(kConfirmed);
    }
  }
}

}  // namespace postkamer::validate
