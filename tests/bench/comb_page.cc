// SPDX-License-Identifier: EUPL-1.2
#include "tests/bench/comb_page.h"

#include <fstream>
#include <iterator>
#include <sstream>

#include "pipeline/extract/added_ink.h"
#include "pipeline/intake/decode.h"

namespace postkamer::bench {
namespace {

GrayImage picture_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  const auto scan = intake::decode_scan(bytes_of(bytes), {}, Limits{}, nullptr);
  if (!scan || scan->pages.empty()) return {};
  const auto pixels = intake::open_picture(scan->pages.front(), Limits{});
  return pixels ? *pixels : GrayImage{};
}

}  // namespace

bool load_comb_page(const std::string& stem, CombPage& page) {
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

std::vector<extract::CellInk> inks_of(const CombPage& page, const Comb& comb) {
  constexpr double kMarginMm = 1.6;  // as the comb reader
  const extract::PatchFrame frame{grown(united(comb.cells.front(), comb.cells.back()), kMarginMm),
                                  extract::kZoneDpi};
  std::vector<Rect> cells;
  for (const auto& cell : comb.cells) cells.push_back(frame.px(cell));
  return extract::share_out(extract::added_mask(page.page, page.registration, page.blank, frame),
                            cells);
}

}  // namespace postkamer::bench
