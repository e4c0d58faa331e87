// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/validate/iban.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "pipeline/validate/identifiers.h"

namespace postkamer::validate {
namespace {

struct CountryLength {
  std::string_view country;
  std::size_t length;
};

// Sorted by country.
constexpr std::array kLengths{
    CountryLength{"AD", 24}, CountryLength{"AE", 23}, CountryLength{"AL", 28},
    CountryLength{"AT", 20}, CountryLength{"AZ", 28}, CountryLength{"BA", 20},
    CountryLength{"BE", 16}, CountryLength{"BG", 22}, CountryLength{"BH", 22},
    CountryLength{"BR", 29}, CountryLength{"BY", 28}, CountryLength{"CH", 21},
    CountryLength{"CR", 22}, CountryLength{"CY", 28}, CountryLength{"CZ", 24},
    CountryLength{"DE", 22}, CountryLength{"DK", 18}, CountryLength{"DO", 28},
    CountryLength{"EE", 20}, CountryLength{"EG", 29}, CountryLength{"ES", 24},
    CountryLength{"FI", 18}, CountryLength{"FO", 18}, CountryLength{"FR", 27},
    CountryLength{"GB", 22}, CountryLength{"GE", 22}, CountryLength{"GI", 23},
    CountryLength{"GL", 18}, CountryLength{"GR", 27}, CountryLength{"GT", 28},
    CountryLength{"HR", 21}, CountryLength{"HU", 28}, CountryLength{"IE", 22},
    CountryLength{"IL", 23}, CountryLength{"IQ", 23}, CountryLength{"IS", 26},
    CountryLength{"IT", 27}, CountryLength{"JO", 30}, CountryLength{"KW", 30},
    CountryLength{"KZ", 20}, CountryLength{"LB", 28}, CountryLength{"LC", 32},
    CountryLength{"LI", 21}, CountryLength{"LT", 20}, CountryLength{"LU", 20},
    CountryLength{"LV", 21}, CountryLength{"LY", 25}, CountryLength{"MC", 27},
    CountryLength{"MD", 24}, CountryLength{"ME", 22}, CountryLength{"MK", 19},
    CountryLength{"MR", 27}, CountryLength{"MT", 31}, CountryLength{"MU", 30},
    CountryLength{"NL", 18}, CountryLength{"NO", 15}, CountryLength{"PK", 24},
    CountryLength{"PL", 28}, CountryLength{"PS", 29}, CountryLength{"PT", 25},
    CountryLength{"QA", 29}, CountryLength{"RO", 24}, CountryLength{"RS", 22},
    CountryLength{"SA", 24}, CountryLength{"SC", 31}, CountryLength{"SE", 24},
    CountryLength{"SI", 19}, CountryLength{"SK", 24}, CountryLength{"SM", 27},
    CountryLength{"ST", 25}, CountryLength{"SV", 28}, CountryLength{"TL", 23},
    CountryLength{"TN", 24}, CountryLength{"TR", 26}, CountryLength{"UA", 29},
    CountryLength{"VA", 22}, CountryLength{"VG", 24}, CountryLength{"XK", 20},
};

// Sorted. A bank that is missing here costs an operator a glance (a notice), never a refusal.
constexpr std::array<std::string_view, 82> kDutchBanks{
    "ABNA", "ADYB", "AEGO", "ANDL", "ARBN", "ARSN", "ASNB", "ATBA", "BCIT", "BICK", "BINK", "BITS",
    "BKCH", "BKMG", "BLGW", "BMEU", "BNDA", "BNGH", "BNPA", "BOFA", "BOFS", "BOTK", "BUNQ", "CHAS",
    "CITC", "CITI", "COBA", "DEUT", "DHBN", "DNIB", "EBPB", "EBUR", "FBHL", "FLOR", "FRNX", "FROM",
    "FTSB", "FVLB", "FXBB", "GILL", "HAND", "HHBA", "HIFX", "HSBC", "INGB", "INSI", "ISBK", "KABA",
    "KASA", "KNAB", "KOEX", "KRED", "LOCY", "LOYD", "LPLN", "MHCB", "MODR", "MOYO", "NNBA", "NTSB",
    "NWAB", "PCBC", "PNOW", "QNTO", "RABO", "RBOS", "RBRB", "REVO", "SBOS", "SNSB", "SOGE", "SWNB",
    "TEBU", "TRIO", "UBSW", "UGBI", "VOWA", "VPAY", "WPSN", "YOUR", "ZPAY", "ZWLB"};

static_assert(std::ranges::is_sorted(kDutchBanks));
static_assert(std::ranges::is_sorted(kLengths, {}, &CountryLength::country));

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }

bool has_length_of_country(std::string_view iban) {
  const auto found =
      std::ranges::lower_bound(kLengths, iban.substr(0, 2), {}, &CountryLength::country);
  return found != kLengths.end() && found->country == iban.substr(0, 2) &&
         found->length == iban.size();
}

// NL: four letters and ten digits after the check digits.
bool has_dutch_shape(std::string_view iban) {
  return std::ranges::all_of(iban.substr(4, 4), is_capital) &&
         std::ranges::all_of(iban.substr(8), is_digit);
}

}  // namespace

int remainder_97(std::string_view characters) {
  int remainder = 0;
  for (const char c : characters)
    remainder =
        is_digit(c) ? (remainder * 10 + (c - '0')) % 97 : (remainder * 100 + (c - 'A' + 10)) % 97;
  return remainder;
}

std::optional<std::string> canonical_iban(std::string_view written) {
  const std::string iban = without_separators(written);
  if (iban.size() < 15 || !has_length_of_country(iban)) return std::nullopt;
  if (!is_digit(iban[2]) || !is_digit(iban[3])) return std::nullopt;
  const auto is_allowed = [](char c) { return is_digit(c) || is_capital(c); };
  if (!std::ranges::all_of(iban, is_allowed)) return std::nullopt;
  if (iban.starts_with("NL") && !has_dutch_shape(iban)) return std::nullopt;
  if (remainder_97(iban.substr(4) + iban.substr(0, 4)) != 1) return std::nullopt;
  return iban;
}

bool is_known_dutch_bank(std::string_view code) {
  return std::ranges::binary_search(kDutchBanks, code);
}

bool has_known_bank(std::string_view iban) {
  return !iban.starts_with("NL") || is_known_dutch_bank(iban.substr(4, 4));
}

}  // namespace postkamer::validate
