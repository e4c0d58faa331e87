// SPDX-License-Identifier: EUPL-1.2
//
// Invented people and numbers. Nobody real: BSNs start with 4 to 9 and only satisfy the check;
// names, streets, postcodes and places are put together by chance. Deterministic for a Random's
// state.
#pragma once

#include <string>

#include "tests/support/random.h"

namespace postkamer::support {

struct Date {
  int year = 2026;
  int month = 1;
  int day = 1;
  bool operator==(const Date&) const = default;
};

std::string iso(const Date& date);         // "2026-11-03"
std::string as_written(const Date& date);  // "03-11-2026"
std::string in_words(const Date& date);    // "3 november 2026"
std::string on_stamp(const Date& date);    // "03 NOV 2026"
Date days_later(const Date& date, int days);

struct Address {
  std::string street;
  std::string house_number;  // digits
  std::string addition;      // "A", "bis", mostly empty
  std::string postcode;      // "1234 AB"
  std::string place;
};

struct Person {
  std::string initials;  // "J.P."
  std::string first_name;
  std::string prefix;  // "van der", mostly empty
  std::string surname;
  std::string full_name;  // "J.P. van der Meer"
  Date birth;             // an adult in 2026
  std::string bsn;
  std::string iban;   // without spaces
  std::string phone;  // "0612345678"
  std::string email;
  std::string licence_plate;  // "KN-123-B"
  Address address;
  Address old_address;
};

Person drawn_person(Random& random);
Address drawn_address(Random& random);

std::string valid_bsn(Random& random);
std::string valid_iban(Random& random);
std::string valid_licence_plate(Random& random);
std::string postcode(Random& random);
Date date_between(const Date& first, const Date& last, Random& random);
std::string digits(int count, Random& random);
// A reference as offices print them: "BZW-2026-004711".
std::string reference(Random& random);

// The same text with one digit changed, so that its check digits no longer fit.
std::string spoiled(const std::string& checked, Random& random);

bool passes_eleven_proof(const std::string& bsn);
bool passes_mod_97(const std::string& iban);

// Grounds as a citizen writes them, about `letters` characters long, whole sentences.
std::string grounds(int letters, Random& random);

}  // namespace postkamer::support
