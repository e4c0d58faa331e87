// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/ocr/recognise.h"

#include <opencv2/core.hpp>

namespace postkamer::ocr {
namespace {

GrayImage turned(const GrayImage& image, QuarterTurn turn) {
  GrayImage result = image;
  if (turn == QuarterTurn::none) return result;
  result.pixels = cv::Mat();  // not in place: copies of a GrayImage share their pixels
  switch (turn) {
    case QuarterTurn::none: break;
    case QuarterTurn::right:
      cv::rotate(image.pixels, result.pixels, cv::ROTATE_90_CLOCKWISE);
      break;
    case QuarterTurn::half: cv::rotate(image.pixels, result.pixels, cv::ROTATE_180); break;
    case QuarterTurn::left:
      cv::rotate(image.pixels, result.pixels, cv::ROTATE_90_COUNTERCLOCKWISE);
      break;
  }
  return result;
}

// From the px of the turned image back to those of the image before it was turned.
Transform turned_to_upright(const GrayImage& upright, QuarterTurn turn) {
  const double width = upright.width();
  const double height = upright.height();
  switch (turn) {
    case QuarterTurn::none: break;
    case QuarterTurn::right: return {{0, 1, 0, -1, 0, height, 0, 0, 1}};
    case QuarterTurn::half: return {{-1, 0, width, 0, -1, height, 0, 0, 1}};
    case QuarterTurn::left: return {{0, -1, width, 1, 0, 0, 0, 0, 1}};
  }
  return Transform::identity();
}

Result<RecognisedPage> read_turned(const UprightPage& page, QuarterTurn turn, Engine& engine) {
  const std::optional<Transform> upright_to_original = inverse(page.original_to_upright);
  if (!upright_to_original) {
    return fail(ErrorCode::internal, "page_transform",
                "recognising a page: its way back to the original picture is singular");
  }
  PK_TRY(words, engine.read(turned(page.upright, turn), {}));
  const Transform to_original = then(turned_to_upright(page.upright, turn), *upright_to_original);
  for (Word& word : words) word.box = to_original.bounds(word.box);
  return RecognisedPage{std::move(words), turn, engine.version()};
}

}  // namespace

Result<RecognisedPage> recognise(const UprightPage& page, const QuarterTurn* known_turn,
                                 Engine& engine) {
  if (known_turn != nullptr) return read_turned(page, *known_turn, engine);
  PK_TRY(orientation, engine.orientation(page.upright));
  return read_turned(page, orientation.turn, engine);
}

}  // namespace postkamer::ocr
