// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/validate/letter.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include <re2/re2.h>

#include "pipeline/validate/iban.h"
#include "pipeline/validate/identifiers.h"
#include "pipeline/validate/letter_head.h"
#include "pipeline/validate/letter_lines.h"
#include "pipeline/validate/letter_sender.h"
#include "pipeline/validate/look_alikes.h"
#include "pipeline/validate/written.h"

namespace postkamer::validate {
namespace {

// The words of one line as text, and for each character the word it came from.
struct Line {
  std::string text;
  std::vector<const Word*> words;
  std::vector<std::size_t> word_at;  // per character of text
};

std::vector<Line> lines_of(const std::vector<Word>& words) {
  std::vector<Line> lines;
  const Word* previous = nullptr;
  for (const Word& word : words) {
    const bool same =
        previous != nullptr && previous->block == word.block && previous->line == word.line;
    if (!same) lines.emplace_back();
    Line& line = lines.back();
    if (same) {
      line.text.push_back(' ');
      line.word_at.push_back(line.words.size() - 1);
    }
    line.word_at.insert(line.word_at.end(), word.text.size(), line.words.size());
    line.text += word.text;
    line.words.push_back(&word);
    previous = &word;
  }
  return lines;
}

struct Found {
  std::string field;
  std::string value;
  std::string raw;
  std::size_t line = 0;
  std::size_t from = 0;  // character range in the line
  std::size_t to = 0;
  double certainty = 1.0;  // that it is what its name says, the words being read right
};

struct Pattern {
  std::string_view field;
  std::string_view expression;  // one group: the value
  double certainty;             // how often a match is what it seems to be; judged, not measured
};

// In order of preference: what an earlier pattern has taken, a later one does not get.
constexpr std::string_view kEmail = R"(([A-Za-z0-9._%+-]+ ?@ ?[A-Za-z0-9.-]+\.[A-Za-z]{2,}))";
constexpr std::string_view kDutchIban =
    R"(\b([Nn][Ll] ?[0-9OIl]{2} ?[A-Z]{4}(?: ?[0-9OIl]){10})\b)";
constexpr std::string_view kForeignIban = R"(\b([A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{2,4}){3,8})\b)";
constexpr std::string_view kLabelled =
    R"((?i)\b(?:(?:uw|ons|onze|mijn) +(?:kenmerk|referentie|ref\.?)|kenmerk|zaak(?:nummer|nr\.?|-nr\.?|kenmerk)?|dossier(?:nummer|nr\.?)|factuur(?:nummer|nr\.?)|referentie(?:nummer)?|klant(?:nummer|nr\.?)|aanslag(?:nummer|biljetnummer)|beschikkings(?:nummer|nr\.?)|betalingskenmerk|polis(?:nummer|nr\.?))(?: (?:is|luidt))? *[:.]? *(?-i)([A-Z0-9][A-Za-z0-9]*(?:[-./_]?[A-Za-z0-9]+)*))";
constexpr std::string_view kSelfNamed =
    R"(\b(ZAAK-[0-9]{4}-[0-9]+|Z[0-9]{2}-[0-9]{4,}|OF-[A-Z0-9]{6,10}|[A-Z]{2,4}-[0-9]{4}-[0-9]{3,})\b)";
constexpr std::string_view kDate =
    R"((?i)\b([0-3]?[0-9](?: ?[-/.] ?[01]?[0-9] ?[-/.] ?(?:[0-9]{4}|'?[0-9]{2})| +(?:januari|jan\.?|februari|feb\.?|maart|mrt\.?|april|apr\.?|mei|juni|jun\.?|juli|jul\.?|augustus|aug\.?|september|sept?\.?|oktober|okt\.?|november|nov\.?|december|dec\.?) +(?:[0-9]{4}|'[0-9]{2})))\b)";
constexpr std::string_view kBsnLabelled =
    R"((?i)\b(?:bsn|burgerservicenummer|sofi-?nummer)(?:-?nummer)? *[:.]? *([0-9](?:[ .]?[0-9]){7,8})\b)";
constexpr std::string_view kPhone = R"(((?:\+|\b00|\b0)(?:[ ().-]{0,3}[0-9]){8,13})\b)";
constexpr std::string_view kBsn = R"(\b([0-9]{4}\.?[0-9]{2}\.?[0-9]{3})\b)";
constexpr std::string_view kPostcode = R"(\b([1-9][0-9]{3} ?[A-Z]{2})\b)";

constexpr Pattern kPatterns[] = {
    {"email", kEmail, 0.98},
    {"iban", kDutchIban, 0.99},
    {"iban", kForeignIban, 0.98},
    {"bsn", kBsnLabelled, 0.98},
    {"date", kDate, 0.98},
    {"reference", kLabelled, 0.90},
    {"reference", kSelfNamed, 0.95},
    {"phone", kPhone, 0.90},
    {"postcode", kPostcode, 0.97},
    // One in eleven nine-digit numbers passes the test: an unnamed one is a guess.
    {"bsn", kBsn, 0.60},
};

bool has_digit(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// The IBAN at the front of a match that may have run into the words behind it.
Canonical iban_within(std::string_view match) {
  for (std::size_t end = match.size(); end != std::string_view::npos && end >= 15;
       end = match.substr(0, end).rfind(' '))
    if (auto iban = canonical_iban(repaired(forms::FieldType::iban, match.substr(0, end))))
      return iban;
  return std::nullopt;
}

Canonical canonical_value(std::string_view field, std::string_view match) {
  if (field == "email") return canonical_email(repaired(forms::FieldType::email, match));
  if (field == "iban") return iban_within(match);
  if (field == "bsn") return canonical_bsn(match);
  if (field == "date") return canonical_date(match, {});
  if (field == "phone") return canonical_phone(match);
  if (field == "postcode") return canonical_postcode(match);
  if (has_digit(match) && match.size() >= 3) return std::string(match);
  return std::nullopt;
}

bool overlaps(const std::vector<Found>& all, std::size_t line, std::size_t from, std::size_t to) {
  return std::ranges::any_of(all, [&](const Found& found) {
    return found.line == line && from < found.to && found.from < to;
  });
}

void find_pattern(const Pattern& pattern, const std::vector<Line>& lines, std::vector<Found>& all) {
  const re2::RE2 expression{re2::StringPiece(pattern.expression.data(), pattern.expression.size())};
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string& text = lines[i].text;
    re2::StringPiece groups[2];
    std::size_t at = 0;
    while (at < text.size() &&
           expression.Match(text, at, text.size(), re2::RE2::UNANCHORED, groups, 2)) {
      const auto from = static_cast<std::size_t>(groups[1].data() - text.data());
      const std::size_t to = from + groups[1].size();
      at = std::max(to, at + 1);
      if (groups[1].empty() || overlaps(all, i, from, to)) continue;
      const std::string raw(groups[1].data(), groups[1].size());
      if (const auto value = canonical_value(pattern.field, raw))
        all.push_back({std::string(pattern.field), *value, raw, i, from, to, pattern.certainty});
      else if (pattern.expression == kDutchIban)  // a misread one is no telephone number either
        all.push_back({"", "", raw, i, from, to, 0.0});
    }
  }
}

// Letter heads put labels on one line and their values on the next, column by column.
void find_below_labels(const std::vector<Line>& lines, std::vector<Found>& all) {
  const re2::RE2 label(
      R"((?i)^((uw|ons) (kenmerk|referentie)|kenmerk|zaaknummer|dossiernummer|factuurnummer)\b)");
  const re2::RE2 value(R"([A-Z0-9][A-Za-z0-9]*([-./_][A-Za-z0-9]+)*)");
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
    const Line& line = lines[i];
    const Line& below = lines[i + 1];
    for (std::size_t w = 0, at = 0; w < line.words.size();
         at += line.words[w]->text.size() + 1, ++w) {
      const re2::StringPiece rest(line.text.data() + at, line.text.size() - at);
      if (!re2::RE2::PartialMatch(rest, label)) continue;
      for (std::size_t b = 0, from = 0; b < below.words.size();
           from += below.words[b]->text.size() + 1, ++b) {
        const Word& word = *below.words[b];
        const Rect& head = line.words[w]->box;
        const bool stands_below = word.box.x < head.right() && head.x < word.box.right() &&
                                  word.box.y - head.bottom() < 2.0 * head.height &&
                                  word.box.y > head.y;
        const std::size_t to = from + word.text.size();
        if (!stands_below || !has_digit(word.text) || word.text.size() < 3 ||
            !re2::RE2::FullMatch(word.text, value) || overlaps(all, i + 1, from, to))
          continue;
        all.push_back({"reference", word.text, word.text, i + 1, from, to, 0.85});
      }
    }
  }
}

FieldResult result_of(const Found& found, const Line& line, int page) {
  FieldResult out;
  out.page = page;
  out.value = found.value;
  out.raw = found.raw;
  out.method = Method::keyword;
  double confidence = 1.0;
  std::optional<Rect> box;
  for (std::size_t w = line.word_at[found.from]; w <= line.word_at[found.to - 1]; ++w) {
    confidence = std::min(confidence, line.words[w]->confidence);
    box = box ? united(*box, line.words[w]->box) : line.words[w]->box;
  }
  out.box = box.value_or(Rect{});
  out.probability = std::clamp(confidence, 0.0, 1.0) * found.certainty;
  out.alternatives.push_back({found.value, out.probability});
  return out;
}

}  // namespace

