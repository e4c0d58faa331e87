// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/validate/letter_head.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include <re2/re2.h>

#include "pipeline/validate/expression.h"

#include "pipeline/validate/written.h"

namespace postkamer::validate {
namespace {

constexpr const char* kDate =
    R"((?i)\b([0-3]?[0-9](?: ?[-/.] ?[01]?[0-9] ?[-/.] ?(?:[0-9]{4}|'?[0-9]{2})| +(?:januari|jan\.?|februari|feb\.?|maart|mrt\.?|april|apr\.?|mei|juni|jun\.?|juli|jul\.?|augustus|aug\.?|september|sept?\.?|oktober|okt\.?|november|nov\.?|december|dec\.?) +(?:[0-9]{4}|'[0-9]{2})))\b)";
constexpr const char* kDateLabel =
    R"((?i)^(?:datum|(?:brief|factuur|nota)datum|datum (?:brief|factuur)|dagtekening|d\.?d\.?) ?[:.]?$)";
// Before the date, in the same piece: a place name, perhaps with a comma.
constexpr const char* kPlaceBefore =
    R"(^['A-Z][\pL'.-]*(?: (?:aan|den|de|der|op|en|het|over|bij|in|a/d|[A-Z][\pL'.-]*)){0,4} ?,? ?(?:d\.?d\.? ?|de |, )?$)";
constexpr const char* kOtherDate =
    R"((?i)\b(ingekomen|ontvangen|ontvangst|geboren|geboorte\w*|uiterlijk|verval\w*|besluit|brief van|verzonden|periode|tot|vanaf|ingang\w*|betaal\w*|lever\w*|op|van|per|sinds|voor)\b)";
// Behind the date, in the same piece: the next label of a letter head.
constexpr const char* kNextLabel =
    R"((?i)^(?:(?:uw|ons|onze|mijn) (?:kenmerk|ref)|kenmerk|referentie|betreft|onderwerp|bijlagen?|pagina|behandel\w+|telefoon|doorkies\w*)\b)";
// A received stamp: its date is ours, not the letter's.
constexpr const char* kStamp = R"((?i)\b(ingekomen|ontvangen|ingek\.?|gescand|verwerkt)\b)";

struct Candidate {
  const Piece* piece = nullptr;
  std::size_t from = 0;
  std::size_t to = 0;
  std::string value;
  double certainty = 0.0;
};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '.' || text.back() == ','))
    text.remove_suffix(1);
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  return text;
}

bool is_stamped(const std::vector<Piece>& pieces, const Piece& date) {
  const auto near = [&](const Piece* piece) {
    return piece != nullptr && matches(piece->text, compiled<&kStamp>());
  };
  return near(&date) || near(above(pieces, date, 2.5)) || near(below(pieces, date, 2.5));
}

bool has_label(const std::vector<Piece>& pieces, const Piece& date) {
  if (const Piece* over = above(pieces, date, 2.5);
      over && matches(over->text, compiled<&kDateLabel>()))
    return true;
  return std::ranges::any_of(pieces, [&](const Piece& piece) {
    return matches(piece.text, compiled<&kDateLabel>()) && right_of(pieces, piece) == &date;
  });
}

// How sure it is that a date with this in front of and behind it is the letter's own; 0 = it is
// not.
double certainty_of(const std::vector<Piece>& pieces, const Piece& piece, std::string_view before,
                    std::string_view after) {
  const bool goes_on = !trimmed(after).empty() && !matches(trimmed(after), compiled<&kNextLabel>());
  if (goes_on || is_stamped(pieces, piece)) return 0.0;
  const std::string_view front = trimmed(before);
  if (matches(front, compiled<&kDateLabel>())) return 0.98;
  if (matches(front, compiled<&kOtherDate>())) return 0.0;
  if (front.empty()) return has_label(pieces, piece) ? 0.98 : 0.90;
  return front.size() <= 40 && matches(before, compiled<&kPlaceBefore>()) ? 0.96 : 0.0;
}

// Within the letter's text and after its end a date alone is worth less.
double place_factor(const std::vector<Piece>& pieces, const Piece& date) {
  for (const Piece& piece : pieces)
    if (&piece == &date)
      return 1.0;
    else if (is_closing(piece))
      return 0.93;
    else if (is_greeting(piece))
      return 0.75;
  return 1.0;
}

