// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/foreign_ink.h"

#include <gtest/gtest.h>
#include <opencv2/imgproc.hpp>

namespace postkamer::extract {
namespace {

constexpr double kPpm = 4.0;

// A page of 100 by 100 mm with bars of ink on it.
struct Map {
  cv::Mat ink = cv::Mat::zeros(cv::Size(400, 400), CV_8U);

  Map& bar(const Rect& mm) {
    ink(cv::Rect(static_cast<int>(mm.x * kPpm), static_cast<int>(mm.y * kPpm),
                 static_cast<int>(mm.width * kPpm), static_cast<int>(mm.height * kPpm))) = 255;
    return *this;
  }
  [[nodiscard]] ForeignInk beside(const std::vector<Rect>& fields) const {
    return {ink, kPpm, fields};
  }
};

constexpr Rect kField{40, 40, 20, 10};

TEST(ForeignInk, there_is_none_on_a_page_of_which_nothing_is_known) {
  const ForeignInk none;
  EXPECT_FALSE(none.touches(kField));
  const cv::Mat mask(PatchFrame{kField}.size(), CV_8U, cv::Scalar(255));
  EXPECT_EQ(cv::countNonZero(none.taken_from(mask, PatchFrame{kField}) != mask), 0);
}

TEST(ForeignInk, what_stands_in_a_field_and_reaches_out_a_little_is_its_own) {
  EXPECT_FALSE(Map().bar({45, 36, 1, 12}).beside({kField}).touches(kField));
}

TEST(ForeignInk, a_line_across_the_page_is_foreign_to_the_fields_it_crosses) {
  const ForeignInk foreign = Map().bar({5, 44, 90, 0.5}).beside({kField});
  EXPECT_TRUE(foreign.touches(kField));
  EXPECT_FALSE(foreign.touches({40, 60, 20, 10}));
}

TEST(ForeignInk, letters_of_a_stamp_are_one_with_those_that_stand_beside_them) {
  Map map;
  for (double x = 10; x < 60; x += 5) map.bar({x, 42, 3, 6});
  const ForeignInk foreign = map.beside({kField});
  EXPECT_TRUE(foreign.touches({55, 42, 3, 6})) << "the last letter, well inside the field";
}

TEST(ForeignInk, a_speck_beside_a_field_is_too_little_to_be_foreign) {
  EXPECT_FALSE(Map().bar({35, 44, 1, 1}).bar({42, 44, 10, 1}).beside({kField}).touches(kField));
}

TEST(ForeignInk, what_is_near_it_is_taken_from_a_mask_and_the_rest_stays) {
  const ForeignInk foreign = Map().bar({10, 44, 34, 1}).beside({kField});
  const PatchFrame frame{kField};
  const cv::Mat mask(frame.size(), CV_8U, cv::Scalar(255));
  const cv::Mat own = foreign.taken_from(mask, frame);
  const auto at = [&](double x, double y) {
    return own.at<std::uint8_t>(static_cast<int>(y * pixels_per_mm(frame.dpi)),
                                static_cast<int>(x * pixels_per_mm(frame.dpi)));
  };
  EXPECT_EQ(at(2.0, 4.5), 0) << "on it";
  EXPECT_EQ(at(10.0, 4.5), 255) << "beyond its end";
  EXPECT_EQ(at(2.0, 8.5), 255) << "below it";
}

}  // namespace
}  // namespace postkamer::extract
