// SPDX-License-Identifier: EUPL-1.2
//
// Everything that reading a page of a known form needs, loaded once: character model, mark and
// signature readers, OCR engine.
#pragma once

#include <deque>
#include <map>
#include <memory>

#include "pipeline/extract/registration_blank.h"
#include "pipeline/extract/zones.h"
#include "pipeline/model/record.h"
#include "pipeline/ocr/recognise.h"
#include "workers/host/form_catalogue.h"
#include "workers/host/settings.h"

namespace postkamer::workers {

struct PageReading {
  extract::Registration registration;
  std::vector<Reading> readings;  // without their words
  RecognisedPage recognised;      // all words of the page
  Findings findings;
};

class PageReader {
 public:
  // Fails with: unavailable (a model or language is not installed), invalid_config.
  static Result<std::unique_ptr<PageReader>> load(const host::Settings& settings);

  // Registers the page on the candidate's blank and reads its zones; `codes` are those found on the
  // page. Its words are the form's own, those of the zones and those of ink beside them. `forms`
  // must be the same in every call and outlive the reader, which keeps what registration wants of a
  // blank from its first page on (some 40 ms each), the pixels of the blanks used last, and the
  // words of a blank that is known as a picture only (read once, a second or two).
  //
  // Fails with: unsupported when the page is not that form (registration_failed; print_missing: it
  //             can be laid over it, but a good part of the form's print is not there) or the form
  //             is not in the catalogue (form_not_loaded).
  Result<PageReading> read(const GrayImage& original, const UprightPage& upright,
                           const std::vector<Code>& codes, const FormCandidate& candidate,
                           const host::FormCatalogue& forms);

  // Engine and model, for the record.
  [[nodiscard]] Provenance provenance() const;

 private:
  PageReader() = default;
  // A blank by its place in the catalogue, the pixels in memory.
  struct OpenBlank {
    const host::PackedBlank* source = nullptr;
    extract::BlankPage page;
  };
  // Good until the next call.
  Result<const OpenBlank*> opened(const host::PackedBlank& source);
  const extract::PreparedBlank& prepared(const OpenBlank& blank);
  Result<const host::BlankWords*> printed_words(const host::CatalogueForm& entry, int page,
                                                const OpenBlank& blank);
  std::deque<OpenBlank> open_;  // last used first
  std::map<const host::PackedBlank*, extract::PreparedBlank> prepared_;
  std::map<const host::PackedBlank*, host::BlankWords> read_words_;
  std::unique_ptr<ocr::Engine> engine_;
  Calibration calibration_;
  std::unique_ptr<extract::CharacterReader> characters_;
  std::unique_ptr<extract::LineReader> lines_;
  std::unique_ptr<extract::MarkReader> marks_;
  std::unique_ptr<extract::SignatureReader> signatures_;
};

}  // namespace postkamer::workers
