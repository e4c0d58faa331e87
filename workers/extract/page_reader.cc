// SPDX-License-Identifier: EUPL-1.2
#include "workers/extract/page_reader.h"

#include <algorithm>

#include <opencv2/core.hpp>

#include "classifiers/handprint/handprint_reader.h"
#include "classifiers/lines/line_reader.h"
#include "classifiers/mark/mark_reader.h"
#include "classifiers/signature/signature_reader.h"
#include "pipeline/extract/label_print.h"
#include "pipeline/extract/page_ink.h"
#include "workers/extract/code_fields.h"
#include "workers/extract/page_words.h"
#include "workers/extract/stray_words.h"
#include "workers/host/calibration.h"
#include "workers/host/files.h"

namespace postkamer::workers {
namespace {

constexpr Dpi kInkDpi{100.0};
// Blanks whose pixels are kept, 9 MB each: the pages of a form follow each other.
constexpr std::size_t kOpenBlanks = 4;

// Lends the OCR engine to the zone reader.
class EngineTextReader : public extract::TextReader {
 public:
  explicit EngineTextReader(ocr::Engine& engine) : engine_(engine) {}

  Result<Line> read_line(const GrayImage& zone, std::string_view allowed) override {
    PK_TRY(words, engine_.read(zone, {ocr::Layout::line, std::string(allowed)}));
    Line line;
    line.confidence = words.empty() ? 0.0 : 1.0;
    for (const auto& word : words) {
      if (!line.text.empty()) line.text += ' ';
      line.text += word.text;
      line.confidence = std::min(line.confidence, word.confidence);
    }
    line.words = std::move(words);
    return line;
  }

