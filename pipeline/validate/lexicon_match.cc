// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/validate/lexicon_match.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <string_view>

#include <re2/re2.h>

namespace postkamer::validate {
namespace {

using forms::FieldType;

constexpr std::size_t kSymbols = 36;
constexpr std::size_t kNear = 384;        // entries that are aligned
constexpr std::size_t kAlternatives = 3;  // readings of a field that are looked at
constexpr std::size_t kEntriesKept = 8;
// No list makes a reading surer than this: the writer may have meant another entry.
constexpr double kMostCertain = 0.9995;
// A character's certainty, whatever the reading says of itself: within these.
constexpr double kLeastRight = 0.60;
constexpr double kMostRight = 0.998;
// Of the characters read wrong: lost, added, and taken for a look-alike; the rest for anything.
constexpr double kLost = 0.10;
constexpr double kAdded = 0.10;
constexpr double kLookAlike = 0.12;
constexpr double kAnything = 0.012;
// In cells: a cell whose character belongs to nothing, a character that has no cell. Both are rare,
// and a long list has dozens of names that are a letter longer or shorter than any other.
constexpr double kSpareCell = 0.002;
constexpr double kNoCell = 0.001;

std::size_t symbol_of(char c) {
  return c >= 'a' ? static_cast<std::size_t>(c - 'a') : 26 + static_cast<std::size_t>(c - '0');
}

// Shapes that are taken for each other, in print and in handwriting, both cases together.
constexpr std::string_view kLookAlikes[] = {"il1jt", "oqcd0a", "uvnw", "mnw", "hbnk", "ceo", "gq9y",
                                            "s5",    "z2",     "b8",   "rnv", "ftk",  "pf",  "yvij",
                                            "g6",    "a4u",    "ij",   "mh",  "kx",   "dol", "er"};

bool look_alike(char a, char b) {
  return std::ranges::any_of(kLookAlikes, [a, b](std::string_view group) {
    return group.find(a) != std::string_view::npos && group.find(b) != std::string_view::npos;
  });
}

// One place of a reading: how likely what was seen is, for each character that may have been
// written.
struct Position {
  std::array<double, kSymbols> log{};
  double log_added = 0.0;  // nothing was written there
};

struct Observation {
  std::string key;       // the reading itself
  std::string possible;  // other characters that it may be made of
  std::vector<Position> positions;
  double log_lost = 0.0;   // a written character that was not seen
  double probability = 0;  // that the reading is right
};

// Rows of `position.log` for a character read, at every certainty the same shape.
Position position_of(char seen, double right) {
  Position out;
  for (std::size_t s = 0; s < kSymbols; ++s) {
    const char c = static_cast<char>(s < 26 ? 'a' + s : '0' + (s - 26));
    out.log[s] = std::log(c == seen             ? right
                          : look_alike(c, seen) ? (1.0 - right) * kLookAlike
                                                : (1.0 - right) * kAnything);
  }
  out.log_added = std::log((1.0 - right) * kAdded);
  return out;
}

Observation observed_text(const Alternative& text) {
  Observation out;
  out.key = key_of(text.text);
  out.probability = std::clamp(text.probability, 1e-6, 1.0);
  const double length = std::max<double>(1.0, static_cast<double>(out.key.size()));
  const double right = std::clamp(std::pow(out.probability, 1.0 / length), kLeastRight, kMostRight);
  for (const char c : out.key) out.positions.push_back(position_of(c, right));
  out.log_lost = std::log((1.0 - right) * kLost);
  return out;
}

Observation observed_cells(const std::vector<CharacterCell>& cells) {
  constexpr double kCounts = 0.03;  // candidates that may bring in an entry
  Observation out;
  out.probability = 1.0;
  out.log_lost = std::log(kNoCell);
  for (const CharacterCell& cell : cells) {
    double claimed = 0.0;
    for (const Alternative& each : cell.candidates) claimed += each.probability;
    Position position;
    const double floor = std::max(1e-4, (1.0 - claimed - cell.empty_probability) / kSymbols);
    position.log.fill(std::log(floor));
    char best = 0;
    double best_probability = 0.0;
    for (const Alternative& each : cell.candidates) {
      const std::string key = key_of(each.text);
      if (key.size() != 1) continue;
      double& log = position.log[symbol_of(key[0])];
      log = std::max(log, std::log(std::max(floor, each.probability)));
      if (each.probability >= kCounts) out.possible += key;
      if (each.probability > best_probability) best = key[0], best_probability = each.probability;
    }
    if (cell.empty_probability > std::max(0.5, best_probability)) continue;
    position.log_added = std::log(std::max(kSpareCell, cell.empty_probability));
    if (best == 0) continue;
    out.key.push_back(best);
    out.probability *= best_probability;
    out.positions.push_back(position);
  }
  return out;
}

// Logarithm of the likeliest alignment of what was seen with `written`.
double aligned(const Observation& seen, std::string_view written) {
  std::array<double, 64> row{};
  const std::size_t width = std::min(written.size(), row.size() - 1);
  for (std::size_t j = 1; j <= width; ++j) row[j] = row[j - 1] + seen.log_lost;
  for (const Position& position : seen.positions) {
    double diagonal = row[0];
    row[0] += position.log_added;
    for (std::size_t j = 1; j <= width; ++j) {
      const double above = row[j];
      row[j] = std::max({diagonal + position.log[symbol_of(written[j - 1])],
                         above + position.log_added, row[j - 1] + seen.log_lost});
      diagonal = above;
    }
  }
  return row[width];
}

struct Weighed {
  std::size_t entry = 0;
  double weight = 0.0;
};

// Adds one reading's evidence, `share` of all, to the entries' weights. Weights are relative to the
// reading being exactly what a listed word of average share would give, so that nothing underflows.
void weigh(const Lexicon& lexicon, const Observation& seen, double share, double log_scale,
           std::vector<Weighed>& all) {
  for (const std::size_t i : lexicon.near(seen.key, seen.possible, kNear)) {
    const double log = aligned(seen, lexicon.key(i)) - log_scale;
    if (log < -40.0) continue;
    const double weight = share * lexicon.coverage() * lexicon.share(i) * std::exp(log);
    const auto known = std::ranges::find(all, i, &Weighed::entry);
    if (known == all.end())
      all.push_back({i, weight});
    else
      known->weight += weight;
  }
}

LexiconMatch match(const Lexicon& lexicon, const std::vector<Observation>& seen) {
  LexiconMatch out;
  if (seen.empty() || lexicon.size() == 0) return out;
  double claimed = 0.0;
  for (const Observation& each : seen) claimed += each.probability;
  const double log_scale = lexicon.log_unlisted(seen.front().key);
  std::vector<Weighed> all;
  double unlisted = 0.0;
  for (const Observation& each : seen) {
    // A reader that knows no words finds a long text by chance less often than a short one.
    const double share = each.probability / claimed *
                         std::pow(26.0, static_cast<double>(each.key.size()) -
                                            static_cast<double>(seen.front().key.size()));
    weigh(lexicon, each, share, log_scale, all);
    unlisted += share * (1.0 - lexicon.coverage()) *
                std::exp(std::min(40.0, lexicon.log_unlisted(each.key) - log_scale));
  }
  double sum = unlisted;
  for (const Weighed& each : all) sum += each.weight;
  std::ranges::sort(all, [](const Weighed& a, const Weighed& b) {
    return std::pair(-a.weight, a.entry) < std::pair(-b.weight, b.entry);
  });
  out.unlisted = unlisted / sum;
  for (std::size_t i = 0; i < std::min(kEntriesKept, all.size()); ++i)
    out.entries.push_back({lexicon.entry(all[i].entry).text, all[i].weight / sum});
  return out;
}

std::vector<Alternative> texts_of(const Judged& judged) {
  const auto* value = std::get_if<std::string>(&judged.value);
  std::vector<Alternative> texts{{value ? *value : "", judged.probability}};
  for (const Alternative& each : judged.alternatives)
    if (texts.size() < kAlternatives && each.text != texts.front().text && each.probability > 0.02)
      texts.push_back(each);
  return texts;
}

bool is_mark(char c) {
  return static_cast<unsigned char>(c) >= 0x80 || c == ' ' || c == '-' || c == '\'';
}

// Without specks (signs that no word has), their spaces and outer spaces.
std::string without_specks(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool is_speck = !is_mark(c) && key_of({&c, 1}).empty();
    if (is_speck || (c == ' ' && (out.empty() || out.back() == ' '))) continue;
    out.push_back(c);
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

// The one of `spellings` that `read` is, but for capitals and specks; else nothing: spaces, dashes
// and accents make another name of it.
const std::string* same_spelling(const std::vector<std::string>& spellings,
                                 const std::string& read) {
  const auto exact = std::ranges::find(spellings, read);
  if (exact != spellings.end()) return &*exact;
  for (const std::string& text : {read, without_specks(read)}) {
    const auto same =
        std::ranges::find(spellings, in_capitals(text),
                          [](const std::string& spelling) { return in_capitals(spelling); });
    if (same != spellings.end()) return &*same;
  }
  return nullptr;
}

// The one that is most like `read` in its spaces, signs and accents.
const std::string& nearest_spelling(const std::vector<std::string>& spellings,
                                    const std::string& read) {
  const auto difference = [&](const std::string& spelling) {
    return std::abs(std::ranges::count_if(spelling, is_mark) -
                    std::ranges::count_if(read, is_mark));
  };
  return *std::ranges::min_element(spellings, {}, difference);
}

// True when `listed` is what is left of `own` without its first or last words: "Pereira" of "Sa
// Pereira". A reader may see a letter in a speck, but no word where nothing stands.
bool is_shortened(const std::string& own, const std::string& listed) {
  const std::string key = key_of(listed);
  for (std::size_t at = own.find(' '); at != std::string::npos; at = own.find(' ', at + 1)) {
    const std::string first = key_of(own.substr(0, at));
    const std::string rest = key_of(own.substr(at));
    if ((first == key && rest.size() > 1) || (rest == key && first.size() > 1)) return true;
  }
  return false;
}

struct HouseLine {
  std::string street;
  std::string rest;  // house number and what follows, the blank in front of it included
};

std::optional<HouseLine> split_house_number(const std::string& text) {
  const re2::RE2 expression(
      R"((.*[^ 0-9]|.* [0-9]{4})( +[0-9]{1,5}(?: ?[-/]? ?[A-Za-z0-9]{1,4})?))");
  HouseLine out;
  if (!re2::RE2::FullMatch(text, expression, &out.street, &out.rest)) return std::nullopt;
  return out;
}

// What was read of a word, and how sure that is.
struct ReadWord {
  const std::string& text;
  double certainty = 0.0;
  // That its spaces and signs are right, should the list spell it with others.
  double spacing = 1.0;
};

// The entries as they may be written: what was read, or as the list spells it. A word of which the
// list has other spellings only is as it was read; theirs comes behind it.
std::vector<Alternative> spelled(const std::vector<Alternative>& entries, const ReadWord& own,
                                 const Lexicon& lexicon) {
  const std::string key = key_of(own.text);
  std::vector<Alternative> out;
  for (const Alternative& entry : entries) {
    const std::string entry_key = key_of(entry.text);
    const std::vector<std::string> spellings = lexicon.spellings(entry_key);
    if (entry_key != key) {
      out.push_back({nearest_spelling(spellings, own.text), entry.probability});
    } else if (const std::string* same = same_spelling(spellings, own.text)) {
      out.push_back({*same, entry.probability});
    } else {
      const double kept = std::min(entry.probability, own.spacing);
      out.push_back({own.text, kept});
      out.push_back(
          {nearest_spelling(spellings, own.text), std::min(kept, entry.probability - kept)});
    }
  }
  return out;
}

// What the list makes of `own`, written into `judged`; `rest` stands behind every word.
void settle(const Lexicon& lexicon, const LexiconMatch& found, const ReadWord& own,
            const std::string& rest, double rest_certainty, Judged& judged) {
  const std::string key = key_of(own.text);
  std::vector<Alternative> all = found.entries;
  double kept = 1.0;
  std::erase_if(all, [&](const Alternative& each) {
    const bool is_part = is_shortened(own.text, each.text);
    if (is_part) kept -= each.probability;
    return is_part;
  });
  kept = std::max(kept, 1e-6);
  for (Alternative& each : all) each.probability /= kept;
  all = spelled(all, own, lexicon);
  const auto is_own = [&](const Alternative& each) { return key_of(each.text) == key; };
  const bool is_listed = std::ranges::any_of(all, is_own);
  if (!is_listed) all.push_back({own.text, found.unlisted / kept * own.certainty});
  std::ranges::stable_sort(all, [](const Alternative& a, const Alternative& b) {
    return a.probability > b.probability;
  });
  // Another word than was read takes its place when it is likelier than all else together.
  const auto mine = std::ranges::find_if(all, is_own);
  if (all.front().probability < 0.5 && mine != all.end()) std::rotate(all.begin(), mine, mine + 1);
  const bool replaced = key_of(all.front().text) != key;
  if (replaced)
    judged.notices.emplace_back("read_by_lexicon");
  else if (!is_listed)
    judged.notices.emplace_back("not_in_lexicon");
  judged.alternatives.clear();
  for (const Alternative& each : all)
    if (judged.alternatives.size() < kEntriesKept && each.probability > 1e-4)
      judged.alternatives.push_back(
          {each.text + rest, std::min(kMostCertain, each.probability) * rest_certainty});
  judged.value = all.front().text + rest;
  judged.probability = std::min(kMostCertain, all.front().probability) * rest_certainty;
}

// The list knows the street; nobody vouches for the number, which may be all that was misread.
void apply_to_line(const HouseLine& line, const std::string& whole, const Lexicon& lexicon,
                   Judged& judged) {
  const double share = static_cast<double>(line.street.size()) / static_cast<double>(whole.size());
  const double street = std::pow(std::clamp(judged.probability, 1e-6, 1.0), share);
  const std::vector<Alternative> read = judged.alternatives;
  settle(lexicon, match_texts(lexicon, {{line.street, street}}), {line.street, 1.0}, line.rest,
         judged.probability, judged);
  std::string found = std::get<std::string>(judged.value);
  found.erase(found.size() - line.rest.size());
  for (const Alternative& each : read) {
    const auto other = split_house_number(each.text);
    if (other && other->rest != line.rest && key_of(other->street) == key_of(line.street))
      judged.alternatives.push_back({found + other->rest, each.probability});
  }
}

}  // namespace

LexiconMatch match_texts(const Lexicon& lexicon, const std::vector<Alternative>& texts) {
  std::vector<Observation> seen;
  for (const Alternative& text : texts)
    if (seen.size() < kAlternatives && !key_of(text.text).empty())
      seen.push_back(observed_text(text));
  return match(lexicon, seen);
}

LexiconMatch match_cells(const Lexicon& lexicon, const std::vector<CharacterCell>& cells) {
  Observation seen = observed_cells(cells);
  if (seen.key.empty()) return {};
  return match(lexicon, {std::move(seen)});
}

void apply_lexicon(const forms::Field& field, const Reading& reading, const Lexica& lexica,
                   Judged& judged) {
  const auto lexicon = lexica.find(field.lexicon);
  const bool is_words = field.type == FieldType::text || field.type == FieldType::capitals ||
                        field.type == FieldType::alphanumeric;
  const auto* value = std::get_if<std::string>(&judged.value);
  if (lexicon == lexica.end() || lexicon->second.size() == 0 || !is_words || value == nullptr ||
      !judged.invalid.empty() || reading.method == Method::person || key_of(*value).empty())
    return;
  const std::string own = *value;
  const double certainty = judged.probability;
  const Lexicon& list = lexicon->second;
  if (!reading.cells.empty()) {
    settle(list, match_cells(list, reading.cells), {own, certainty}, "", 1.0, judged);
    if (field.type == FieldType::capitals)
      judged.value = in_capitals(std::get<std::string>(judged.value));
    return;
  }
  const auto line = split_house_number(own);
  if (line && list.find(key_of(own)) == nullptr)
    apply_to_line(*line, own, list, judged);
  else
    settle(list, match_texts(list, texts_of(judged)), {own, certainty, certainty}, "", 1.0, judged);
}

}  // namespace postkamer::validate
