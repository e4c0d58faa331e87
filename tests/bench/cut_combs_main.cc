// SPDX-License-Identifier: EUPL-1.2
//
// cut_combs STEM...: cuts the cells of the pages that comb_pages.py wrote as the zone reader does,
// and writes every glyph to standard output: one byte label (255: none), then 28x28 bytes
// normalised ink. For training only.
#include <cstdio>

#include <opencv2/core.hpp>

#include "classifiers/handprint/normalise.h"
#include "pipeline/extract/added_ink.h"
#include "tests/bench/comb_page.h"

using namespace postkamer;

namespace {

void write_glyphs(const bench::CombPage& page, const bench::Comb& comb) {
  const auto inks = bench::inks_of(page, comb);
  for (std::size_t i = 0; i < inks.size(); ++i) {
    if (inks[i].area == 0) continue;
    const cv::Mat picture =
        handprint::normalise(extract::as_picture(inks[i].mask, extract::kZoneDpi));
    std::fputc(comb.labels[i] < 0 ? 255 : comb.labels[i], stdout);
    for (int y = 0; y < picture.rows; ++y)
      std::fwrite(picture.ptr(y), 1, static_cast<std::size_t>(picture.cols), stdout);
  }
}

}  // namespace

int main(int argc, char** argv) {
  cv::setNumThreads(1);
  for (int i = 1; i < argc; ++i) {
    bench::CombPage page;
    if (!bench::load_comb_page(argv[i], page)) {
      std::fprintf(stderr, "cut_combs: %s: no page, blank and combs that can be read\n", argv[i]);
      return 1;
    }
    for (const auto& comb : page.combs) write_glyphs(page, comb);
  }
  return 0;
}
