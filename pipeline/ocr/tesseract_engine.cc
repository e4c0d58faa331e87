// SPDX-License-Identifier: EUPL-1.2
//
// The one adapter to Tesseract. Its exceptions, its C strings and its state end here.
#include <tesseract/baseapi.h>
#include <tesseract/resultiterator.h>

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "pipeline/ocr/pix.h"
#include "pipeline/ocr/recognise.h"

namespace postkamer::ocr {
namespace {

constexpr int kSideLimit = 32'767;  // Tesseract keeps coordinates in 16 bits
constexpr const char* kDebianTessdata = "/usr/share/tesseract-ocr/5/tessdata";

// Paper around a zone: without it Tesseract loses characters that touch the edge.
constexpr int kZoneBorder = 12;

tesseract::PageSegMode mode_of(Layout layout) {
  switch (layout) {
    case Layout::page: return tesseract::PSM_AUTO;
    case Layout::block: return tesseract::PSM_SINGLE_BLOCK;
    case Layout::line: return tesseract::PSM_SINGLE_LINE;
    case Layout::word: return tesseract::PSM_SINGLE_WORD;
  }
  return tesseract::PSM_AUTO;
}

// The part of the image that holds ink. Single-word mode takes the whole image for the word, so any
// paper left around it makes Tesseract read letters into the shape of the margin.
cv::Rect ink_of(const GrayImage& image) {
  double darkest = 0.0;
  double lightest = 255.0;
  cv::minMaxLoc(image.pixels, &darkest, &lightest);
  const double threshold = image.is_bilevel ? 128.0 : (darkest + lightest) / 2.0;
  cv::Mat ink;
  cv::compare(image.pixels, threshold, ink, cv::CMP_LT);
  return cv::boundingRect(ink);
}

Rect box_of(const tesseract::ResultIterator& at, cv::Point offset) {
  int left = 0;
  int top = 0;
  int right = 0;
  int bottom = 0;
  at.BoundingBox(tesseract::RIL_WORD, &left, &top, &right, &bottom);
  return {static_cast<double>(left + offset.x), static_cast<double>(top + offset.y),
          static_cast<double>(right - left), static_cast<double>(bottom - top)};
}

std::vector<Word> words_of(tesseract::TessBaseAPI& api, cv::Point offset) {
  std::vector<Word> words;
  const std::unique_ptr<tesseract::ResultIterator> at(api.GetIterator());
  if (!at) return words;
  int block = -1;
  int line = -1;
  do {
    if (at->IsAtBeginningOf(tesseract::RIL_BLOCK)) ++block;
    if (at->IsAtBeginningOf(tesseract::RIL_TEXTLINE)) ++line;
    if (at->Empty(tesseract::RIL_WORD)) continue;
    const std::unique_ptr<char[]> text(at->GetUTF8Text(tesseract::RIL_WORD));
    if (!text || text[0] == '\0' || (text[0] == ' ' && text[1] == '\0')) continue;
    words.push_back({text.get(), box_of(*at, offset),
                     static_cast<double>(at->Confidence(tesseract::RIL_WORD)) / 100.0,
                     std::max(block, 0), std::max(line, 0)});
  } while (at->Next(tesseract::RIL_WORD));
  return words;
}

// Every path out of a reading leaves the engine as it was before, so that no page can be told from
// the result of the next. What adapts to a page is the legacy engine alone; to clear it costs as
// much as reading a short line.
class Reset {
 public:
  explicit Reset(tesseract::TessBaseAPI& api) : api_(api) {}
  ~Reset() {
    api_.Clear();
    if (api_.oem() != tesseract::OEM_LSTM_ONLY) api_.ClearAdaptiveClassifier();
  }
  Reset(const Reset&) = delete;
  Reset& operator=(const Reset&) = delete;

 private:
  tesseract::TessBaseAPI& api_;
};

class TesseractEngine final : public Engine {
 public:
  static Result<std::unique_ptr<Engine>> load(const EngineOptions& options);

  Result<std::vector<Word>> read(const GrayImage& image, const ReadOptions& options) override;
  Orientation by_letter_shapes(const GrayImage& image) override;
  Result<Orientation> by_trial(const GrayImage& image) override;
  [[nodiscard]] std::string version() const override { return version_; }

 private:
  Result<void> give_image(tesseract::TessBaseAPI& api, const GrayImage& image, int border);

