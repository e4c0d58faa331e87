// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/validate/letter_sender.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include <re2/re2.h>

#include "pipeline/validate/expression.h"

#include "pipeline/validate/identifiers.h"
#include "pipeline/validate/lexicon.h"

namespace postkamer::validate {
namespace {

constexpr const char* kCapital = R"([A-Z]\pL*)";
constexpr const char* kTwoLetters = R"(\pL{2})";
constexpr const char* kPerson = R"(^(?:[A-Z]\.? ?)+.*\pL{2}|^[A-Z]\pL+ .*[A-Z]\pL+)";
constexpr const char* kSenderLabel = R"((?i)(?:afzender|van|naam) ?: *)";
constexpr const char* kPostcodeLine =
    R"(\b([1-9][0-9]{3} ?[A-Z]{2})\b[ ,]*(['A-Z][\pL'.-]*(?: [\pL'./-]+){0,5})?[.,]?$)";
constexpr const char* kStreetLine =
    R"(^((?:['0-9A-Z][\pL0-9'./-]*\.?)(?: [\pL0-9'./-]+)* [0-9]{1,5}(?: ?[-/]? ?[A-Za-z0-9]{1,4})?)[,.]?$)";
constexpr const char* kStreetEnd =
    R"(([A-Z'][\pL'./-]*(?: [\pL'][\pL'./-]*){0,4} [0-9]{1,5}(?: ?-? ?[A-Za-z]{1,3})?) *[,|·•*-]* *$)";
constexpr const char* kNotName =
    R"((?i)(^|\b)(postbus|telefoon|tel|mobiel|e-?mail|www|iban|kvk|btw|datum|betreft|onderwerp|kenmerk|bijlagen?|pagina|aantekenen|per post|factuur|nota|geachte|beste|t\.?a\.?v\.?|afdeling|ingekomen|ontvangen)\b|@|[0-9]{3,}|[:;€%?!=])";
constexpr const char* kAddressee =
    R"((?i)\b(gemeente(huis|lijke)?|college|burgemeester|b ?& ?w|b en w|wethouders|stad(s)?(huis|kantoor)|raadhuis|aan|t\.?a\.?v\.?|ter attentie|afdeling|afd|postbus|bezwaarschriftencommissie|burgerzaken|heffingsambtenaar|crediteurenadministratie|klachten\w*|belastingen)\b)";

struct Part {
  const Piece* piece = nullptr;
  std::size_t from = 0;
  std::size_t to = 0;
};

std::string text_of(const Part& part) {
  std::string text = part.piece->text.substr(part.from, part.to - part.from);
  while (!text.empty() && (text.back() == ' ' || text.back() == ',')) text.pop_back();
  return text;
}

struct Address {
  std::optional<Part> name;
  std::optional<Part> street;
  Part postcode;
  std::optional<Part> place;
  double certainty = 0.0;  // that it is the sender's
};

std::optional<Part> group(const Piece& piece, const re2::RE2& expression) {
  re2::StringPiece found;
  if (!re2::RE2::PartialMatch(piece.text, expression, &found)) return std::nullopt;
  const auto from = static_cast<std::size_t>(found.data() - piece.text.data());
  return Part{&piece, from, from + found.size()};
}

// A person's or a firm's name: words with a capital among them, nothing that only other lines have.
bool is_name(std::string_view text) {
  if (text.size() < 3 || text.size() > 60 || matches(text, compiled<&kNotName>())) return false;
  const auto words = std::ranges::count(text, ' ') + 1;
  return words <= 8 && matches(text, compiled<&kCapital>()) &&
         matches(text, compiled<&kTwoLetters>());
}

// What stands before "Van: " or "Afzender: " in a line is no part of the name.
Part without_label(const Piece& piece) {
  std::size_t from = 0;
  re2::StringPiece rest(piece.text);
  if (re2::RE2::Consume(&rest, compiled<&kSenderLabel>())) from = piece.text.size() - rest.size();
  return {&piece, from, piece.text.size()};
}

// The lines of an address above its postcode line: street, then one or two for the name.
void look_above(const std::vector<Piece>& pieces, Address& address) {
  const Piece* line = above(pieces, *address.postcode.piece, 1.6);
  if (line == nullptr) return;
  if (!address.street) {
    if (const auto street = group(*line, compiled<&kStreetLine>())) address.street = street;
    if (!address.street) return;
    line = above(pieces, *line, 1.6);
  }
  for (int i = 0; i < 3 && line != nullptr; ++i, line = above(pieces, *line, 1.3)) {
    const Part part = without_label(*line);
    if (!is_name(text_of(part)) || is_greeting(*line)) break;
    address.name = part;
  }
}

// A letter head in one line: "Jansen Tuinen | Kerkstraat 1 | 1234 AB Zwolle".
void look_in_line(Address& address) {
  const Piece& piece = *address.postcode.piece;
  re2::StringPiece front(piece.text.data(), address.postcode.from);
  re2::StringPiece street;
  if (!re2::RE2::PartialMatch(front, compiled<&kStreetEnd>(), &street)) return;
  const auto from = static_cast<std::size_t>(street.data() - piece.text.data());
  address.street = Part{&piece, from, from + street.size()};
  std::size_t end = from;
  while (end > 0 && std::string_view(" ,|*-").find(piece.text[end - 1]) != std::string_view::npos)
    --end;
  const Part name{&piece, without_label(piece).from, end};
  if (end > name.from && is_name(text_of(name))) address.name = name;
}

// All lines of the block around a postcode line, as one text.
std::string block_text(const std::vector<Piece>& pieces, const Piece& at) {
  std::string out = at.text;
  const Piece* line = &at;
  for (int i = 0; i < 6 && (line = above(pieces, *line, 1.3)) != nullptr; ++i)
    out += "\n" + line->text;
  line = &at;
  for (int i = 0; i < 2 && (line = below(pieces, *line, 0.9)) != nullptr; ++i)
    out += "\n" + line->text;
  return out;
}

std::vector<Address> addresses_of(const std::vector<Piece>& pieces) {
  std::vector<Address> out;
  bool in_body = false;
  for (const Piece& piece : pieces) {
    if (is_greeting(piece)) in_body = true;
    if (is_closing(piece)) in_body = false;
    const re2::RE2& expression = compiled<&kPostcodeLine>();
    re2::StringPiece groups[3];
    if (!expression.Match(piece.text, 0, piece.text.size(), re2::RE2::UNANCHORED, groups, 3))
      continue;
    const auto part = [&](const re2::StringPiece& found) {
      const auto from = static_cast<std::size_t>(found.data() - piece.text.data());
      return Part{&piece, from, from + found.size()};
    };
    Address address;
    address.postcode = part(groups[1]);
    if (!canonical_postcode(text_of(address.postcode))) continue;
    if (!groups[2].empty()) address.place = part(groups[2]);
    look_in_line(address);
    if (!address.name) look_above(pieces, address);
    const bool is_addressee = matches(block_text(pieces, piece), compiled<&kAddressee>());
    address.certainty = is_addressee ? 0.05 : in_body ? 0.30 : 0.90;
    if (!address.street) address.certainty *= 0.7;
    out.push_back(address);
  }
  return out;
}

// The name under "Met vriendelijke groet,".
std::optional<Part> signed_name(const std::vector<Piece>& pieces) {
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (!is_closing(pieces[i])) continue;
    for (std::size_t k = i + 1; k < std::min(pieces.size(), i + 4); ++k) {
      const std::string& text = pieces[k].text;
      const bool is_person = matches(text, compiled<&kPerson>());
      if (is_name(text) && is_person && pieces[k].words.size() <= 6)
        return Part{&pieces[k], 0, text.size()};
    }
  }
  return std::nullopt;
}

// The first line of the page, when it is a name and no part of the address.
std::optional<Part> heading_of(const std::vector<Piece>& pieces, const Address& address) {
  const Piece& top = pieces.front();
  const bool is_apart = address.name->piece != &top || above(pieces, top, 1.0) != nullptr;
  if (!is_apart || !is_name(top.text) || matches(top.text, compiled<&kAddressee>()))
    return std::nullopt;
  return Part{&top, 0, top.text.size()};
}

// True when one name holds the other's last word.
bool same_name(const std::string& a, const std::string& b) {
  const auto last = [](const std::string& name) {
    return key_of(name.substr(name.rfind(' ') + 1));
  };
  return key_of(a).ends_with(last(b)) || key_of(b).ends_with(last(a));
}

}  // namespace

