// SPDX-License-Identifier: EUPL-1.2
#include "classifiers/handprint/handprint_reader.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <nlohmann/json.hpp>
#include <opencv2/dnn.hpp>

#include "classifiers/handprint/normalise.h"

namespace postkamer::handprint {
namespace {

using Set = extract::CharacterReader::Set;

constexpr std::string_view kClasses = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::size_t kNoCharacter = kClasses.size();
constexpr std::size_t kScores = kClasses.size() + 1;
// Candidates kept, and the least probability worth keeping.
constexpr std::size_t kCandidates = 8;
constexpr double kLeast = 1e-5;

// Less sure than this, it looks again, at the glyph leaning to either side; much less sure, at the
// glyph as other hands would write it. Chosen on USPS train, as the variants are.
constexpr double kSure = 0.99;
constexpr double kUnsure = 0.9;

// What scores so much higher as a letter than as any digit is hardly a digit: chosen on USPS train,
// of which 7 of 7,291 digits do (README.md).
constexpr double kMoreLikeLetter = 4.1;

using Scores = std::array<double, kScores>;

struct Range {
  std::size_t first = 0;
  std::size_t end = 0;
};

Range range_of(Set set) {
  switch (set) {
    case Set::digits: return {0, 10};
    case Set::capitals: return {10, 36};
    case Set::alphanumeric: break;
  }
  return {0, 36};
}

tl::unexpected<Error> invalid(const std::string& what) {
  return fail(ErrorCode::invalid_config, "handprint_model_invalid",
              "while loading the handprint model: " + what +
                  "; install the model.onnx and model.json of this release");
}

Result<std::array<double, 3>> temperatures_of(std::string_view settings) {
  const auto json = nlohmann::json::parse(settings, nullptr, false);
  if (json.is_discarded() || !json.is_object()) return invalid("model.json is not JSON");
  if (json.value("classes", std::string()) != kClasses)
    return invalid("model.json names other classes than 0-9 A-Z");
  std::array<double, 3> temperatures{};
  const std::array<const char*, 3> names{"digits", "capitals", "alphanumeric"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto at = nlohmann::json::json_pointer(std::string("/temperature/") + names[i]);
    if (!json.contains(at) || !json[at].is_number())
      return invalid(std::string("model.json has no temperature for ") + names[i]);
    temperatures[i] = json[at].get<double>();
    if (!(temperatures[i] > 0.05 && temperatures[i] < 20.0))
      return invalid(std::string("model.json has an impossible temperature for ") + names[i]);
  }
  return temperatures;
}

CharacterCell cell_of(const Scores& scores, Range range, double temperature) {
  double highest = scores[kNoCharacter];
  for (std::size_t i = range.first; i < range.end; ++i) highest = std::max(highest, scores[i]);
  const auto weight = [&](std::size_t i) { return std::exp((scores[i] - highest) / temperature); };
  double total = weight(kNoCharacter);
  for (std::size_t i = range.first; i < range.end; ++i) total += weight(i);
  CharacterCell cell;
  cell.empty_probability = weight(kNoCharacter) / total;
  for (std::size_t i = range.first; i < range.end; ++i)
    if (weight(i) / total >= kLeast)
      cell.candidates.push_back({std::string(1, kClasses[i]), weight(i) / total});
  std::stable_sort(
      cell.candidates.begin(), cell.candidates.end(),
      [](const Alternative& a, const Alternative& b) { return a.probability > b.probability; });
  if (cell.candidates.size() > kCandidates) cell.candidates.resize(kCandidates);
  return cell;
}

// A letter in a place for digits would be read as the digit it is most like: what it is not must
// not have all of the claims.
bool is_more_like_letter(const Scores& scores) {
  const Range digits = range_of(Set::digits);
  const Range letters = range_of(Set::capitals);
  const auto best = [&](Range range) {
    return *std::max_element(scores.begin() + static_cast<std::ptrdiff_t>(range.first),
                             scores.begin() + static_cast<std::ptrdiff_t>(range.end));
  };
  return best(letters) - best(digits) > kMoreLikeLetter;
}

void halve(CharacterCell& cell) {
  cell.empty_probability /= 2;
  for (Alternative& candidate : cell.candidates) candidate.probability /= 2;
}

double sureness_of(const CharacterCell& cell) {
  const double best = cell.candidates.empty() ? 0.0 : cell.candidates.front().probability;
  return std::max(best, cell.empty_probability);
}

}  // namespace

struct HandprintReader::Network {
  mutable cv::dnn::Net net;  // forward() keeps its buffers in the network
  // The same up to its last hidden layer: asked for another layer, a network is laid out anew.
  mutable cv::dnn::Net forms;
  std::string hidden;

