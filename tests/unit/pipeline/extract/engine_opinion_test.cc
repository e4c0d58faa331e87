// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/engine_opinion.h"

#include <gtest/gtest.h>

#include "tests/unit/pipeline/extract/told_page.h"

namespace postkamer::extract {
namespace {

constexpr std::string_view kAllowed = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

// A comb of three bars; what a reader claims of them.
struct Comb {
  std::vector<CellInk> inks;
  std::vector<CharacterCell> cells{
      {{{"A", 0.999}}, 0.0}, {{{"T", 0.9}, {"I", 0.08}}, 0.02}, {{{"0", 0.6}, {"O", 0.4}}, 0.0}};
  FixedText engine;

  Comb() {
    for (int i = 0; i < 3; ++i)
      inks.push_back({cv::Mat(40, 12, CV_8U, cv::Scalar(255)), {60 * i, 10, 12, 40}, 480});
  }
  void hear(const std::string& says) {
    engine.says = says;
    hear_engine(inks, kAllowed, engine, cells);
  }
};

TEST(EngineOpinion, what_the_engine_reads_too_is_surer) {
  Comb comb;
  comb.hear("AT0");
  EXPECT_NEAR(comb.cells[1].candidates[0].probability, 0.9 / (0.9 + 0.008 + 0.002), 1e-9);
  EXPECT_EQ(comb.cells[1].candidates[0].text, "T");
}

TEST(EngineOpinion, what_it_reads_otherwise_is_in_doubt) {
  Comb comb;
  comb.hear("A I0");
  EXPECT_LT(comb.cells[1].candidates[0].probability, 0.6);
}

TEST(EngineOpinion, it_does_not_tell_a_letter_from_a_digit_of_the_same_form) {
  for (const char* says : {"AT0", "ATO"}) {
    Comb comb;
    comb.hear(says);
    EXPECT_NEAR(comb.cells[2].candidates[0].probability, 0.6, 1e-9) << says;
  }
}

TEST(EngineOpinion, another_number_of_characters_or_a_failure_says_nothing) {
  for (const bool is_broken : {false, true}) {
    Comb comb;
    comb.engine.broken = is_broken;
    comb.hear(is_broken ? "AT0" : "AT01");
    EXPECT_EQ(comb.cells[1].candidates[0].probability, 0.9);
  }
}

TEST(EngineOpinion, is_not_asked_of_what_is_sure) {
  Comb comb;
  comb.cells[1] = {{{"T", 0.9999}}, 0.0};
  comb.cells[2] = {{{"0", 0.9999}}, 0.0};
  comb.cells[0] = {{{"A", 0.9999}}, 0.0};
  comb.hear("ATO");
  EXPECT_EQ(comb.engine.lines, 0);
}

}  // namespace
}  // namespace postkamer::extract
