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

  // Which quarter turn makes the page readable, with confidence 0..1 (0 = cannot tell). Letter
  // shapes decide where they are clear (15-30 ms), Tesseract's own detection elsewhere (0.3 s).
  struct Orientation {
    QuarterTurn turn = QuarterTurn::none;
    double confidence = 0.0;
  };
  virtual Result<Orientation> orientation(const GrayImage& image) = 0;

  // Name, version and languages, for the provenance.
  [[nodiscard]] virtual std::string version() const = 0;
};

// Reads a whole upright page. `known_turn` is what classification proved; null lets the engine tell
// before it reads, so that the page is read once, whichever way up it lies. Word boxes are mapped
// back to original px.
Result<RecognisedPage> recognise(const UprightPage& page, const QuarterTurn* known_turn,
                                 Engine& engine);

}  // namespace postkamer::ocr
