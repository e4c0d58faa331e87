// SPDX-License-Identifier: EUPL-1.2
#include "tests/support/sample_values.h"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <string_view>

namespace postkamer::support {
namespace {

using namespace std::string_view_literals;

constexpr std::array kFirstNames{
    "Anouk"sv,   "Bas"sv,    "Carlijn"sv, "Daan"sv,  "Eefje"sv,   "Floris"sv, "Gerda"sv,  "Hidde"sv,
    "Imke"sv,    "Jasper"sv, "Karin"sv,   "Lotte"sv, "Maarten"sv, "Nienke"sv, "Olaf"sv,   "Petra"sv,
    "Quinten"sv, "Rianne"sv, "Sjoerd"sv,  "Tessa"sv, "Ubbo"sv,    "Vera"sv,   "Wouter"sv, "Ymke"sv};
constexpr std::array kSurnames{
    "Bakker"sv,   "Dijkstra"sv,  "Hoekstra"sv, "Kuipers"sv,  "Meijer"sv,    "Postma"sv,
    "Schouten"sv, "Timmerman"sv, "Veenstra"sv, "Wagenaar"sv, "Zwart"sv,     "Molenaar"sv,
    "Brouwer"sv,  "Kramer"sv,    "Smeets"sv,   "Verhagen"sv, "Willemsen"sv, "Yilmaz"sv};
constexpr std::array kPlaceSurnames{"Berg"sv,   "Dijk"sv,   "Meer"sv,
                                    "Linden"sv, "Velden"sv, "Heuvel"sv};
constexpr std::array kPrefixes{"van"sv, "de"sv, "van de"sv, "van der"sv, "van den"sv};
constexpr std::array kStreets{"Kerkstraat"sv,  "Molenweg"sv,      "Lindelaan"sv,  "Havenkade"sv,
                              "Sluisweg"sv,    "Dorpsplein"sv,    "Beukenhof"sv,  "Zuiderdijk"sv,
                              "Merelstraat"sv, "Vissersgracht"sv, "Hoge Akker"sv, "Esdoornpad"sv};
constexpr std::array kPlaces{"Waterdam"sv, "Zwolle"sv, "Leiden"sv, "Assen"sv, "Breda"sv, "Venlo"sv};
constexpr std::array kMonths{"januari"sv,   "februari"sv, "maart"sv,    "april"sv,
                             "mei"sv,       "juni"sv,     "juli"sv,     "augustus"sv,
                             "september"sv, "oktober"sv,  "november"sv, "december"sv};
constexpr std::array kStampMonths{"JAN"sv, "FEB"sv, "MRT"sv, "APR"sv, "MEI"sv, "JUN"sv,
                                  "JUL"sv, "AUG"sv, "SEP"sv, "OKT"sv, "NOV"sv, "DEC"sv};
constexpr std::array kBanks{"INGB"sv, "RABO"sv, "ABNA"sv, "TRIO"sv, "ASNB"sv, "KNAB"sv};
constexpr std::string_view kPlateLetters = "BDFGHJKLNPRSTXZ";
constexpr std::string_view kPostcodeLetters = "ABCDEGHJKLMNPRTVWXZ";
constexpr std::array kGrounds{"Ik ben het niet eens met dit besluit."sv,
                              "De bomen aan de overkant nemen nu al veel licht weg."sv,
                              "Er is niet met de buurt overlegd."sv,
                              "De tekening klopt niet met wat er gebouwd wordt."sv,
                              "Ik kan mijn auto dan nergens meer kwijt."sv,
                              "Het bedrag is veel hoger dan vorig jaar."sv,
                              "Mijn buren denken er net zo over."sv,
                              "Wilt u de beslissing opnieuw bekijken?"sv};

bool is_leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

int days_in(int year, int month) {
  constexpr std::array kDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return kDays[static_cast<std::size_t>(month - 1)] + (month == 2 && is_leap(year) ? 1 : 0);
}

int days_from(const Date& first, const Date& last) {
  int days = 0;
  for (Date at = first; !(at == last); ++days) at = days_later(at, 1);
  return days;
}

char letter(std::string_view from, Random& random) { return random.one_of(from); }

int remainder_97(std::string_view text) {
  int rest = 0;
  for (const char c : text) {
    if (c >= 'A' && c <= 'Z') {
      rest = (rest * 100 + (c - 'A' + 10)) % 97;
    } else {
      rest = (rest * 10 + (c - '0')) % 97;
    }
  }
  return rest;
}

std::string lower(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c != ' ') out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return out;
}

}  // namespace

