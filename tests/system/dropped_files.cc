// SPDX-License-Identifier: EUPL-1.2
#include "tests/system/dropped_files.h"

#include <fmt/format.h>

#include "pipeline/intake/decode.h"
#include "tests/unit/pipeline/intake/drawn.h"

namespace postkamer::test {
namespace {

std::string text(const Bytes& bytes) { return std::string(text_of(bytes)); }

// Behind the end of the picture, where no reader looks: bytes of its own for each number.
std::string numbered(std::string scan, int number) { return scan + fmt::format("{:08}", number); }

}  // namespace

std::string tiff(int number) {
  static const std::string blank =
      text(intake::encode_bilevel(intake::drawn::a4(200.0)).value().bytes);
  return numbered(blank, number);
}

std::string jpeg(int number) {
  static const std::string blank =
      text(intake::encode_gray(intake::drawn::a4(100.0), 70).value().bytes);
  return numbered(blank, number);
}

std::string pdf(int number) {
  intake::drawn::Pdf file;
  file.add_page(0, "", "", fmt::format("0 0 595 {}", 840 + number % 5));
  return text(file.finish());
}

}  // namespace postkamer::test
