// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/validate/decode.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <random>

#include <gmock/gmock.h>

#include "pipeline/validate/date_rule.h"
#include "pipeline/validate/iban.h"
#include "pipeline/validate/identifiers.h"
#include "pipeline/validate/phone_rule.h"
#include "pipeline/validate/string_rules.h"
#include "pipeline/validate/written.h"

namespace postkamer::validate {
namespace {

using forms::FieldType;
using Cells = std::vector<CharacterCell>;

CharacterCell sure(char c, double probability = 0.9995) {
  return {{{std::string(1, c), probability}}, 0.0};
}
CharacterCell either(char a, double pa, char b, double pb) {
  return {{{std::string(1, a), pa}, {std::string(1, b), pb}}, 0.0};
}
CharacterCell empty(double probability = 0.999) { return {{}, probability}; }

Cells cells_of(std::string_view text) {
  Cells out;
  for (const char c : text) out.push_back(c == '_' ? empty() : sure(c));
  return out;
}

Decoded decoded(FieldType type, const Cells& cells) {
  return decode(cells, *rule_for(type, cells.size()));
}

TEST(DecodeBsn, keeps_a_clear_number) {
  const Decoded out = decoded(FieldType::bsn, cells_of("123456782"));
  EXPECT_EQ(out.text, "123456782");
  EXPECT_TRUE(out.is_allowed);
  EXPECT_GT(out.probability, 0.999);
}

TEST(DecodeBsn, lets_the_check_digit_decide_one_unsure_digit) {
  for (std::size_t at = 0; at < 9; ++at) {
    Cells cells = cells_of("123456782");
    const char right = "123456782"[at];
    const char wrong = right == '7' ? '1' : '7';
    cells[at] = either(wrong, 0.55, right, 0.44);  // the wrong one looks better
    const Decoded out = decoded(FieldType::bsn, cells);
    EXPECT_EQ(out.text, "123456782") << at;
    EXPECT_GT(out.probability, 0.995) << at;
    EXPECT_THAT(out.unsure, ::testing::ElementsAre(static_cast<int>(at) + 1));
  }
}

TEST(DecodeBsn, is_never_sure_with_two_unsure_digits) {
  for (std::size_t a = 0; a < 9; ++a) {
    for (std::size_t b = a + 1; b < 9; ++b) {
      Cells cells = cells_of("123456782");
      for (const std::size_t at : {a, b})
        cells[at] = either("123456782"[at], 0.6, "123456782"[at] == '7' ? '1' : '7', 0.39);
      EXPECT_LE(decoded(FieldType::bsn, cells).probability, kUnresolved) << a << ' ' << b;
    }
  }
}

TEST(DecodeBsn, leaves_a_clearly_written_wrong_number_as_it_stands) {
  const Decoded out = decoded(FieldType::bsn, cells_of("123456789"));
  EXPECT_EQ(out.text, "123456789");
  EXPECT_FALSE(out.is_allowed);
  EXPECT_LT(out.probability, 0.995);
}

TEST(DecodeBsn, counts_from_the_right_when_leading_cells_are_empty) {
  std::string number;
  for (char c = '0'; c <= '9' && number.empty(); ++c)
    if (passes_eleven_test(std::string("01234567") + c)) number = std::string("1234567") + c;
  ASSERT_FALSE(number.empty()) << "this prefix has a check digit";
  for (const std::string& written : {"_" + number, number + "_"}) {
    const Decoded out = decoded(FieldType::bsn, cells_of(written));
    EXPECT_EQ(out.text, number) << written;
    EXPECT_GT(out.probability, 0.99) << written;
  }
}

TEST(Decode, reads_empty_cells_as_no_value) {
  for (const FieldType type : {FieldType::bsn, FieldType::iban, FieldType::postcode,
                               FieldType::date, FieldType::amount, FieldType::licence_plate}) {
    const Decoded out = decoded(type, Cells(8, empty()));
    EXPECT_EQ(out.text, "");
    EXPECT_TRUE(out.is_allowed);
    EXPECT_GT(out.probability, 0.98);
  }
}

TEST(Decode, does_not_doubt_many_blank_cells_more_than_one) {
  Cells blank(30, empty(0.998));
  EXPECT_GE(most_probable(blank).probability, 0.9975);
  EXPECT_GE(decoded(FieldType::digits, Cells(9, empty(0.998))).probability, 0.995);
  EXPECT_GE(decoded(FieldType::bsn, Cells(9, empty(0.998))).probability, 0.995);
  blank[12] = empty(0.93);
  EXPECT_NEAR(most_probable(blank).probability, 0.93, 1e-9) << "as sure as its least sure cell";
  blank[12] = either('I', 0.6, 'J', 0.1);
  EXPECT_EQ(most_probable(blank).text, "I") << "ink among blanks is still seen";
}

TEST(Decode, gives_nothing_sure_for_cells_that_say_nothing) {
  const Cells blind(9, CharacterCell{{}, 0.0});
  EXPECT_LT(decoded(FieldType::bsn, blind).probability, 0.01);
  EXPECT_EQ(decode({}, *rule_for(FieldType::bsn, 0)).text, "");
}

TEST(DecodeIban, lets_modulo_97_decide_two_unsure_characters) {
  Cells cells = cells_of("NL91ABNA0417164300");
  cells[5] = either('8', 0.6, 'B', 0.39);
  cells[12] = either('7', 0.5, '1', 0.49);
  const Decoded out = decoded(FieldType::iban, cells);
  EXPECT_EQ(out.text, "NL91ABNA0417164300");
  EXPECT_GT(out.probability, 0.99);
}

TEST(DecodeIban, leaves_a_clearly_written_wrong_number_as_it_stands) {
  const Decoded out = decoded(FieldType::iban, cells_of("NL91ABNA0417164301"));
  EXPECT_EQ(out.text, "NL91ABNA0417164301");
  EXPECT_FALSE(out.is_allowed);
}

TEST(DecodeIban, prefers_banks_that_exist) {
  // Two readings of the bank, one check: the unknown one must not win by a hair.
  Cells cells = cells_of("NL91ABNA0417164300");
  cells[4] = either('H', 0.5, 'A', 0.49);
  EXPECT_EQ(decoded(FieldType::iban, cells).text, "NL91ABNA0417164300");
}

TEST(DecodeIban, sees_a_foreign_country) {
  EXPECT_TRUE(has_foreign_country(cells_of("BE71096123456769__")));
  EXPECT_FALSE(has_foreign_country(cells_of("NL91ABNA0417164300")));
  EXPECT_FALSE(has_foreign_country(Cells(18, empty())));
}

TEST(DecodePostcode, knows_where_digits_and_letters_stand) {
  Cells cells = cells_of("1O12AB");
  cells[1] = sure('O', 0.97);
  cells[4] = either('4', 0.6, 'A', 0.39);
  const Decoded out = decoded(FieldType::postcode, cells);
  EXPECT_EQ(out.text, "1012AB");
  EXPECT_TRUE(out.is_allowed);
}

TEST(DecodePostcode, never_gives_a_pair_that_is_not_used) {
  Cells cells = cells_of("2611SS");
  cells[5] = either('S', 0.7, 'G', 0.29);
  EXPECT_EQ(decoded(FieldType::postcode, cells).text, "2611SG");
}

TEST(DecodeLicencePlate, resolves_look_alikes_by_sidecode) {
  Cells cells = cells_of("0IGBB1");  // 01-GBB-1
  cells[1] = either('I', 0.6, '1', 0.39);
  EXPECT_EQ(decoded(FieldType::licence_plate, cells).text, "01GBB1");
}

TEST(DecodeDate, gives_only_days_that_exist) {
  Cells cells = cells_of("31042026");
  cells[1] = either('1', 0.6, '0', 0.39);
  EXPECT_EQ(decoded(FieldType::date, cells).text, "30042026");
  cells = cells_of("29022023");
  cells[7] = either('3', 0.6, '4', 0.39);
  EXPECT_EQ(decoded(FieldType::date, cells).text, "29022024");
  const Decoded impossible = decoded(FieldType::date, cells_of("31022024"));
  EXPECT_EQ(impossible.text, "31022024");
  EXPECT_FALSE(impossible.is_allowed);
  EXPECT_EQ(decoded(FieldType::date, cells_of("290224")).text, "290224");
}

TEST(DecodeDate, accepts_every_day_of_two_leap_cycles) {
  for (int year = 1996; year <= 2004; ++year)
    for (int month = 1; month <= 12; ++month)
      for (const int day : {1, 9, 10, 28, 29, 30, 31}) {
        char text[9];
        std::snprintf(text, sizeof text, "%02d%02d%04d", day, month, year);
        EXPECT_EQ(decoded(FieldType::date, cells_of(text)).is_allowed, exists({year, month, day}))
            << text;
      }
}

Decoded decoded_date(const Cells& cells, const DateContext& context) {
  return decode(cells, *rule_for(FieldType::date, cells.size(), context));
}

const DateContext kReceived{Date{2026, 3, 9}, Century::nearest};
const DateContext kSigned{Date{2026, 3, 9}, Century::past};
const DateContext kBirth{Date{2026, 3, 9}, Century::past, true};

TEST(DecodeDate, lets_usual_years_decide_an_unsure_digit) {
  Cells cells = cells_of("08032016");
  cells[6] = either('1', 0.6, '2', 0.39);
  EXPECT_EQ(decoded_date(cells, {}).text, "08032016") << "nothing is known of the receipt";
  EXPECT_EQ(decoded_date(cells, kReceived).text, "08032026");
  EXPECT_EQ(decoded_date(cells, kSigned).text, "08032026");
  EXPECT_EQ(decoded_date(cells, kBirth).text, "08032016") << "children are born in any year";
  cells[6] = either('7', 0.9, '2', 0.09);
  for (const DateContext& context : {kReceived, kSigned, kBirth})
    EXPECT_EQ(decoded_date(cells, context).text, "08032026");
}

TEST(DecodeDate, leaves_a_clear_year_as_it_stands_however_unusual) {
  for (const char* text : {"08032076", "08031890", "08032050", "08032027"}) {
    for (const DateContext& context : {kReceived, kSigned, kBirth}) {
      const Decoded out = decoded_date(cells_of(text), context);
      EXPECT_EQ(out.text, text);
      EXPECT_TRUE(out.is_allowed);
    }
  }
}

TEST(DecodeDate, knows_usual_years_of_two_digits) {
  Cells cells = cells_of("080376");
  cells[4] = either('7', 0.6, '2', 0.39);
  EXPECT_EQ(decoded_date(cells, kReceived).text, "080326");
  EXPECT_EQ(decoded_date(cells, kBirth).text, "080376");
}

TEST(YearWeights, have_a_mean_of_one) {
  for (const DateContext& context : {DateContext{}, kReceived, kSigned, kBirth}) {
    double sum = 0.0;
    for (int year = kFirstYear; year <= kLastYear; ++year) sum += weight_of_year(year, context);
    EXPECT_NEAR(sum / (kLastYear - kFirstYear + 1), 1.0, 1e-9);
  }
}

TEST(DecodeTimeAndPhone, follow_their_grammar) {
  Cells cells = cells_of("2430");
  cells[1] = either('4', 0.6, '1', 0.39);
  EXPECT_EQ(decoded(FieldType::time, cells).text, "2130");
  EXPECT_EQ(decoded(FieldType::phone, cells_of("0612345678")).text, "0612345678");
  cells = cells_of("6612345678");
  cells[0] = either('6', 0.6, '0', 0.39);
  EXPECT_EQ(decoded(FieldType::phone, cells).text, "0612345678");
}

TEST(DecodePhone, knows_which_area_codes_there_are) {
  Cells cells = cells_of("0319123456");  // 0318 is a place, 0319 is none
  cells[3] = either('9', 0.6, '8', 0.39);
  EXPECT_EQ(decoded(FieldType::phone, cells).text, "0318123456");
  cells = cells_of("0601234567");  // no mobile number begins so
  cells[2] = either('0', 0.6, '2', 0.39);
  EXPECT_EQ(decoded(FieldType::phone, cells).text, "0621234567");
  cells = cells_of("0319123456");
  EXPECT_EQ(decoded(FieldType::phone, cells).text, "0319123456") << "what is clear stays";
}

TEST(DecodePhone, takes_a_number_with_its_country) {
  const Decoded out = decoded(FieldType::phone, cells_of("+31612345678"));
  EXPECT_EQ(out.text, "+31612345678");
  EXPECT_TRUE(out.is_allowed);
}

TEST(MayBeginPhone, agrees_with_what_is_a_telephone_number) {
  int codes = 0;
  for (int first = 100; first < 1000; ++first) {
    const std::string digits = std::to_string(first);
    if (!may_begin_phone(digits)) continue;
    ++codes;
    EXPECT_TRUE(canonical_phone("0" + digits + "123456")) << digits;
  }
  EXPECT_GT(codes, 300);
  for (const char* start : {"", "3", "31", "6", "61", "612"}) EXPECT_TRUE(may_begin_phone(start));
  for (const char* other : {"0", "60", "319", "12"}) EXPECT_FALSE(may_begin_phone(other)) << other;
}

TEST(DecodeDigits, takes_numbers_from_either_side_but_not_with_a_gap) {
  EXPECT_EQ(decoded(FieldType::digits, cells_of("__123")).text, "123");
  EXPECT_EQ(decoded(FieldType::digits, cells_of("123__")).text, "123");
  EXPECT_FALSE(decoded(FieldType::digits, cells_of("__123")).has_gap);
  EXPECT_FALSE(decoded(FieldType::digits, cells_of("12_3_")).is_allowed);
  EXPECT_TRUE(decoded(FieldType::digits, cells_of("12_3_")).has_gap);
}

TEST(MostProbable, joins_words_and_multiplies_probabilities) {
  Cells cells = cells_of("_DE_VRIES__");
  cells[1] = either('D', 0.8, 'O', 0.2);
  const Decoded out = most_probable(cells);
  EXPECT_EQ(out.text, "DE VRIES");
  EXPECT_NEAR(out.probability, 0.8, 0.02);
  ASSERT_GE(out.alternatives.size(), 2u);
  EXPECT_EQ(out.alternatives[1].text, "OE VRIES");
  EXPECT_NEAR(out.margin, 0.6, 0.02);
}

// Writers and a reader, simulated: each cell's probabilities are honest (the truth is drawn from
// them), some cells are hard, some writers write wrong numbers, and sometimes the truth is not
// among the candidates.
class Simulation {
 public:
  explicit Simulation(unsigned seed) : random_(seed) {}