std::string iso(const Date& date) {
  return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

std::string as_written(const Date& date) {
  return fmt::format("{:02}-{:02}-{:04}", date.day, date.month, date.year);
}

std::string in_words(const Date& date) {
  return fmt::format("{} {} {}", date.day, kMonths[static_cast<std::size_t>(date.month - 1)],
                     date.year);
}

std::string on_stamp(const Date& date) {
  return fmt::format("{:02} {} {}", date.day,
                     kStampMonths[static_cast<std::size_t>(date.month - 1)], date.year);
}

Date days_later(const Date& date, int days) {
  Date at = date;
  for (at.day += days; at.day > days_in(at.year, at.month);) {
    at.day -= days_in(at.year, at.month);
    at.month = at.month % 12 + 1;
    if (at.month == 1) ++at.year;
  }
  return at;
}

Date date_between(const Date& first, const Date& last, Random& random) {
  return days_later(first, random.whole(0, days_from(first, last)));
}

std::string digits(int count, Random& random) {
  std::string out;
  for (int i = 0; i < count; ++i) out += static_cast<char>('0' + random.whole(i == 0 ? 1 : 0, 9));
  return out;
}

bool passes_eleven_proof(const std::string& bsn) {
  if (bsn.size() != 9) return false;
  int sum = 0;
  for (int i = 0; i < 9; ++i) {
    sum += (bsn[static_cast<std::size_t>(i)] - '0') * (i == 8 ? -1 : 9 - i);
  }
  return bsn != "000000000" && sum % 11 == 0;
}

bool passes_mod_97(const std::string& iban) {
  return iban.size() > 4 && remainder_97(iban.substr(4) + iban.substr(0, 4)) == 1;
}

std::string valid_bsn(Random& random) {
  for (;;) {
    std::string bsn = fmt::format("{}{}", random.whole(4, 9), digits(8, random));
    if (passes_eleven_proof(bsn)) return bsn;
  }
}

std::string valid_iban(Random& random) {
  const std::string account = std::string(random.one_of(kBanks)) + "0" + digits(9, random);
  return fmt::format("NL{:02}{}", 98 - remainder_97(account + "NL00"), account);
}

std::string valid_licence_plate(Random& random) {
  const auto pair = [&] {
    return std::string{letter(kPlateLetters, random), letter(kPlateLetters, random)};
  };
  switch (random.whole(0, 2)) {
    case 0:  // sidecode 6
      return fmt::format("{}-{}-{}", digits(2, random), pair(), pair());
    case 1:  // sidecode 8
      return fmt::format("{}-K{}-{}", digits(1, random), pair(), digits(2, random));
    default:  // sidecode 10
      return fmt::format("{}-{}-{}", letter("GHJKNPRSTXZ", random), digits(3, random), pair());
  }
}

std::string postcode(Random& random) {
  return fmt::format("{} {}{}", digits(4, random), letter(kPostcodeLetters, random),
                     letter("ABCEGHJKLMNPRTVWXZ", random));
}

std::string reference(Random& random) {
  constexpr std::array kKinds{"BZW"sv, "VRG"sv, "WOZ"sv, "BEL"sv};
  return fmt::format("{}-2026-{:06}", random.one_of(kKinds), random.whole(1, 99999));
}

std::string spoiled(const std::string& checked, Random& random) {
  std::string out = checked;
  const auto last = out.size() - 1 - static_cast<std::size_t>(random.whole(0, 4));
  out[last] = static_cast<char>('0' + (out[last] - '0' + random.whole(1, 9)) % 10);
  return out;
}

Address drawn_address(Random& random) {
  Address address;
  address.street = random.one_of(kStreets);
  address.house_number = std::to_string(random.whole(1, 248));
  if (random.chance(0.2)) address.addition = std::string(1, letter("ABCD", random));
  address.postcode = postcode(random);
  address.place = random.one_of(kPlaces);
  return address;
}

Person drawn_person(Random& random) {
  Person person;
  person.first_name = random.one_of(kFirstNames);
  person.initials = person.first_name.substr(0, 1) + ".";
  if (random.chance(0.5)) person.initials += std::string(1, letter("ABCDEFGHJLMPRW", random)) + ".";
  if (random.chance(0.4)) {
    person.prefix = random.one_of(kPrefixes);
    person.surname = random.one_of(kPlaceSurnames);
  } else {
    person.surname = random.one_of(kSurnames);
  }
  person.full_name =
      person.initials + " " + (person.prefix.empty() ? "" : person.prefix + " ") + person.surname;
  person.birth = date_between({1941, 1, 1}, {2006, 12, 31}, random);
  person.bsn = valid_bsn(random);
  person.iban = valid_iban(random);
  person.phone = fmt::format("06{}{}", random.whole(1, 5), digits(7, random));
  person.email = fmt::format("{}.{}@voorbeeld{}.nl", lower(person.first_name),
                             lower(person.prefix + person.surname), random.whole(2, 9));
  person.licence_plate = valid_licence_plate(random);
  person.address = drawn_address(random);
  person.old_address = drawn_address(random);
  return person;
}

std::string grounds(int letters, Random& random) {
  std::vector<std::string_view> sentences(kGrounds.begin() + 1, kGrounds.end());
  random.shuffle(sentences);
  std::string out(kGrounds[0]);
  for (const std::string_view sentence : sentences) {
    if (static_cast<int>(out.size() + 1 + sentence.size()) > letters) break;
    out += ' ';
    out += sentence;
  }
  return static_cast<int>(out.size()) > letters ? "Zie brief." : out;
}

}  // namespace postkamer::support