  // The mean of what it says of each picture.
  Scores scores(const std::vector<cv::Mat>& pictures) const {
    cv::Mat blob;
    cv::dnn::blobFromImages(pictures, blob, 1.0 / 255.0);
    net.setInput(blob);
    const cv::Mat out = net.forward();
    Scores scores{};
    for (int row = 0; row < out.rows; ++row)
      for (std::size_t i = 0; i < kScores; ++i)
        scores[i] += static_cast<double>(out.ptr<float>(row)[i]) / out.rows;
    return scores;
  }

  std::vector<float> form(const cv::Mat& picture) const {
    forms.setInput(cv::dnn::blobFromImage(picture, 1.0 / 255.0));
    const cv::Mat out = forms.forward(hidden);
    std::vector<float> form(out.ptr<float>(), out.ptr<float>() + out.total());
    const double length = cv::norm(form);
    if (length <= 0.0) return {};
    for (float& part : form) part = static_cast<float>(part / length);
    return form;
  }
};

namespace {

cv::dnn::Net loaded(ByteView onnx) {
  cv::dnn::Net net =
      cv::dnn::readNetFromONNX(reinterpret_cast<const char*>(onnx.data()), onnx.size());
  net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
  return net;
}

// The name of the last layer before the scores: what it gives tells characters apart.
std::string last_hidden_layer(cv::dnn::Net& net) {
  std::string name;
  for (const std::string& layer : net.getLayerNames())
    if (net.getLayer(net.getLayerId(layer))->type == "ReLU") name = layer;
  return name;
}

}  // namespace

HandprintReader::HandprintReader(std::unique_ptr<Network> network,
                                 std::array<double, 3> temperatures, std::string sha256)
    : network_(std::move(network)), temperatures_(temperatures), sha256_(std::move(sha256)) {}

HandprintReader::~HandprintReader() = default;

Result<std::unique_ptr<HandprintReader>> HandprintReader::create(ByteView onnx,
                                                                 std::string_view settings) {
  PK_TRY(temperatures, temperatures_of(settings));
  auto network = std::make_unique<Network>();
  try {
    network->net = loaded(onnx);
    const std::array<int, 4> shape{1, 1, kSide, kSide};
    network->net.setInput(cv::Mat::zeros(4, shape.data(), CV_32F));
    if (network->net.forward().total() != kScores)
      return invalid("model.onnx gives another number of scores than 37");
    network->forms = loaded(onnx);
    network->hidden = last_hidden_layer(network->forms);
    if (network->hidden.empty()) return invalid("model.onnx has no hidden layer");
  } catch (const cv::Exception&) {
    return invalid("model.onnx is not a network that this OpenCV reads");
  }
  return std::unique_ptr<HandprintReader>(
      new HandprintReader(std::move(network), temperatures, sha256_hex(onnx)));
}

CharacterCell HandprintReader::read(const GrayImage& glyph, Set set) const {
  return read(glyph, set, true);
}

std::vector<float> HandprintReader::form(const GrayImage& glyph) const {
  const cv::Mat picture = normalise(glyph);
  if (cv::countNonZero(picture) == 0) return {};
  return network_->form(picture);
}

CharacterCell HandprintReader::glance(const GrayImage& glyph, Set set) const {
  return read(glyph, set, false);
}

CharacterCell HandprintReader::read(const GrayImage& glyph, Set set, bool looks_again) const {
  const cv::Mat picture = normalise(glyph);
  if (cv::countNonZero(picture) == 0) {
    CharacterCell cell;
    cell.empty_probability = 1.0;
    return cell;
  }
  const double temperature = temperatures_[static_cast<std::size_t>(set)];
  const Range range = range_of(set);
  Scores scores = network_->scores({picture});
  CharacterCell cell = cell_of(scores, range, temperature);
  if (looks_again && sureness_of(cell) < kSure) {
    std::vector<cv::Mat> pictures =
        variants_of(glyph, sureness_of(cell) < kUnsure ? kVariants : kLeaning);
    pictures.push_back(picture);
    scores = network_->scores(pictures);
    cell = cell_of(scores, range, temperature);
  }
  if (set == Set::digits && is_more_like_letter(scores)) halve(cell);
  return cell;
}

}  // namespace postkamer::handprint
