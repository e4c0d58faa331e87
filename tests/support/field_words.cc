// SPDX-License-Identifier: EUPL-1.2
#include "tests/support/field_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace postkamer::support {
namespace {

using forms::FieldType;

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

bool has(const std::string& name, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [&](std::string_view part) { return name.find(part) != std::string::npos; });
}

// Characters that fit: cells of a comb, else what a line holds, over all lines but a reserve.
int room_of(const forms::Field& field, bool by_hand) {
  if (!field.cells.empty()) return static_cast<int>(field.cells.size());
  const double a_character_mm = by_hand ? 2.9 : 2.5;
  const double a_line = (field.box.width - 3) / a_character_mm;
  const double lines = field.lines > 1 ? field.lines * 0.85 : 1;
  return std::max(1, static_cast<int>(a_line * lines));
}

std::string cut(std::string text, int room) {
  if (static_cast<int>(text.size()) > room) text.resize(static_cast<std::size_t>(room));
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

std::string without(std::string text, std::string_view unwanted) {
  std::erase_if(text, [&](char c) { return unwanted.find(c) != std::string_view::npos; });
  return text;
}

// A comb without a gap has no room for cents: the form asks for whole euros.
bool asks_for_cents(const forms::Field& field) {
  for (std::size_t i = 1; i < field.cells.size(); ++i) {
    if (field.cells[i].x - field.cells[i - 1].right() > 0.5) return true;
  }
  return field.cells.empty();
}

WrittenWord whole_euros(int euros) { return {std::to_string(euros), fmt::format("{}.00", euros)}; }

WrittenWord same(std::string text) { return {text, text}; }

}  // namespace

WrittenWord amount_word(long cents) {
  return {fmt::format("{},{:02}", cents / 100, cents % 100),
          fmt::format("{}.{:02}", cents / 100, cents % 100)};
}

long cents_of(const std::string& canonical_amount) {
  long cents = 0;
  for (const char c : canonical_amount) {
    if (c >= '0' && c <= '9') cents = cents * 10 + (c - '0');
  }
  return cents;
}

FieldWords::FieldWords(Random& random, bool by_hand)
    : random_(random),
      by_hand_(by_hand),
      signed_on_(date_between({2026, 9, 14}, {2026, 11, 6}, random)) {
  for (int i = 0; i < 5; ++i) people_.push_back(drawn_person(random));
  for (std::size_t i = 1; i < people_.size(); ++i) {
    people_[i].address = people_[0].address;
    people_[i].old_address = people_[0].old_address;
  }
}

const Person& FieldWords::whose(const std::string& name) const {
  if (has(name, {"partner", "bewoner", "verhuurder", "eigenaar"})) return people_[1];
  if (has(name, {"gemachtigde", "contact"})) return people_[2];
  for (const char c : name) {
    if (c >= '1' && c <= '4') return people_[static_cast<std::size_t>(c - '0')];
  }
  return people_[0];
}

std::string FieldWords::date(const std::string& name, const Person& person) {
  if (has(name, {"geboort", "birth"})) return iso(person.birth);
  if (has(name, {"onderteken", "dagtekening", "datumhandtekening", "datumonder"}) ||
      name == "datum") {
    return iso(signed_on_);
  }
  return iso(date_between({2026, 7, 1}, {2026, 9, 12}, random_));
}

std::string FieldWords::number(const forms::Field& field, const std::string& name,
                               const Person& person) {
  const int room = room_of(field, by_hand_);
  if (has(name, {"huisnummer"})) return person.address.house_number;
  if (has(name, {"aantal", "personen"})) return std::to_string(random_.whole(1, 6));
  if (has(name, {"termijn"})) return std::to_string(random_.whole(2, 9));
  if (has(name, {"dag"})) return std::to_string(random_.whole(1, 28));
  return digits(std::min(room, 12), random_);
}

std::string FieldWords::words(const forms::Field& field, const Person& person, int room) {
  const std::string name = lower(field.name);
  const bool old = has(name, {"oud", "vorig", "huidig"});
  const Address& address = old ? person.old_address : person.address;
  if (has(name, {"voorletter", "initial"})) return person.initials;
  if (has(name, {"voornaam", "voornamen"})) return person.first_name;
  if (has(name, {"tussenvoegsel", "voorvoegsel"})) {
    const bool fits = static_cast<int>(person.prefix.size()) <= room;
    return person.prefix.empty() || !fits ? "van" : person.prefix;
  }
  if (has(name, {"achternaam", "geslachtsnaam"})) return person.surname;
  if (has(name, {"straat"})) return address.street;
  if (has(name, {"huisletter"})) return std::string(1, random_.one_of(std::string_view("ABCDEF")));
  if (has(name, {"toevoeging"})) return random_.chance(0.5) ? "bis" : "2hg";
  if (has(name, {"huisnummer"})) return address.house_number;
  if (has(name, {"land"})) return "Nederland";
  if (has(name, {"plaats", "gemeente"})) return address.place;
  if (has(name, {"adres"})) return address.street + " " + address.house_number;
  if (has(name, {"kenmerk", "referentie", "nummer", "zaak", "machtiging"}))
    return reference(random_);
  if (has(name, {"merk"}))
    return random_.one_of(std::array<std::string, 4>{"Toyota", "Volvo", "Opel", "Fiat"});
  if (has(name, {"bic"})) return "RABONL2U";
  if (has(name, {"naam", "houder"})) return person.full_name;
  if (has(name, {"bedrijf", "organisatie"})) return person.surname + " BV";
  return grounds(room, random_);
}

WrittenWord FieldWords::for_field(const forms::Field& field) {
  const std::string name = lower(field.name);
  const Person& person = whose(name);
  const int room = room_of(field, by_hand_);
  switch (field.type) {
    case FieldType::bsn: return same(person.bsn);
    case FieldType::rsin: return same(valid_bsn(random_));
    case FieldType::kvk: return same(digits(8, random_));
    case FieldType::iban: return same(person.iban);
    case FieldType::licence_plate:
      return same(has(name, {"2", "3", "4", "tweede"}) ? valid_licence_plate(random_)
                                                       : person.licence_plate);
    case FieldType::email: return same(person.email);
    case FieldType::amount:
      return asks_for_cents(field) ? amount_word(random_.whole(800, 39'999))
                                   : whole_euros(random_.whole(1'200, 89'999));
    case FieldType::time: return same(fmt::format("{:02}:{:02}", random_.whole(8, 17), 15));
    case FieldType::date: {
      const std::string day = date(name, person);
      return {fmt::format("{}-{}-{}", day.substr(8, 2), day.substr(5, 2), day.substr(0, 4)), day};
    }
    case FieldType::postcode: {
      const bool old = has(name, {"oud", "vorig", "huidig"});
      return same((old ? person.old_address : person.address).postcode);
    }
    case FieldType::phone: return {person.phone, "+31" + person.phone.substr(1)};
    case FieldType::digits:
    case FieldType::number: return same(cut(number(field, name, person), room));
    case FieldType::capitals: {
      // Nobody gives a full stop a cell of its own.
      const std::string word = upper(words(field, person, room));
      return same(cut(field.cells.empty() ? word : without(word, "."), room));
    }
    case FieldType::alphanumeric: {
      const std::string word = upper(words(field, person, room));
      return same(cut(static_cast<int>(word.size()) > room ? without(word, "-. ") : word, room));
    }
    default: return same(cut(words(field, person, room), room));
  }
}

}  // namespace postkamer::support
