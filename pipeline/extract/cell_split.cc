// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/cell_split.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <opencv2/imgproc.hpp>

namespace postkamer::extract {
namespace {

// Ink smaller than this (px at 300 dpi, 0.06 square mm) is dust.
constexpr int kDustArea = 9;
// A stroke belongs to a comb when at least this share of it lies in the cells' band.
constexpr double kInsideShare = 0.5;
// Share of one character's ink that must lie on either side of a border to be parted there.
constexpr double kPartShare = 0.28;
// Strokes up to this width, in cells, are one character.
constexpr double kOneCharacter = 0.98;
// How far from the border, in cells, two characters may be parted.
constexpr double kCutReach = 0.26;

struct Stroke {
  int label = 0;
  cv::Rect box;
  int area = 0;
  std::vector<int> in_cell;  // pixels by cell
};

// The line x = at + slant * (y - middle) along which two touching characters are parted.
struct Cut {
  double at = 0.0;
  double slant = 0.0;
  double middle = 0.0;
  [[nodiscard]] bool is_left(int x, int y) const { return x < at + slant * (y - middle); }
};

// The column of borders: half way between neighbouring cells.
std::vector<double> borders_of(const std::vector<Rect>& cells) {
  std::vector<double> borders;
  for (std::size_t i = 0; i + 1 < cells.size(); ++i)
    borders.push_back((cells[i].right() + cells[i + 1].x) / 2);
  return borders;
}

std::size_t cell_at(double x, const std::vector<double>& borders) {
  return static_cast<std::size_t>(std::upper_bound(borders.begin(), borders.end(), x) -
                                  borders.begin());
}

Cut thinnest_cut(const cv::Mat& labels, const Stroke& stroke, double border, double cell_width) {
  Cut best{border, 0.0, stroke.box.y + stroke.box.height / 2.0};
  double best_cost = std::numeric_limits<double>::max();
  const double reach = kCutReach * cell_width;
  for (const double slant : {-0.45, -0.3, -0.15, 0.0, 0.15}) {
    for (double shift = -reach; shift <= reach; shift += 1.0) {
      const Cut cut{border + shift, slant, best.middle};
      double cost = 10.0 * std::abs(shift) / reach + 2.0 * std::abs(slant);
      for (int y = stroke.box.y; y < stroke.box.br().y; ++y) {
        const int x = static_cast<int>(std::lround(cut.at + slant * (y - cut.middle)));
        if (x >= 0 && x < labels.cols && labels.at<int>(y, x) == stroke.label) cost += 1.0;
      }
      if (cost < best_cost) {
        best_cost = cost;
        best = cut;
      }
    }
  }
  return best;
}

// All strokes of the mask that belong to the comb.
std::vector<Stroke> strokes_of(const cv::Mat& labels, const cv::Mat& stats,
                               const std::vector<Rect>& cells, const std::vector<double>& borders) {
  Rect band = united(cells.front(), cells.back());
  band = grown(band, 0.12 * band.height);
  std::vector<Stroke> strokes;
  for (int label = 1; label < stats.rows; ++label) {
    Stroke stroke;
    stroke.label = label;
    stroke.box = {stats.at<int>(label, cv::CC_STAT_LEFT), stats.at<int>(label, cv::CC_STAT_TOP),
                  stats.at<int>(label, cv::CC_STAT_WIDTH),
                  stats.at<int>(label, cv::CC_STAT_HEIGHT)};
    stroke.area = stats.at<int>(label, cv::CC_STAT_AREA);
    if (stroke.area < kDustArea) continue;
    stroke.in_cell.assign(cells.size(), 0);
    int inside = 0;
    for (int y = stroke.box.y; y < stroke.box.br().y; ++y) {
      const auto* row = labels.ptr<int>(y);
      for (int x = stroke.box.x; x < stroke.box.br().x; ++x) {
        if (row[x] != label) continue;
        ++stroke.in_cell[cell_at(x, borders)];
        if (band.contains({x + 0.5, y + 0.5})) ++inside;
      }
    }
    if (inside >= kInsideShare * stroke.area) strokes.push_back(std::move(stroke));
  }
  return strokes;
}

// Where a stroke that is too wide for one character is parted: at every border that has a fair part
// of a character's ink on both sides.
std::vector<Cut> cuts_of(const Stroke& stroke, const cv::Mat& labels,
                         const std::vector<Rect>& cells, const std::vector<double>& borders) {
  const auto most = std::max_element(stroke.in_cell.begin(), stroke.in_cell.end());
  const double width = cells[static_cast<std::size_t>(most - stroke.in_cell.begin())].width;
  std::vector<Cut> cuts;
  if (stroke.box.width <= kOneCharacter * width) return cuts;
  const double characters = std::max(2.0, std::round(stroke.box.width / width));
  const double least = kPartShare * stroke.area / characters;
  int left = 0;
  int last_left = 0;
  for (std::size_t i = 0; i < borders.size(); ++i) {
    left += stroke.in_cell[i];
    if (left - last_left < least || stroke.area - left < least) continue;
    cuts.push_back(thinnest_cut(labels, stroke, borders[i], width));
    last_left = left;
  }
  return cuts;
}

// Paints the stroke into `owner` (cell number + 1): every piece to the cell that holds most of it.
void give(const Stroke& stroke, const cv::Mat& labels, const std::vector<Cut>& cuts,
          const std::vector<double>& borders, cv::Mat& owner) {
  const auto each_pixel = [&](auto&& act) {
    for (int y = stroke.box.y; y < stroke.box.br().y; ++y) {
      for (int x = stroke.box.x; x < stroke.box.br().x; ++x) {
        if (labels.at<int>(y, x) != stroke.label) continue;
        std::size_t piece = 0;
        while (piece < cuts.size() && !cuts[piece].is_left(x, y)) ++piece;
        act(x, y, piece);
      }
    }
  };
  std::vector<std::vector<int>> held(cuts.size() + 1, std::vector<int>(borders.size() + 1, 0));
  each_pixel([&](int x, int, std::size_t piece) { ++held[piece][cell_at(x, borders)]; });
  std::vector<int> cell_of;
  for (const auto& counts : held)
    cell_of.push_back(
        static_cast<int>(std::max_element(counts.begin(), counts.end()) - counts.begin()) + 1);
  each_pixel([&](int x, int y, std::size_t piece) {
    owner.at<std::uint8_t>(y, x) = static_cast<std::uint8_t>(cell_of[piece]);
  });
}

// Every cell's area, box and mask of `owner` (cell number + 1).
void take_owned(const cv::Mat& owner, std::vector<CellInk>& inks) {
  const cv::Rect all = cv::boundingRect(owner);
  for (int y = all.y; y < all.br().y; ++y) {
    const auto* row = owner.ptr<std::uint8_t>(y);
    for (int x = all.x; x < all.br().x; ++x) {
      if (row[x] == 0) continue;
      CellInk& ink = inks[row[x] - 1U];
      const cv::Rect pixel(x, y, 1, 1);
      ink.box = ink.area == 0 ? pixel : ink.box | pixel;
      ++ink.area;
    }
  }
  for (std::size_t i = 0; i < inks.size(); ++i)
    if (inks[i].area > 0)
      cv::compare(owner(inks[i].box), cv::Scalar(static_cast<double>(i + 1)), inks[i].mask,
                  cv::CMP_EQ);
}

}  // namespace

std::vector<CellInk> share_out(const cv::Mat& added, const std::vector<Rect>& cells) {
  std::vector<CellInk> inks(cells.size());
  if (cells.empty() || cells.size() > 254 || cv::countNonZero(added) == 0) return inks;
  cv::Mat labels;
  cv::Mat stats;
  cv::Mat centres;
  cv::connectedComponentsWithStats(added, labels, stats, centres, 8, CV_32S);
  const std::vector<double> borders = borders_of(cells);
  cv::Mat owner = cv::Mat::zeros(added.size(), CV_8U);
  for (const auto& stroke : strokes_of(labels, stats, cells, borders))
    give(stroke, labels, cuts_of(stroke, labels, cells, borders), borders, owner);
  take_owned(owner, inks);
  return inks;
}

std::ptrdiff_t written_cells(const std::vector<CellInk>& inks) {
  return std::ranges::count_if(inks, [](const CellInk& ink) { return ink.area > 0; });
}

double usual_height(const std::vector<CellInk>& inks) {
  std::vector<int> heights;
  for (const auto& ink : inks)
    if (ink.area > 0) heights.push_back(ink.box.height);
  if (heights.size() < 3) return 0.0;
  const auto middle = heights.begin() + static_cast<std::ptrdiff_t>(heights.size() / 2);
  std::nth_element(heights.begin(), middle, heights.end());
  return *middle;
}

}  // namespace postkamer::extract