std::vector<FieldResult> find_in_letter(const std::vector<PageWords>& pages) {
  std::vector<FieldResult> out;
  std::map<std::string, int> count;
  std::set<std::pair<std::string, std::string>> seen;  // a value repeated is told once
  for (const PageWords& page : pages) {
    const std::vector<Line> lines = lines_of(page.words);
    std::vector<Found> all;
    for (const Pattern& pattern : kPatterns) find_pattern(pattern, lines, all);
    find_below_labels(lines, all);
    std::ranges::sort(all, [](const Found& a, const Found& b) {
      return std::pair(a.line, a.from) < std::pair(b.line, b.from);
    });
    for (const Found& found : all) {
      if (found.field.empty() || !seen.emplace(found.field, found.value).second) continue;
      FieldResult result = result_of(found, lines[found.line], page.page);
      const int number = ++count[found.field];
      result.field = number == 1 ? found.field : found.field + "_" + std::to_string(number);
      out.push_back(std::move(result));
    }
  }
  // A letter says who wrote it on its first page that says anything.
  const auto first =
      std::ranges::find_if(pages, [](const PageWords& p) { return !p.words.empty(); });
  if (first == pages.end()) return out;
  const auto pieces = pieces_of(first->words);
  for (auto& results : {find_sender(pieces, first->page), find_head(pieces, first->page)})
    out.insert(out.end(), results.begin(), results.end());
  return out;
}

std::string full_text(const std::vector<PageWords>& pages) {
  std::string out;
  for (std::size_t p = 0; p < pages.size(); ++p) {
    if (p > 0) out += "\n\f\n";
    const std::vector<Line> lines = lines_of(pages[p].words);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (i > 0) out.push_back('\n');
      out += lines[i].text;
    }
  }
  return out;
}

}  // namespace postkamer::validate
