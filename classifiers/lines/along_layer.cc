// SPDX-License-Identifier: EUPL-1.2
#include "classifiers/lines/along_layer.h"

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include <opencv2/dnn.hpp>
#include <opencv2/dnn/all_layers.hpp>

namespace postkamer::lines {
namespace {

using cv::dnn::ConvolutionLayer;
using cv::dnn::Layer;
using cv::dnn::LayerParams;

constexpr int kTaps = 5;

// A layer's number for an axis: given for each axis, for all, or not at all.
int along(const LayerParams& params, const char* name, int axis, int otherwise) {
  if (!params.has(name)) return otherwise;
  const auto& values = params.get(name);
  return values.get<int>(values.size() > axis ? axis : 0);
}

// Whether it is the convolution that AlongLayer computes.
bool is_along(const LayerParams& params) {
  constexpr int kHeight = 0;
  constexpr int kWidth = 1;
  constexpr int kLeft = 1;  // of top, left, bottom, right
  constexpr int kRight = 3;
  if (params.blobs.size() != 2 || params.blobs[0].dims != 4 || params.blobs[0].type() != CV_32F)
    return false;
  const int padding = 2 * along(params, "dilation", kWidth, 1);
  const bool keeps_width =
      !params.has("pad_mode") && params.has("pad") && params.get("pad").size() == 4 &&
      along(params, "pad", kLeft, 0) == padding && along(params, "pad", kRight, 0) == padding;
  return params.blobs[0].size[1] == 1 && params.blobs[0].size[2] == 1 &&
         params.blobs[0].size[3] == kTaps && keeps_width &&
         params.get<int>("group", 1) == params.blobs[0].size[0] &&
         along(params, "stride", kHeight, 1) == 1 && along(params, "stride", kWidth, 1) == 1;
}

class AlongLayer final : public Layer {
 public:
  explicit AlongLayer(const LayerParams& params)
      : Layer(params), dilation_(along(params, "dilation", 1, 1)) {}

  bool getMemoryShapes(const std::vector<cv::dnn::MatShape>& inputs, int,
                       std::vector<cv::dnn::MatShape>& outputs,
                       std::vector<cv::dnn::MatShape>&) const override {
    outputs.assign(1, inputs.at(0));
    return false;  // never in place: a column is looked at from both sides
  }

  bool setActivation(const cv::Ptr<cv::dnn::ActivationLayer>& layer) override {
    const auto rectifier = layer.dynamicCast<cv::dnn::ReLULayer>();
    if (rectifier.empty() || rectifier->negativeSlope != 0.0F) return false;
    least_ = 0.0F;
    return true;
  }

  void forward(cv::InputArrayOfArrays inputs, cv::OutputArrayOfArrays outputs,
               cv::OutputArrayOfArrays) override {
    std::vector<cv::Mat> in;
    std::vector<cv::Mat> out;
    inputs.getMatVector(in);
    outputs.getMatVector(out);
    const int channels = in[0].size[1];
    const int width = in[0].size[3];
    const int rows = static_cast<int>(in[0].total()) / width;  // of all channels and lines
    // A row with what lies beyond its ends: the loop over the columns asks nothing.
    const int beyond = 2 * dilation_;
    std::vector<float> padded(static_cast<std::size_t>(width + 2 * beyond), 0.0F);
    const int rows_a_channel = in[0].size[2];
    for (int row = 0; row < rows; ++row) {
      const int channel = row / rows_a_channel % channels;
      const float* from = in[0].ptr<float>() + static_cast<std::ptrdiff_t>(row) * width;
      std::copy(from, from + width, padded.begin() + beyond);
      convolve(padded.data(), channel,
               out[0].ptr<float>() + static_cast<std::ptrdiff_t>(row) * width, width);
    }
  }

 private:
  void convolve(const float* padded, int channel, float* out, int width) const {
    const float* weights = blobs[0].ptr<float>() + static_cast<std::ptrdiff_t>(channel) * kTaps;
    const float bias = blobs[1].ptr<float>()[channel];
    const std::array<float, kTaps> w{weights[0], weights[1], weights[2], weights[3], weights[4]};
    const int step = dilation_;
    const float least = least_;
    for (int x = 0; x < width; ++x) {
      const float* at = padded + x;
      const float sum = bias + w[0] * at[0] + w[1] * at[step] + w[2] * at[2 * step] +
                        w[3] * at[3 * step] + w[4] * at[4 * step];
      out[x] = std::max(sum, least);
    }
  }

  int dilation_;
  float least_ = -std::numeric_limits<float>::infinity();  // 0 once a rectifier follows
};

cv::Ptr<Layer> along_or_as_before(LayerParams& params) {
  if (is_along(params)) return cv::makePtr<AlongLayer>(params);
  return ConvolutionLayer::create(params);
}

}  // namespace

void use_fast_convolutions_along() {
  static const bool is_registered = [] {
    cv::dnn::LayerFactory::registerLayer("Convolution", along_or_as_before);
    return true;
  }();
  static_cast<void>(is_registered);
}

}  // namespace postkamer::lines
