// SPDX-License-Identifier: EUPL-1.2
//
// The words of a scan's first page, read in this process with the same stages that the workers run:
// decode, inspect, deskew, OCR.
#pragma once

#include <filesystem>
#include <memory>

#include "classifiers/taught/page_text.h"
#include "pipeline/ocr/recognise.h"
#include "workers/host/settings.h"

namespace postkamer {

class FirstPageReader {
 public:
  // `kept`: folder where the words of each page are kept, under the digest of the file's bytes, and
  // taken from the next time; empty = keep nothing. They hold what people wrote.
  // Fails with: unavailable (a language is not installed).
  static Result<FirstPageReader> create(const host::Settings& settings, std::filesystem::path kept);

  // Blank pages and separators in front are passed over.
  // Fails with: whatever decoding, deskewing or reading fails with; invalid_document
  //             (scan_no_content) when every page is blank.
  Result<taught::PageText> read(const std::filesystem::path& scan);

 private:
  FirstPageReader() = default;
  Result<std::string> words_json(ByteView bytes) const;

  host::Settings settings_;
  std::filesystem::path kept_;
  std::unique_ptr<ocr::Engine> engine_;
};

}  // namespace postkamer
