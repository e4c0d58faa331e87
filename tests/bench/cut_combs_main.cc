// SPDX-License-Identifier: EUPL-1.2
//
// cut_combs STEM...: cuts the cells of the pages that comb_pages.py wrote as the zone reader does,
// and writes every glyph to standard output: one byte label (255: none), then 28x28 bytes
// normalised ink. For training only.
#include <array>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include <opencv2/core.hpp>

#include "classifiers/handprint/normalise.h"
#include "pipeline/extract/added_ink.h"
#include "pipeline/extract/cell_split.h"
#include "pipeline/intake/decode.h"

using namespace postkamer;

namespace {

struct Comb {
  std::vector<int> labels;
  std::vector<Rect> cells;
};

struct CombPage {
  GrayImage page;
  extract::BlankPage blank;
  extract::Registration registration;
  std::vector<Comb> combs;
};

GrayImage picture_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  const auto scan = intake::decode_scan(bytes_of(bytes), {}, Limits{}, nullptr);
  if (!scan || scan->pages.empty()) return {};
  const auto pixels = intake::open_picture(scan->pages.front(), Limits{});
  return pixels ? *pixels : GrayImage{};
}

bool load(const std::string& stem, CombPage& page) {
  page.page = picture_of(stem + ".page.png");
  page.blank.image = picture_of(stem + ".blank.png");
  page.blank.image.dpi = extract::kZoneDpi;
  std::ifstream file(stem + ".combs");
  std::string line;
  if (!std::getline(file, line) || page.page.pixels.empty() || page.blank.image.pixels.empty())
    return false;
  std::istringstream head(line);
  for (double& value : page.registration.mm_to_original.m) head >> value;
  head >> page.page.is_bilevel;
  while (std::getline(file, line)) {
    std::istringstream row(line);
    std::size_t count = 0;
    row >> count;
    Comb comb;
    comb.labels.resize(count);
    comb.cells.resize(count);
    for (int& label : comb.labels) row >> label;
    for (Rect& cell : comb.cells) row >> cell.x >> cell.y >> cell.width >> cell.height;
    if (!row) return false;
    page.combs.push_back(std::move(comb));
  }
  return true;
}

void write_glyphs(const CombPage& page, const Comb& comb) {
  constexpr double kMarginMm = 1.6;  // as the comb reader
  const extract::PatchFrame frame{grown(united(comb.cells.front(), comb.cells.back()), kMarginMm),
                                  extract::kZoneDpi};
  const cv::Mat added = extract::added_mask(page.page, page.registration, page.blank, frame);
  std::vector<Rect> cells;
  for (const auto& cell : comb.cells) cells.push_back(frame.px(cell));
  const auto inks = extract::share_out(added, cells);
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
    CombPage page;
    if (!load(argv[i], page)) {
      std::fprintf(stderr, "cut_combs: %s: no page, blank and combs that can be read\n", argv[i]);
      return 1;
    }
    for (const auto& comb : page.combs) write_glyphs(page, comb);
  }
  return 0;
}
