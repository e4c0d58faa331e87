// SPDX-License-Identifier: EUPL-1.2
#include "classifiers/lines/letter_model.h"

#include <gtest/gtest.h>

#include "tests/unit/classifiers/lines/tiny_letters.h"

namespace postkamer::lines {
namespace {

TEST(LetterModel, gives_the_share_of_the_longest_sequence_that_was_seen) {
  const auto model = LetterModel::parse(tiny_letters());
  ASSERT_TRUE(model.has_value());
  const auto after_a = LetterModel::then(LetterModel::then(0, 3), 1);
  EXPECT_NEAR(model->log_next(after_a, 2), 3 * -0.9 - 2 / 16.0, 1e-9) << "known as a pair";
  EXPECT_NEAR(model->log_next(LetterModel::then(0, 1), 2), 2 * -0.9 - 2 / 16.0, 1e-9)
      << "known as three: start, a, b";
  EXPECT_NEAR(model->log_next(after_a, 3), 4 * -0.9 - 32 / 16.0, 1e-9) << "known by itself";
  EXPECT_DOUBLE_EQ(model->log_next(after_a, 40), -12.0) << "never seen";
}

TEST(LetterModel, a_text_has_the_product_of_its_letters_and_its_end) {
  const auto model = LetterModel::parse(tiny_letters());
  ASSERT_TRUE(model.has_value());
  const auto a = LetterModel::then(0, 1);
  const double sum =
      model->log_next(0, 1) + model->log_next(a, 2) + model->log_next(LetterModel::then(a, 2), 0);
  EXPECT_DOUBLE_EQ(model->log_share("ab"), sum);
  EXPECT_DOUBLE_EQ(model->log_share("ÁB"), sum);
  EXPECT_DOUBLE_EQ(model->log_share(""), model->log_next(0, 0));
}

TEST(LetterModel, takes_letters_without_case_and_marks_and_digits_as_one) {
  for (const char* a : {"a", "A", "à", "Ä"}) EXPECT_EQ(LetterModel::symbol_of(a), 1) << a;
  EXPECT_EQ(LetterModel::symbol_of("ç"), 3);
  EXPECT_EQ(LetterModel::symbol_of("0"), LetterModel::symbol_of("9"));
  EXPECT_NE(LetterModel::symbol_of("-"), LetterModel::symbol_of("'"));
  EXPECT_EQ(LetterModel::symbol_of("€"), LetterModel::symbol_of("%")) << "marks that hardly occur";
}

TEST(LetterModel, refuses_what_the_program_does_not_write) {
  Bytes whole = tiny_letters();
  Bytes cut(whole.begin(), whole.end() - 1);
  Bytes longer = whole;
  longer.push_back(0);
  const Bytes unordered = letters_bin({{{2, 1}, {1, 1}}, {{1, 1}}, {{1, 1}}, {{1, 1}}, {{1, 1}}});
  for (const Bytes& bytes : {Bytes{}, cut, longer, unordered}) {
    const auto model = LetterModel::parse(bytes);
    ASSERT_FALSE(model.has_value());
    EXPECT_EQ(model.error().reason, "letters_invalid");
  }
}

}  // namespace
}  // namespace postkamer::lines