std::optional<Candidate> own_date(const std::vector<Piece>& pieces) {
  const re2::RE2& expression = compiled<&kDate>();
  std::optional<Candidate> best;
  for (const Piece& piece : pieces) {
    re2::StringPiece groups[2];
    if (!expression.Match(piece.text, 0, piece.text.size(), re2::RE2::UNANCHORED, groups, 2))
      continue;
    const auto from = static_cast<std::size_t>(groups[1].data() - piece.text.data());
    const std::size_t to = from + groups[1].size();
    const auto value = canonical_date(piece.text.substr(from, to - from), {});
    const std::string_view text = piece.text;
    const double certainty = certainty_of(pieces, piece, text.substr(0, from), text.substr(to)) *
                             place_factor(pieces, piece);
    if (value && certainty > 0.0 && (!best || certainty > best->certainty))
      best = Candidate{&piece, from, to, *value, certainty};
  }
  return best;
}

bool has_digit(std::string_view text) {
  return text.find_first_of("0123456789") != std::string_view::npos;
}

// The value behind a label: in the same piece, to the right of it, or (when `may_be_below`) under
// it. `value` is one group.
std::optional<Candidate> labelled(const std::vector<Piece>& pieces, const std::string& label,
                                  const char* value, bool may_be_below) {
  const re2::RE2 here("(?i)(?:^|^[^:]{1,12}: [^:]* )(?:" + label + ")(?: ?[:.]+ ?| )(?-i)" + value);
  const re2::RE2 bare("(?i)^(?:" + label + ") ?[:.]*$");
  const re2::RE2 whole(std::string("^[:.]? ?") + value + "$");
  for (const Piece& piece : pieces) {
    re2::StringPiece found;
    const Piece* holder = &piece;
    double certainty = 0.95;
    if (re2::RE2::FullMatch(piece.text, bare)) {
      const Piece* beside = right_of(pieces, piece);
      const Piece* under = may_be_below ? below(pieces, piece, 1.5) : nullptr;
      // In columns the next label stands beside, and is no value.
      if (beside != nullptr && (!may_be_below || has_digit(beside->text)) &&
          re2::RE2::PartialMatch(beside->text, whole, &found))
        holder = beside;
      else if (under != nullptr && re2::RE2::PartialMatch(under->text, whole, &found))
        holder = under, certainty = 0.88;
      else
        continue;
    } else if (!re2::RE2::PartialMatch(piece.text, here, &found)) {
      continue;
    }
    const auto from = static_cast<std::size_t>(found.data() - holder->text.data());
    return Candidate{holder, from, from + found.size(), std::string(found.data(), found.size()),
                     certainty};
  }
  return std::nullopt;
}

constexpr const char* kReference =
    R"(((?:[A-Z]{1,5} ?)?[A-Z0-9][A-Za-z0-9]*(?:[-./_][A-Za-z0-9]+)*))";

// A heading without label: the line above the greeting that names a kind of letter.
std::optional<Candidate> heading(const std::vector<Piece>& pieces) {
  static constexpr const char* kNames =
      R"((?i)^(pro forma |officiële |formele |aanvulling )?(bezwaar|beroep|klacht|verzoek|aanvraag|factuur|nota\b|rekening|uitnodiging|offerte|kennisgeving|declaratie|opzegging|herinnering|aanmaning|melding|sollicitatie|machtiging))";
  for (std::size_t i = 1; i < pieces.size(); ++i) {
    if (!is_greeting(pieces[i])) continue;
    const Piece& piece = pieces[i - 1];
    if (matches(piece.text, compiled<&kNames>()) && piece.words.size() <= 14)
      return Candidate{&piece, 0, piece.text.size(), piece.text, 0.85};
    return std::nullopt;
  }
  return std::nullopt;
}

std::optional<Candidate> subject_of(const std::vector<Piece>& pieces) {
  auto found = labelled(pieces, "betreft|betr\\.|onderwerp|inzake|re ?:", R"((\S.*\pL.*))", false);
  return found ? found : heading(pieces);
}

}  // namespace

std::vector<FieldResult> find_head(const std::vector<Piece>& pieces, int page) {
  std::vector<FieldResult> out;
  const auto add = [&](const char* field, const std::optional<Candidate>& found) {
    if (found)
      out.push_back(result_from(field, *found->piece, found->from, found->to, found->value,
                                found->certainty, page));
  };
  add("letter_date", own_date(pieces));
  for (const auto& [field, label] :
       {std::pair("sender_reference",
                  "(?:ons|onze|mijn) (?:kenmerk|referentie|ref)|(?:factuur|nota)(?:nummer|nr)"),
        std::pair("addressee_reference", "uw (?:kenmerk|referentie|ref|brief|inkoopnummer)")}) {
    const auto found = labelled(pieces, label, kReference, true);
    if (found && found->value.size() >= 3 && has_digit(found->value) &&
        !canonical_date(found->value, {}))
      add(field, found);
  }
  add("subject", subject_of(pieces));
  return out;
}

}  // namespace postkamer::validate