std::vector<FieldResult> find_sender(const std::vector<Piece>& pieces, int page) {
  const auto all = addresses_of(pieces);
  const auto best = std::ranges::max_element(all, {}, &Address::certainty);
  const bool is_known = best != all.end() && best->certainty >= 0.2;
  const auto under = signed_name(pieces);
  std::vector<FieldResult> out;
  const auto add = [&](const char* field, const std::optional<Part>& part, double certainty) {
    if (part && !text_of(*part).empty())
      out.push_back(
          result_from(field, *part->piece, part->from, part->to, text_of(*part), certainty, page));
  };
  double certainty = is_known ? best->certainty : 0.0;
  const bool agrees =
      is_known && best->name && under && same_name(text_of(*best->name), text_of(*under));
  if (agrees) certainty = std::max(certainty, 0.96);
  // A person's address and another name at the end: it is who gets the letter that stands above.
  if (is_known && best->name && under && !agrees) {
    add("sender_name", heading_of(pieces, *best), 0.70);
    return out;
  }
  if (is_known && best->name) {
    add("sender_name", best->name, certainty * 0.98);
  } else {
    add("sender_name", under, 0.85);
  }
  if (!is_known) return out;
  add("sender_address", best->street, certainty);
  add("sender_postcode", best->postcode, certainty);
  add("sender_place", best->place, certainty * 0.98);
  for (FieldResult& field : out)
    if (field.field == "sender_postcode")
      field.value = canonical_postcode(std::get<std::string>(field.value)).value_or("");
  return out;
}

}  // namespace postkamer::validate
