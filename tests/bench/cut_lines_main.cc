// SPDX-License-Identifier: EUPL-1.2
//
// cut_lines FOLDER: the filled lines of the simulated forms (tests/bench/twin_dev.h) as the zone
// reader cuts them, with their exact registration, to standard output: a line "document TAB field
// TAB 1 by pen, 0 typed TAB width TAB height TAB what was written", then width x height bytes of
// gray. For measuring line readers from programs in Python.
#include <algorithm>
#include <cstdio>

#include <opencv2/core.hpp>

#include "pipeline/extract/added_ink.h"
#include "pipeline/extract/line_cut.h"
#include "tests/bench/twin_dev.h"

using namespace postkamer;

namespace {

constexpr double kMarginMm = 1.2;  // as the text reader

void write_line(const bench::TwinDocument& document, const forms::Field& field,
                const std::string& text, const GrayImage& picture) {
  std::printf("%s\t%s\t%d\t%d\t%d\t%s\n", document.id.c_str(), field.name.c_str(),
              document.is_handprint ? 1 : 0, picture.width(), picture.height(), text.c_str());
  for (int y = 0; y < picture.height(); ++y)
    std::fwrite(picture.pixels.ptr(y), 1, static_cast<std::size_t>(picture.width()), stdout);
}

void cut_page_lines(const bench::TwinDocument& document, const bench::TwinPage& page,
                    const bench::TwinForm& form, const GrayImage& image) {
  const extract::BlankPage& blank = form.blanks[static_cast<std::size_t>(page.number) - 1];
  for (const auto& field : form.form.fields) {
    const bool is_line =
        field.cells.empty() && field.lines <= 1 &&
        (field.type == forms::FieldType::text || field.type == forms::FieldType::email);
    const auto value = document.values.find(field.name);
    if (!is_line || field.page != page.number || value == document.values.end()) continue;
    const auto* text = std::get_if<std::string>(&value->second);
    if (text == nullptr || text->empty()) continue;
    const extract::PatchFrame frame{grown(field.box, kMarginMm), extract::kZoneDpi};
    const extract::AddedInk ink = extract::added_to(image, page.registration, blank, frame);
    const cv::Mat clear =
        image.is_bilevel ? ink.page : extract::clear_paper(ink.page, extract::kZoneDpi);
    const cv::Mat line = extract::lines_of(ink.mask, frame.px(field.box), 1).front();
    if (cv::countNonZero(line) > 0) write_line(document, field, *text, extract::tight(line, clear));
  }
}

}  // namespace

int main(int argc, char** argv) {
  cv::setNumThreads(1);
  if (argc != 2) {
    std::fprintf(stderr, "usage: cut_lines FOLDER\n");
    return 2;
  }
  const std::string folder = argv[1];
  const auto forms = bench::load_twin_forms(folder);
  for (const auto& document : bench::load_twin_documents(folder)) {
    for (const auto& page : document.pages) {
      const GrayImage image = bench::load_twin_page(folder, page);
      if (!image.pixels.empty()) cut_page_lines(document, page, forms.at(document.form), image);
    }
  }
  return 0;
}
