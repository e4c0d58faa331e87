// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/validate/decode.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <random>

#include <gmock/gmock.h>

#include "pipeline/validate/iban.h"
#include "pipeline/validate/identifiers.h"
#include "pipeline/validate/string_rules.h"
#include "tests/unit/pipeline/validate/cells.h"

namespace postkamer::validate {
namespace {

using forms::FieldType;

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

TEST(DecodeTimeAndPhone, follow_their_grammar) {
  Cells cells = cells_of("2430");
  cells[1] = either('4', 0.6, '1', 0.39);
  EXPECT_EQ(decoded(FieldType::time, cells).text, "2130");
  EXPECT_EQ(decoded(FieldType::phone, cells_of("0612345678")).text, "0612345678");
  cells = cells_of("6612345678");
  cells[0] = either('6', 0.6, '0', 0.39);
  EXPECT_EQ(decoded(FieldType::phone, cells).text, "0612345678");
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
