// SPDX-License-Identifier: EUPL-1.2
#include "classifiers/form/code_claims.h"

#include <gtest/gtest.h>

namespace postkamer::classifiers {
namespace {

UprightPage page_of(int width, int height) {
  UprightPage page;
  page.upright = {cv::Mat(height, width, CV_8UC1, cv::Scalar(255)), Dpi{254.0}, true};
  return page;
}

Code code(const char* text, const Rect& box, double degrees) {
  return {"qr", text, box, Degrees{degrees}};
}

forms::FormPage form_page() {
  forms::FormPage page;
  page.number = 2;
  page.codes.push_back({"qr", "ABC;2", {180, 10, 12, 12}});
  return page;
}

TEST(OwnPayload, is_taken_apart) {
  const auto payload = parse_own_payload("PK1|verhuizing|2026-01|2/3");
  ASSERT_TRUE(payload.has_value());
  EXPECT_EQ(*payload, (OwnPayload{"verhuizing", "2026-01", 2, 3}));
}

TEST(OwnPayload, is_refused_when_it_is_not_sound) {
  for (const char* text :
       {"", "PK1", "PK1|a|1", "PK1|a|1|", "PK1|a|1|0/1", "PK1|a|1|3/2", "PK1||1|1/1", "PK1|a||1/1",
        "PK2|a|1|1/1", "PK1|a|1|1/1x", "PK1|a|1|-1/1", "PK1|a|1|99999999999/1", "pk1|a|1|1/1"})
    EXPECT_FALSE(parse_own_payload(text).has_value()) << text;
}

TEST(CodeClaim, is_made_by_the_own_payload_of_this_page_only) {
  const UprightPage page = page_of(2100, 2970);
  const auto claim = [&](const char* text) {
    return claim_on(code(text, {0, 0, 100, 100}, 0), "form", "1", form_page(), page);
  };
  EXPECT_TRUE(claim("PK1|form|1|2/2").has_value());
  EXPECT_FALSE(claim("PK1|form|1|1/2").has_value());
  EXPECT_FALSE(claim("PK1|form|2|2/2").has_value());
  EXPECT_FALSE(claim("PK1|other|1|2/2").has_value());
  EXPECT_FALSE(claim("PK1|other").has_value());
}

TEST(CodeClaim, tells_where_the_form_lies) {
  const UprightPage page = page_of(2100, 2970);  // 10 px a mm
  const auto claim =
      claim_on(code("ABC;2", {1830, 120, 120, 120}, 0), "form", "1", form_page(), page);
  ASSERT_TRUE(claim && claim->mm_to_upright);
  EXPECT_EQ(claim->turn, QuarterTurn::none);
  const Point at = claim->mm_to_upright->apply({0, 0});  // printed at 180,10: moved 3,2 mm
  EXPECT_NEAR(at.x, 30, 1e-6);
  EXPECT_NEAR(at.y, 20, 1e-6);
}

TEST(CodeClaim, tells_the_turn_from_the_codes_orientation) {
  const UprightPage page = page_of(2100, 2970);
  const auto turn = [&](double degrees) {
    return claim_on(code("ABC;2", {0, 0, 9, 9}, degrees), "f", "1", form_page(), page)->turn;
  };
  EXPECT_EQ(turn(2), QuarterTurn::none);
  EXPECT_EQ(turn(89), QuarterTurn::left);  // the paper was turned right
  EXPECT_EQ(turn(181), QuarterTurn::half);
  EXPECT_EQ(turn(-179), QuarterTurn::half);
  EXPECT_EQ(turn(272), QuarterTurn::right);
}

TEST(CodeClaim, puts_the_form_upside_down_where_the_code_is) {
  const UprightPage page = page_of(2100, 2970);
  const auto claim =
      claim_on(code("ABC;2", {180, 2750, 120, 120}, 180), "f", "1", form_page(), page);
  ASSERT_TRUE(claim && claim->mm_to_upright);
  const Point at = claim->mm_to_upright->apply({0, 0});
  EXPECT_NEAR(at.x, 2100, 1e-6);
  EXPECT_NEAR(at.y, 2970, 1e-6);
}

}  // namespace
}  // namespace postkamer::classifiers
