// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/validate/judge.h"

#include <gmock/gmock.h>

namespace postkamer::validate {
namespace {

// Cells of `text`; the one at `at` may as well be `twin`.
Reading cells_of(std::string_view text, std::size_t at, char twin) {
  Reading out;
  out.method = Method::handprint;
  for (const char c : text) out.cells.push_back({{{std::string(1, c), 0.9997}}, 0.0});
  out.cells[at].candidates = {{std::string(1, text[at]), 0.51}, {std::string(1, twin), 0.4895}};
  return out;
}

Judged judged(const Reading& reading, const std::string& pattern) {
  forms::Field field;
  field.name = "kenmerk";
  field.type = forms::FieldType::alphanumeric;
  field.pattern = pattern;
  return judge(field, reading, {});
}

std::string text(const Judged& judged) { return std::get<std::string>(judged.value); }

TEST(Judge, a_pattern_tells_a_letter_from_the_digit_that_looks_like_it) {
  const Judged letter = judged(cells_of("WOZ2", 1, '0'), "[A-Z]{3}[0-9]");
  EXPECT_EQ(text(letter), "WOZ2");
  EXPECT_GT(letter.probability, 0.99);
  const Judged digit = judged(cells_of("BOK2", 1, '0'), "[A-Z][0-9][A-Z][0-9]");
  EXPECT_EQ(text(digit), "B0K2");
  EXPECT_GT(digit.probability, 0.99);
  EXPECT_EQ(digit.invalid, "");
}

TEST(Judge, without_a_pattern_that_tells_they_stay_in_doubt) {
  for (const char* pattern : {"", "[A-Z0-9]+", "[0-9]+"}) {
    const Judged out = judged(cells_of("BOK2", 1, '0'), pattern);
    EXPECT_EQ(text(out), "BOK2") << pattern;
    EXPECT_LT(out.probability, 0.6) << pattern;
  }
}

TEST(Judge, a_pattern_puts_no_character_in_the_writers_mouth) {
  Reading reading = cells_of("BOK2", 1, '0');
  reading.cells[1].candidates = {{"O", 0.995}, {"8", 0.004}};
  const Judged out = judged(reading, "[A-Z][0-9][A-Z][0-9]");
  EXPECT_EQ(text(out), "BOK2");
  EXPECT_EQ(out.invalid, "pattern_mismatch");
}

}  // namespace
}  // namespace postkamer::validate
