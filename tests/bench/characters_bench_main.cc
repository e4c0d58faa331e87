// SPDX-License-Identifier: EUPL-1.2
//
// bench_characters FOLDER: how well single characters are read. FOLDER is the handprint data
// (MNIST, NIST capitals, USPS, pen-crops); sets that are not there are named and left out.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <set>

#include <zlib.h>
#include <opencv2/core/utility.hpp>
#include <opencv2/imgproc.hpp>

#include "classifiers/handprint/handprint_reader.h"
#include "pipeline/intake/decode.h"

using namespace postkamer;
using Set = extract::CharacterReader::Set;
namespace fs = std::filesystem;

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

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

double cpu_us() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return 1e6 * static_cast<double>(now.tv_sec) + 1e-3 * static_cast<double>(now.tv_nsec);
}

struct Sample {
  GrayImage glyph;
  char truth = ' ';
};

struct Idx {
  std::vector<cv::Mat> pictures;
  std::vector<int> labels;
};

int number_at(const Bytes& bytes, std::size_t at) {
  return (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
}

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

// White on black of some 20 px, as it would come from a 300 dpi scan: about 4 mm high, bilevel.
GrayImage as_scanned(const cv::Mat& picture, double factor) {
  cv::Mat large;
  cv::resize(picture, large, {}, factor, factor, cv::INTER_CUBIC);
  GrayImage glyph;
  cv::threshold(large, glyph.pixels, 110, 255, cv::THRESH_BINARY_INV);
  glyph.is_bilevel = true;
  return glyph;
}

std::vector<Sample> samples_of(const Idx& set, char first, double factor, int part, int of) {
  std::vector<Sample> samples;
  const int lowest =
      set.labels.empty() ? 0 : *std::min_element(set.labels.begin(), set.labels.end());
  for (std::size_t i = 0; i < set.labels.size(); ++i)
    if (of == 1 || static_cast<int>(i) % of == part)
      samples.push_back(
          {as_scanned(set.pictures[i], factor), static_cast<char>(first + set.labels[i] - lowest)});
  return samples;
}

// A pen crop, some 30 px high: brought to the resolution of zones first, as a page is; the darker
// side of Otsu's cut is ink.
GrayImage pen_ink(const GrayImage& crop) {
  cv::Mat large;
  cv::resize(crop.pixels, large, {}, 3, 3, cv::INTER_LINEAR);
  cv::Mat mask;
  cv::threshold(large, mask, 0, 255, cv::THRESH_BINARY_INV | cv::THRESH_OTSU);
  GrayImage glyph;
  glyph.pixels = ~mask;
  glyph.is_bilevel = true;
  return glyph;
}

std::vector<Sample> pen_crops(const fs::path& folder, const std::string& kind) {
  std::vector<Sample> samples;
  std::error_code gone;
  std::set<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder, gone)) files.insert(entry.path());
  for (const auto& path : files) {
    const std::string name = path.filename().string();
    if (name.rfind(kind + "_", 0) != 0) continue;
    const auto scan = intake::decode_scan(bytes_of(read_file(path)), {}, Limits{}, nullptr);
    if (!scan || scan->pages.empty()) continue;
    const auto image = intake::open_picture(scan->pages.front(), Limits{});
    if (image) samples.push_back({pen_ink(*image), name[kind.size() + 1]});
  }
  return samples;
}

void measure(const char* name, const std::vector<Sample>& samples, Set set,
             const handprint::HandprintReader& reader, bool show) {
  if (samples.empty()) {
    std::printf("%-34s not there, left out\n", name);
    return;
  }
  int right = 0;
  int sure = 0;
  int sure_wrong = 0;
  double trust = 0.0;
  std::map<std::string, int> mistakes;
  const double start = cpu_us();
  for (const auto& sample : samples) {
    const CharacterCell cell = reader.read(sample.glyph, set);
    const bool is_empty =
        cell.candidates.empty() || cell.empty_probability > cell.candidates.front().probability;
    const double p = is_empty ? cell.empty_probability : cell.candidates.front().probability;
    const std::string text = is_empty ? "_" : cell.candidates.front().text;
    const bool good = text == std::string(1, sample.truth);
    right += good ? 1 : 0;
    trust += p;
    sure += p >= 0.99 ? 1 : 0;
    sure_wrong += p >= 0.99 && !good ? 1 : 0;
    if (!good) ++mistakes[std::string(1, sample.truth) + ">" + text];
  }
  const double each = (cpu_us() - start) / static_cast<double>(samples.size());
  const double n = static_cast<double>(samples.size());
  std::printf(
      "%-34s %6zu  right %6.2f %%  mean probability %6.2f %%  sure %5.1f %%, wrong of those "
      "%.2f %%  %4.0f us\n",
      name, samples.size(), 100.0 * right / n, 100.0 * trust / n, 100.0 * sure / n,
      sure == 0 ? 0.0 : 100.0 * sure_wrong / sure, each);
  if (!show) return;
  std::vector<std::pair<int, std::string>> most;
  for (const auto& [what, times] : mistakes) most.emplace_back(times, what);
  std::sort(most.rbegin(), most.rend());
  for (std::size_t i = 0; i < std::min<std::size_t>(14, most.size()); ++i)
    std::printf(" %s:%d", most[i].second.c_str(), most[i].first);
  std::printf("\n");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::printf("usage: bench_characters FOLDER\n");
    return 2;
  }
  cv::setNumThreads(1);
  const std::string folder = std::string(argv[1]) + "/";
  const std::string models = argc > 2
                                 ? std::string(argv[2]) + "/"
                                 : std::string(POSTKAMER_SOURCE_DIR) + "/classifiers/handprint/";
  const auto reader = handprint::HandprintReader::create(bytes_of(read_file(models + "model.onnx")),
                                                         read_file(models + "model.json"));
  if (!reader) {
    std::printf("%s\n", reader.error().message.c_str());
    return 1;
  }
  const auto& hand = **reader;
  const auto mnist = samples_of(read_idx(folder + "mnist-t10k-images-idx3-ubyte.gz",
                                         folder + "mnist-t10k-labels-idx1-ubyte.gz"),
                                '0', 2.35, 0, 1);
  const auto nist = samples_of(read_idx(folder + "nist-capitals-az-images-idx3-ubyte.gz",
                                        folder + "nist-capitals-az-labels-idx1-ubyte.gz"),
                               'A', 2.35, 5, 6);
  const auto usps = samples_of(read_idx(folder + "usps-usps-test-images-idx3-ubyte.gz",
                                        folder + "usps-usps-test-labels-idx1-ubyte.gz"),
                               '0', 3.0, 0, 1);
  const auto pen_digits = pen_crops(folder + "pen-crops", "DIGIT");
  const auto pen_capitals = pen_crops(folder + "pen-crops", "CAP");
  measure("MNIST test, digits", mnist, Set::digits, hand, true);
  measure("USPS test, digits", usps, Set::digits, hand, true);
  measure("pen crops, digits", pen_digits, Set::digits, hand, true);
  measure("pen crops, digits among all", pen_digits, Set::alphanumeric, hand, true);
  measure("NIST capitals held out", nist, Set::capitals, hand, true);
  measure("pen crops, capitals", pen_capitals, Set::capitals, hand, true);
  measure("pen crops, capitals among all", pen_capitals, Set::alphanumeric, hand, true);
  return 0;
}
