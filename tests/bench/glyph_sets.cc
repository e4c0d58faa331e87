// SPDX-License-Identifier: EUPL-1.2
#include "tests/bench/glyph_sets.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

#include <zlib.h>
#include <opencv2/imgproc.hpp>

#include "pipeline/base/bytes.h"

namespace postkamer::bench {
namespace {

Bytes read_gzip(const std::string& path) {
  Bytes bytes;
  gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) return bytes;
  std::array<std::uint8_t, 65536> part{};
  for (int got = gzread(file, part.data(), part.size()); got > 0;
       got = gzread(file, part.data(), part.size()))
    bytes.insert(bytes.end(), part.begin(), part.begin() + got);
  gzclose(file);
  return bytes;
}

int number_at(const Bytes& bytes, std::size_t at) {
  return (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
}

}  // namespace

Idx read_idx(const std::string& images, const std::string& labels) {
  const Bytes pixels = read_gzip(images);
  const Bytes names = read_gzip(labels);
  Idx set;
  if (pixels.size() < 16 || names.size() < 8) return set;
  const int count = number_at(pixels, 4);
  const int rows = number_at(pixels, 8);
  const int cols = number_at(pixels, 12);
  for (int i = 0; i < count; ++i) {
    cv::Mat picture(rows, cols, CV_8U);
    std::copy_n(pixels.begin() + 16 + static_cast<std::ptrdiff_t>(i) * rows * cols, rows * cols,
                picture.data);
    set.pictures.push_back(picture);
    set.labels.push_back(names[8 + static_cast<std::size_t>(i)]);
  }
  return set;
}

GrayImage as_scanned(const cv::Mat& picture, double factor) {
  cv::Mat large;
  cv::resize(picture, large, {}, factor, factor, cv::INTER_CUBIC);
  GrayImage glyph;
  cv::threshold(large, glyph.pixels, 110, 255, cv::THRESH_BINARY_INV);
  glyph.is_bilevel = true;
  return glyph;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace postkamer::bench