  double uniform() { return std::uniform_real_distribution<>(0.0, 1.0)(random_); }
  char digit() { return static_cast<char>('0' + random_() % 10); }

  std::string bsn() {
    while (true) {
      std::string number;
      for (int i = 0; i < 9; ++i) number.push_back(digit());
      if (passes_eleven_test(number)) return number;
    }
  }

  // The cell of a written digit: mostly clear, else a candidate list in which the truth has the
  // place that its probability says.
  CharacterCell cell_of(char truth) {
    if (uniform() < 0.9) {
      if (uniform() < 0.9995) return either(truth, 0.9995, other(truth), 0.0003);
      return either(other(truth), 0.9995, truth, 0.0003);
    }
    const double best = 0.5 + 0.49 * uniform();
    const double second = (1.0 - best) * 0.7;
    const double drawn = uniform();
    const char wrong = other(truth);
    if (drawn < best) return either(truth, best, wrong, second);
    if (drawn < best + second) return either(wrong, best, truth, second);
    char third = other(truth);
    while (third == wrong) third = other(truth);
    return either(wrong, best, third, second);  // the truth is nowhere
  }

 private:
  char other(char truth) {
    char c = digit();
    while (c == truth) c = digit();
    return c;
  }
  std::mt19937 random_;
};

TEST(DecodeBsn, accepts_fewer_wrong_numbers_than_the_bound_allows) {
  constexpr double kBound = 0.005;
  Simulation world(20261123);
  int accepted = 0;
  int wrong = 0;
  int plain = 0;
  constexpr int kForms = 3000;
  for (int i = 0; i < kForms; ++i) {
    std::string written = world.bsn();
    if (world.uniform() < 0.01) written[i % 9] = written[i % 9] == '3' ? '8' : '3';
    Cells cells;
    for (const char c : written) cells.push_back(world.cell_of(c));
    const Decoded out = decoded(FieldType::bsn, cells);
    if (most_probable(cells).probability >= 1.0 - kBound) ++plain;
    if (!out.is_allowed || out.probability < 1.0 - kBound) continue;
    ++accepted;
    if (out.text != written) ++wrong;
  }
  RecordProperty("accepted", accepted);
  RecordProperty("wrong", wrong);
  RecordProperty("accepted_without_check_digit", plain);
  EXPECT_LE(wrong, kBound * accepted) << wrong << " of " << accepted;
  EXPECT_GT(accepted, plain) << "the check digit must earn acceptance";
  EXPECT_GT(accepted, kForms / 2);
}

TEST(DecodeBsn, says_how_often_it_is_right) {
  Simulation world(7);
  std::array<int, 10> count{};
  std::array<int, 10> right{};
  for (int i = 0; i < 1500; ++i) {
    const std::string written = world.bsn();
    Cells cells;
    for (const char c : written) cells.push_back(world.cell_of(c));
    const Decoded out = decoded(FieldType::bsn, cells);
    const auto bin = std::min<std::size_t>(9, static_cast<std::size_t>(out.probability * 10));
    ++count[bin];
    right[bin] += out.text == written ? 1 : 0;
  }
  // Never more sure than right; being less sure than right is the safe side.
  for (std::size_t bin = 5; bin < 10; ++bin)
    if (count[bin] >= 100) {
      EXPECT_GE(right[bin] + 2 * std::sqrt(count[bin]), count[bin] * 0.1 * static_cast<double>(bin))
          << bin;
    }
}

TEST(DecodeIban, accepts_fewer_wrong_numbers_than_the_bound_allows) {
  constexpr double kBound = 0.005;
  Simulation world(97);
  int accepted = 0;
  int wrong = 0;
  for (int i = 0; i < 250; ++i) {
    std::string account = "0";
    for (int d = 0; d < 9; ++d) account.push_back(world.digit());
    const int check = 98 - remainder_97("INGB" + account + "NL00");
    std::string iban = "NL" + std::string(check < 10 ? "0" : "") + std::to_string(check) + "INGB";
    iban += account;
    ASSERT_TRUE(canonical_iban(iban));
    Cells cells;
    for (const char c : iban) cells.push_back(c >= '0' && c <= '9' ? world.cell_of(c) : sure(c));
    const Decoded out = decoded(FieldType::iban, cells);
    if (!out.is_allowed || out.probability < 1.0 - kBound) continue;
    ++accepted;
    if (out.text != iban) ++wrong;
  }
  EXPECT_LE(wrong, kBound * accepted) << wrong << " of " << accepted;
  EXPECT_GT(accepted, 150);
}

}  // namespace
}  // namespace postkamer::validate
