// SPDX-License-Identifier: EUPL-1.2
//
// Page -> words. The only place that knows Tesseract. An Engine holds a loaded model: one a
// process, built once; recognise is deterministic given the engine.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/base/error.h"
#include "pipeline/model/image.h"
#include "pipeline/model/page.h"

namespace postkamer::ocr {

struct EngineOptions {
  // Measured at 300 dpi, CER and CPU against nld alone: nld+eng reads Dutch at 0.92 and English at
  // 0.90 of its errors for 1.2 to 1.47 of its time.
  std::string languages = "nld";
  std::string tessdata;  // folder; empty = Debian's
};

// How a piece of a page is laid out.
enum class Layout {
  page,
  block,
  line,
  word
};

struct ReadOptions {
  Layout layout = Layout::page;
  std::string allowed;  // characters that can occur; empty = all
};

class Engine {
 public:
  // Fails with: unavailable when a language's model is not installed (message names the package).
  static Result<std::unique_ptr<Engine>> create(const EngineOptions& options);
  virtual ~Engine() = default;

  // The words of a straight image. Boxes are px of `image`; confidences 0..1.
  // Fails with: resource_limit (side over 32 767 px), internal.
  virtual Result<std::vector<Word>> read(const GrayImage& image, const ReadOptions& options) = 0;

  // Which quarter turn makes a page readable, as far as the evidence tells.
  struct Orientation {
    QuarterTurn turn = QuarterTurn::none;
    bool is_clear = false;  // what such evidence says was never wrong (turned.py)
  };
  // By the shapes of letters: more ascenders than descenders (30 ms).
  virtual Orientation by_letter_shapes(const GrayImage& image) = 0;
  // By Tesseract's own detection, which reads some letters in all four ways (0.2 to 0.6 s).
  // Fails with: resource_limit as `read`, internal.
  virtual Result<Orientation> by_trial(const GrayImage& image) = 0;

  // Name, version and languages, for the provenance.
  [[nodiscard]] virtual std::string version() const = 0;
};

// Reads a whole upright page. `known_turn` is what classification proved; null lets the engine
// tell: by letter shapes where they are clear, else by reading the page as it stands, and only
// where that does not read well by trial. Word boxes are mapped back to original px.
Result<RecognisedPage> recognise(const UprightPage& page, const QuarterTurn* known_turn,
                                 Engine& engine);

}  // namespace postkamer::ocr
