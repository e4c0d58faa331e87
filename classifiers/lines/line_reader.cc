// SPDX-License-Identifier: EUPL-1.2
#include "classifiers/lines/line_reader.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <nlohmann/json.hpp>
#include <opencv2/dnn.hpp>

#include "classifiers/lines/along_layer.h"
#include "classifiers/lines/ctc.h"
#include "classifiers/lines/line_picture.h"

namespace postkamer::lines {
namespace {

constexpr std::size_t kTexts = 6;
// Columns of the picture a step of the scores.
constexpr int kStride = 2;

tl::unexpected<Error> invalid(const std::string& what) {
  return fail(ErrorCode::invalid_config, "lines_model_invalid",
              "while loading the model of written lines: " + what +
                  "; install the model.onnx and model.json of this release");
}

Result<Alphabet> classes_of(std::string_view settings) {
  const auto json = nlohmann::json::parse(settings, nullptr, false);
  if (json.is_discarded() || !json.is_object() || !json.contains("classes") ||
      !json["classes"].is_string())
    return invalid("model.json does not name the classes");
  return Alphabet(json["classes"].get<std::string>());
}

// What is shown this seldom cannot matter.
constexpr double kLeastShown = 1e-6;
// How far the first and the last character may reach beyond their ink, px of the line.
constexpr int kBeyond = 20;

CharacterCell cell_of(const Shown& shown) {
  CharacterCell cell;
  cell.empty_probability = shown.none;
  for (std::size_t i = 0; i < Shown::kCharacters.size(); ++i)
    if (shown.characters[i] >= kLeastShown)
      cell.candidates.push_back({std::string(1, Shown::kCharacters[i]), shown.characters[i]});
  std::stable_sort(
      cell.candidates.begin(), cell.candidates.end(),
      [](const Alternative& a, const Alternative& b) { return a.probability > b.probability; });
  return cell;
}

// The network may show a character a little before or behind it: every range gets half of the gaps
// beside it.
std::vector<extract::ColumnRange> with_half_the_gaps(
    const std::vector<extract::ColumnRange>& columns) {
  std::vector<extract::ColumnRange> out = columns;
  extract::ColumnRange* last = nullptr;
  int last_to = 0;
  for (extract::ColumnRange& range : out) {
    if (range.to <= range.from) continue;
    const int from = range.from;
    if (last == nullptr)
      range.from -= kBeyond;
    else
      last->to = range.from = (last_to + from) / 2;
    last = &range;
    last_to = range.to;
  }
  if (last != nullptr) last->to += kBeyond;
  return out;
}

}  // namespace

struct NetworkLineReader::Network {
  mutable cv::dnn::Net net;  // forward() keeps its buffers in the network

  // Class scores by column: a row a class.
  cv::Mat scores(const cv::Mat& picture) const {
    cv::Mat blob;
    cv::dnn::blobFromImage(picture, blob, 1.0 / 255.0);
    net.setInput(blob);
    const cv::Mat out = net.forward();  // 1 x classes x 1 x steps
    return cv::Mat(out.size[1], out.size[3], CV_32F, const_cast<float*>(out.ptr<float>())).clone();
  }
};

NetworkLineReader::NetworkLineReader(std::unique_ptr<Network> network, Alphabet alphabet,
                                     LetterModel letters, std::string sha256)
    : network_(std::move(network)),
      alphabet_(std::move(alphabet)),
      letters_(std::move(letters)),
      sha256_(std::move(sha256)) {}

NetworkLineReader::~NetworkLineReader() = default;

Result<std::unique_ptr<NetworkLineReader>> NetworkLineReader::create(ByteView onnx,
                                                                     std::string_view settings,
                                                                     ByteView letters) {
  PK_TRY(alphabet, classes_of(settings));
  PK_TRY(model, LetterModel::parse(letters));
  auto network = std::make_unique<Network>();
  try {
    use_fast_convolutions_along();
    network->net =
        cv::dnn::readNetFromONNX(reinterpret_cast<const char*>(onnx.data()), onnx.size());
    network->net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
    constexpr int kWidth = 64;
    const cv::Mat scores = network->scores(cv::Mat::zeros(kSide, kWidth, CV_8UC1));
    if (scores.rows != alphabet.rows() || scores.cols != kWidth / kStride)
      return invalid("model.onnx gives other scores than model.json has classes");
  } catch (const cv::Exception&) {
    return invalid("model.onnx is not a network that this OpenCV reads");
  }
  return std::unique_ptr<NetworkLineReader>(new NetworkLineReader(
      std::move(network), std::move(alphabet), std::move(model), sha256_hex(onnx)));
}

std::vector<LineText> NetworkLineReader::texts(const GrayImage& line,
                                               const PriorWeight& weight) const {
  const cv::Mat picture = line_picture(line);
  if (picture.empty()) return {};
  return likely_texts(network_->scores(picture), alphabet_, letters_, kTexts, weight);
}

std::vector<Alternative> NetworkLineReader::read(const GrayImage& line) const {
  std::vector<Alternative> out;
  for (LineText& text : texts(line, {})) out.push_back({std::move(text.text), text.share});
  return out;
}

double NetworkLineReader::log_usual(std::string_view text) const {
  return letters_.log_share(text);
}

std::vector<CharacterCell> NetworkLineReader::read_apart(
    const GrayImage& line, const std::vector<extract::ColumnRange>& columns) const {
  const PlacedPicture picture = placed_picture(line);
  if (picture.pixels.empty()) return {};
  const cv::Mat scores = network_->scores(picture.pixels);
  const auto step_at = [&](double column) {
    const double x = (column - picture.left) * picture.scale + picture.start;
    return static_cast<int>(std::lround(x / kStride));
  };
  const std::vector<extract::ColumnRange> around = with_half_the_gaps(columns);
  std::vector<CharacterCell> cells;
  for (const extract::ColumnRange& range : around) {
    if (range.to <= range.from) {
      cells.emplace_back();
      cells.back().empty_probability = 1.0;
      continue;
    }
    const int from = std::max(0, step_at(range.from));
    cells.push_back(
        cell_of(shown_between(scores, alphabet_, {from, std::max(from + 1, step_at(range.to))})));
  }
  return cells;
}

}  // namespace postkamer::lines