  tesseract::TessBaseAPI text_;
  tesseract::TessBaseAPI direction_;  // legacy engine with osd.traineddata
  std::string allowed_;               // what text_ is set to
  std::string version_;
};

Result<void> start(tesseract::TessBaseAPI& api, const std::string& folder,
                   const std::string& languages, tesseract::OcrEngineMode mode) {
  // "eng+nld" names two files; Tesseract itself would go on silently without the second.
  for (std::size_t from = 0; from <= languages.size();) {
    const std::size_t to = std::min(languages.find('+', from), languages.size());
    const std::string language = languages.substr(from, to - from);
    const std::string file = folder + "/" + language + ".traineddata";
    if (::access(file.c_str(), R_OK) != 0) {
      return fail(ErrorCode::unavailable, "ocr_language_missing",
                  fmt::format("starting the text reader: no model {}; install Debian package "
                              "tesseract-ocr-{}",
                              file, language));
    }
    from = to + 1;
  }
  if (api.Init(folder.c_str(), languages.c_str(), mode) != 0) {
    return fail(ErrorCode::unavailable, "ocr_start_failed",
                fmt::format("starting the text reader: Tesseract refuses the models {} in {}; "
                            "reinstall them",
                            languages, folder));
  }
  return {};
}

// Tesseract and Leptonica remark on pages to stderr, thousands of lines a day that help nobody. The
// file is opened at the first remark, so one is provoked here (a resolution of 1 dpi), while a
// boxed process may still open files.
void silence(tesseract::TessBaseAPI& api) {
  silence_leptonica();
  api.SetVariable("debug_file", "/dev/null");
  GrayImage speck;
  speck.pixels = cv::Mat(48, 48, CV_8UC1, cv::Scalar(255));
  speck.dpi = {1.0};
  const PixPtr pix = to_pix(speck);
  const Reset reset(api);
  api.SetImage(pix.get());
  api.Recognize(nullptr);
}

Result<std::unique_ptr<Engine>> TesseractEngine::load(const EngineOptions& options) {
  const std::string folder = options.tessdata.empty() ? kDebianTessdata : options.tessdata;
  auto engine = std::make_unique<TesseractEngine>();
  PK_CHECK(start(engine->text_, folder, options.languages, tesseract::OEM_LSTM_ONLY));
  PK_CHECK(start(engine->direction_, folder, "osd", tesseract::OEM_DEFAULT));
  silence(engine->text_);
  engine->direction_.SetPageSegMode(tesseract::PSM_OSD_ONLY);
  engine->version_ =
      fmt::format("tesseract {} {}", tesseract::TessBaseAPI::Version(), options.languages);
  return engine;
}

Result<void> TesseractEngine::give_image(tesseract::TessBaseAPI& api, const GrayImage& image,
                                         int border) {
  if (std::max(image.width(), image.height()) + 2 * border > kSideLimit) {
    return fail(ErrorCode::resource_limit, "limit_side_pixels",
                fmt::format("reading text: image is {} x {} px, at most {} a side can be read",
                            image.width(), image.height(), kSideLimit));
  }
  const PixPtr pix = to_pix(image, border);
  if (!pix) {
    return fail(ErrorCode::internal, "ocr_image",
                fmt::format("reading text: no working copy of a {} x {} px image", image.width(),
                            image.height()));
  }
  api.SetImage(pix.get());
  api.SetSourceResolution(static_cast<int>(std::lround(image.dpi.value)));
  return {};
}

Result<std::vector<Word>> TesseractEngine::read(const GrayImage& image,
                                                const ReadOptions& options) {
  if (image.pixels.empty()) return std::vector<Word>{};
  const int border = options.layout == Layout::page ? 0 : kZoneBorder;
  try {
    GrayImage zone = image;
    cv::Point offset(-border, -border);
    if (options.layout == Layout::word) {
      const cv::Rect ink = ink_of(image);
      if (ink.empty()) return std::vector<Word>{};
      zone.pixels = image.pixels(ink);
      offset += ink.tl();
    }
    const Reset reset(text_);
    if (allowed_ != options.allowed) {
      text_.SetVariable("tessedit_char_whitelist", options.allowed.c_str());
      allowed_ = options.allowed;
    }
    text_.SetPageSegMode(mode_of(options.layout));
    PK_CHECK(give_image(text_, zone, border));
    if (text_.Recognize(nullptr) != 0) {
      return fail(ErrorCode::internal, "ocr_failed", "reading text: Tesseract gave up");
    }
    return words_of(text_, offset);
  } catch (const std::exception& error) {
    return fail(ErrorCode::internal, "ocr_failed",
                fmt::format("reading text: Tesseract threw {}", error.what()));
  }
}

// Letter shapes were never wrong above these bounds: 122 of 155 turned form pages and letters
// decided. Tesseract's own detection was never wrong above its bound either.
constexpr double kClearBalance = 5.0;
constexpr double kClearRatio = 2.0;
constexpr double kWeakBalance = 2.0;
constexpr double kTrialBound = 0.5;

Engine::Orientation TesseractEngine::by_letter_shapes(const GrayImage& image) {
  if (image.pixels.empty()) return {};
  const AscenderBalance balance = ascender_balance(image);
  const auto [weaker, stronger] = std::minmax({std::abs(balance.up), std::abs(balance.left)});
  if (stronger < kWeakBalance) return {};
  const bool is_clear = stronger >= kClearBalance && stronger >= kClearRatio * weaker;
  if (std::abs(balance.up) >= std::abs(balance.left))
    return {balance.up > 0 ? QuarterTurn::none : QuarterTurn::half, is_clear};
  return {balance.left > 0 ? QuarterTurn::right : QuarterTurn::left, is_clear};
}

Result<Engine::Orientation> TesseractEngine::by_trial(const GrayImage& image) {
  if (image.pixels.empty()) return Orientation{};
  try {
    const Reset reset(direction_);
    PK_CHECK(give_image(direction_, image, 0));
    int degrees = 0;
    float confidence = 0.0F;
    const bool found = direction_.DetectOrientationScript(&degrees, &confidence, nullptr, nullptr);
    if (!found || static_cast<double>(confidence) < kTrialBound) return Orientation{};
    // Tesseract tells how far the page stands turned clockwise; we tell how to turn it back.
    return Orientation{static_cast<QuarterTurn>((360 - degrees) / 90 % 4), true};
  } catch (const std::exception& error) {
    return fail(ErrorCode::internal, "ocr_failed",
                fmt::format("finding the way up: Tesseract threw {}", error.what()));
  }
}

}  // namespace

Result<std::unique_ptr<Engine>> Engine::create(const EngineOptions& options) {
  try {
    return TesseractEngine::load(options);
  } catch (const std::exception& error) {
    return fail(ErrorCode::internal, "ocr_start_failed",
                fmt::format("starting the text reader: Tesseract threw {}", error.what()));
  }
}

}  // namespace postkamer::ocr