 private:
  ocr::Engine& engine_;
};

const host::PackedBlank* blank_of(const host::CatalogueForm* entry, int page) {
  if (entry == nullptr || page < 1 || page > static_cast<int>(entry->blanks.size())) return nullptr;
  return &entry->blanks[static_cast<std::size_t>(page) - 1];
}

// More of the form's print than this is not on its pages: torn, folded and stained ones of twin-dev
// miss at most 0.04 of it.
constexpr double kMostPrintMissing = 0.25;

std::vector<Rect> fields_on(const forms::Form& form, int page) {
  std::vector<Rect> boxes;
  for (const auto& field : form.fields)
    if (field.page == page) boxes.push_back(field.box);
  return boxes;
}

// What `look` gives; a picture library that gives up is an error of ours.
template <typename Look>
auto guarded(const char* looking_at, const Look& look) -> Result<decltype(look())> {
  try {
    return look();
  } catch (const cv::Exception& error) {
    return fail(ErrorCode::internal, "zones_failed",
                std::string("looking at a page's ") + looking_at +
                    ": the picture library gave up at " + error.func);
  }
}

Result<extract::PageInk> ink_of(const UprightPage& page, const extract::PreparedBlank& blank,
                                const extract::Registration& registration,
                                const std::vector<Rect>& fields) {
  auto ink = guarded("ink", [&] {
    return extract::page_ink(page.upright, blank, registration.mm_to_upright, fields);
  });
  if (!ink || ink->print_missing <= kMostPrintMissing) return ink;
  return fail(ErrorCode::unsupported, "print_missing",
              "laying a form over a page: a good part of its print is not there");
}

}  // namespace

Result<std::unique_ptr<PageReader>> PageReader::load(const host::Settings& settings) {
  std::unique_ptr<PageReader> reader(new PageReader);
  PK_TRY(engine, ocr::Engine::create({settings.ocr_languages, ""}));
  reader->engine_ = std::move(engine);
  const auto folder = host::installation_root() / "classifiers" / "handprint";
  PK_TRY(model, host::read_file(folder / "model.onnx"));
  PK_TRY(temperatures, host::read_file(folder / "model.json"));
  PK_TRY(characters, handprint::HandprintReader::create(model, text_of(temperatures)));
  reader->characters_ = std::move(characters);
  const auto line_folder = host::installation_root() / "classifiers" / "lines";
  PK_TRY(line_model, host::read_file(line_folder / "model.onnx"));
  PK_TRY(line_classes, host::read_file(line_folder / "model.json"));
  PK_TRY(letters, host::read_file(line_folder / "letters.bin"));
  PK_TRY(lines, lines::NetworkLineReader::create(line_model, text_of(line_classes), letters));
  reader->lines_ = std::move(lines);
  PK_TRY(calibration, host::load_calibration());
  reader->calibration_ = std::move(calibration);
  reader->marks_ = std::make_unique<mark::LogisticMarkReader>();
  reader->signatures_ = std::make_unique<signature::LogisticSignatureReader>();
  return reader;
}

Result<PageReading> PageReader::read(const GrayImage& original, const UprightPage& upright,
                                     const std::vector<Code>& codes, const FormCandidate& candidate,
                                     const host::FormCatalogue& forms) {
  const auto* entry = forms.find(candidate.form, candidate.version);
  const auto* source = blank_of(entry, candidate.page);
  if (source == nullptr)
    return fail(ErrorCode::unsupported, "form_not_loaded",
                "while reading a page: form " + candidate.form + " " + candidate.version +
                    " page " + std::to_string(candidate.page) + " is not in the catalogue");
  PK_TRY(open, opened(*source));
  const extract::BlankPage& blank = open->page;
  const extract::PreparedBlank& ready = prepared(*open);
  PK_TRY(registration, extract::register_page(upright, ready, candidate, {}));
  PK_TRY(beside, ink_of(upright, ready, registration, fields_on(entry->form, candidate.page)));
  PK_TRY(surroundings, guarded("ink", [&] {
           return extract::surroundings_of(original, registration, ready, beside, entry->form,
                                           candidate.page);
         }));
  EngineTextReader text(*engine_);
  const extract::ZoneReaders readers{*characters_, *lines_, *marks_,
                                     *signatures_, text,    calibration_};
  PK_TRY(readings, extract::read_zones(original, registration, blank, surroundings, entry->form,
                                       candidate.page, readers));
  PK_TRY(is_other_form, guarded("labels", [&] {  // it only looks like that form
           return extract::check_labels(original, registration, blank, entry->form, readings);
         }));
  const auto ink_share = [&](const Rect& box) {
    const auto ink = extract::added_ink(original, registration, blank, box, kInkDpi);
    const auto pixels = static_cast<double>(ink.pixels.total());
    return pixels > 0 ? 1.0 - cv::countNonZero(ink.pixels) / pixels : 0.0;
  };
  read_code_fields(entry->form, candidate.page, codes, registration, ink_share, readings);
  PK_TRY(printed, printed_words(*entry, candidate.page, *open));
  PK_TRY(stray, read_stray(upright.upright, registration, beside.spots, *engine_));
  std::vector<Word> added = words_of_fields(entry->form, readings, registration);
  added.insert(added.end(), stray.words.begin(), stray.words.end());
  PageReading page{std::move(registration), std::move(readings), {}, std::move(stray.findings)};
  if (is_other_form)
    page.findings.push_back({"form_mismatch", "", candidate.page, Severity::doubt, ""});
  page.recognised = page_words(*printed, std::move(added), page.registration, original.width(),
                               original.height());
  page.recognised.engine = engine_->version();
  for (auto& reading : page.readings) reading.words.clear();
  return page;
}

Result<const host::BlankWords*> PageReader::printed_words(const host::CatalogueForm& entry,
                                                          int page, const OpenBlank& blank) {
  const auto index = static_cast<std::size_t>(page) - 1;
  if (index < entry.words.size() && !entry.words[index].empty()) return &entry.words[index];
  if (const auto found = read_words_.find(blank.source); found != read_words_.end())
    return &found->second;
  PK_TRY(read, engine_->read(blank.page.image, {ocr::Layout::page, ""}));
  const double mm = 1.0 / pixels_per_mm(blank.page.image.dpi);
  host::BlankWords words;
  for (auto& word : read)
    words.push_back({std::move(word.text), Transform::scale(mm, mm).bounds(word.box)});
  return &read_words_.emplace(blank.source, std::move(words)).first->second;
}

Result<const PageReader::OpenBlank*> PageReader::opened(const host::PackedBlank& source) {
  const auto found = std::ranges::find(open_, &source, &OpenBlank::source);
  if (found != open_.end()) {
    std::rotate(open_.begin(), found, found + 1);
    return &open_.front();
  }
  PK_TRY(page, host::unpack(source));
  if (open_.size() == kOpenBlanks) open_.pop_back();
  open_.push_front({&source, std::move(page)});
  return &open_.front();
}

const extract::PreparedBlank& PageReader::prepared(const OpenBlank& blank) {
  auto found = prepared_.find(blank.source);
  if (found == prepared_.end())
    found = prepared_.emplace(blank.source, extract::prepare_blank(blank.page)).first;
  return found->second;
}

Provenance PageReader::provenance() const {
  return {"postkamer " POSTKAMER_VERSION, engine_->version(), characters_->model(), ""};
}

}  // namespace postkamer::workers
