// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/intake/packed_image.h"

#include <gmock/gmock.h>
#include <opencv2/core.hpp>

namespace postkamer::intake {
namespace {

using testing::Lt;

// Paper with a few strokes of gray.
GrayImage drawn_page() {
  GrayImage image{cv::Mat(700, 500, CV_8UC1, cv::Scalar(255)), Dpi{200.0}, false};
  for (int x = 20; x < 480; ++x)
    image.pixels.at<std::uint8_t>(300 + x % 7, x) = static_cast<std::uint8_t>(x % 256);
  return image;
}

bool is_same(const cv::Mat& a, const cv::Mat& b) {
  return a.size() == b.size() && cv::norm(a, b, cv::NORM_INF) == 0.0;
}

TEST(PackedImage, comes_back_as_it_was_and_takes_little_room) {
  const GrayImage image = drawn_page();
  const PackedImage packed = pack(image);
  EXPECT_THAT(packed.bytes.size(), Lt(image.pixels.total() / 50));
  const auto back = unpack(packed);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_TRUE(is_same(back->pixels, image.pixels));
  EXPECT_EQ(back->dpi, image.dpi);
  EXPECT_EQ(back->is_bilevel, image.is_bilevel);
}

TEST(PackedImage, of_a_part_of_a_larger_picture_is_that_part) {
  const GrayImage image = drawn_page();
  const GrayImage part{image.pixels(cv::Rect{10, 290, 200, 40}), image.dpi, false};
  const auto back = unpack(pack(part));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_TRUE(is_same(back->pixels, part.pixels));
}

TEST(PackedImage, that_lost_bytes_or_changed_its_size_is_an_error) {
  PackedImage short_of_bytes = pack(drawn_page());
  short_of_bytes.bytes.resize(short_of_bytes.bytes.size() / 2);
  PackedImage too_large = pack(drawn_page());
  too_large.height *= 2;
  for (const PackedImage& wrong : {short_of_bytes, too_large}) {
    const auto back = unpack(wrong);
    ASSERT_FALSE(back);
    EXPECT_EQ(back.error().reason, "image_not_packed");
  }
}

}  // namespace
}  // namespace postkamer::intake
