// SPDX-License-Identifier: EUPL-1.2
#include "classifiers/lines/along_layer.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <opencv2/dnn.hpp>

namespace postkamer::lines {
namespace {

constexpr int kChannels = 6;
constexpr int kWidth = 37;

cv::Mat noise(const std::vector<int>& sizes, int seed) {
  cv::Mat out(sizes, CV_32F);
  cv::RNG(static_cast<std::uint64_t>(seed)).fill(out, cv::RNG::UNIFORM, -1.0, 1.0);
  return out;
}

cv::dnn::LayerParams convolution(int height, int width, int dilation) {
  cv::dnn::LayerParams params;
  params.name = "convolution";
  params.type = "Convolution";
  const int kernel[] = {height, width};
  const int spread[] = {1, dilation};
  const int pad[] = {height / 2, width / 2 * dilation, height / 2, width / 2 * dilation};
  params.set("kernel_size", cv::dnn::DictValue::arrayInt(kernel, 2));
  params.set("dilation", cv::dnn::DictValue::arrayInt(spread, 2));
  params.set("pad", cv::dnn::DictValue::arrayInt(pad, 4));
  params.set("num_output", kChannels);
  params.set("group", kChannels);
  params.set("bias_term", true);
  params.blobs = {noise({kChannels, 1, height, width}, 1), noise({kChannels}, 2)};
  return params;
}

// What the layer gives for `in`, a rectifier behind it when wished, in a network of its own.
cv::Mat computed(cv::dnn::LayerParams params, const cv::Mat& in, bool is_rectified) {
  use_fast_convolutions_along();
  cv::dnn::Net net;
  net.addLayerToPrev(params.name, params.type, params);
  cv::dnn::LayerParams rectifier;
  if (is_rectified) net.addLayerToPrev("rectifier", "ReLU", rectifier);
  net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
  net.setInput(in);
  return net.forward().clone();
}

// The sum as it is defined, column by column.
float expected(const cv::dnn::LayerParams& params, const cv::Mat& in, int dilation, int item,
               int channel, int row, int column) {
  const cv::Mat& weights = params.blobs[0];
  float sum = params.blobs[1].ptr<float>()[channel];
  for (int v = 0; v < weights.size[2]; ++v)
    for (int u = 0; u < weights.size[3]; ++u) {
      const int y = row + v - weights.size[2] / 2;
      const int x = column + (u - weights.size[3] / 2) * dilation;
      if (y < 0 || y >= in.size[2] || x < 0 || x >= in.size[3]) continue;
      const int weight[] = {channel, 0, v, u};
      const int at[] = {item, channel, y, x};
      sum += weights.at<float>(weight) * in.at<float>(at);
    }
  return sum;
}

void expect_as_defined(int height, int width, int dilation, int rows, bool is_rectified) {
  const auto params = convolution(height, width, dilation);
  const cv::Mat in = noise({2, kChannels, rows, kWidth}, 3);
  const cv::Mat out = computed(params, in, is_rectified);
  ASSERT_EQ(out.total(), in.total());
  for (int item = 0; item < 2; ++item)
    for (int channel = 0; channel < kChannels; ++channel)
      for (int row = 0; row < rows; ++row)
        for (int column = 0; column < kWidth; ++column) {
          float wanted = expected(params, in, dilation, item, channel, row, column);
          if (is_rectified) wanted = std::max(0.0F, wanted);
          const int at[] = {item, channel, row, column};
          ASSERT_NEAR(out.at<float>(at), wanted, 1e-5F) << channel << " " << row << " " << column;
        }
}

TEST(AlongLayer, computes_a_convolution_along_the_line_as_it_is_defined) {
  for (const int dilation : {1, 2, 3, 40}) expect_as_defined(1, 5, dilation, 1, false);
}

TEST(AlongLayer, keeps_apart_the_lines_of_a_picture_with_several) {
  expect_as_defined(1, 5, 2, 4, false);
}

TEST(AlongLayer, takes_the_rectifier_behind_it_along) { expect_as_defined(1, 5, 1, 1, true); }

TEST(AlongLayer, leaves_other_convolutions_to_opencv) {
  expect_as_defined(1, 3, 1, 1, false);
  expect_as_defined(3, 3, 1, 5, true);
}

}  // namespace
}  // namespace postkamer::lines
