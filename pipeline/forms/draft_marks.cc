// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/forms/draft_marks.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

namespace postkamer::forms {
namespace {

// Sizes in mm. Tuned on the blanks of six municipal forms and one survey, rendered at 300 dpi.
constexpr double kThickStroke = 0.9;  // bars, logos: no line of a field is this thick
constexpr double kShortestRule = 2.4;
constexpr double kShortestTick = 1.2;    // side of an open comb cell
constexpr double kThickestRule = 0.45;   // a ruled line; more is decoration
constexpr double kShortestField = 10.0;  // on a ruled line
constexpr double kRoomToWrite = 4.2;     // free height above a ruled line
constexpr double kUsualHeight = 7.0;     // of a zone above a ruled line
constexpr double kNarrowestCell = 2.6;
constexpr double kWidestCell = 11.0;
constexpr double kCellAspect = 1.2;      // height of an open cell, as a multiple of its width
constexpr double kWholeSide = 0.75;      // ticks as high as this share of the width are whole sides
constexpr double kInkShare = 0.80;       // of the paper's level: darker is ink
constexpr double kPrintedShare = 0.004;  // more ink than this inside a box: it is no place to write
constexpr double kRectangular = 0.93;    // share of its bounds that a closed box fills

class Finder {
 public:
  explicit Finder(const GrayImage& page)
      : scale_(pixels_per_mm(page.dpi)),
        page_{0, 0, page.width() / scale_, page.height() / scale_} {
    separate(page.pixels);
  }

  LineWork run() {
    find_regions();
    LineWork found;
    found.boxes = boxes_;
    find_open_combs(found);
    find_rules(found);
    return found;
  }

 private:
  [[nodiscard]] int px(double mm) const {
    return std::max(1, static_cast<int>(std::lround(mm * scale_)));
  }

  [[nodiscard]] cv::Mat opened(const cv::Mat& from, int width, int height) const {
    cv::Mat to;
    cv::morphologyEx(from, to, cv::MORPH_OPEN,
                     cv::getStructuringElement(cv::MORPH_RECT, {width, height}));
    return to;
  }

  // Ink into thick parts and thin lines, across and down.
  void separate(const cv::Mat& pixels) {
    double paper = 0;
    cv::minMaxLoc(pixels, nullptr, &paper);
    ink_ = pixels < paper * kInkShare;
    cv::dilate(opened(ink_, px(kThickStroke), px(kThickStroke)), thick_,
               cv::getStructuringElement(cv::MORPH_RECT, {px(0.3), px(0.3)}));
    const cv::Mat thin = ink_ & ~thick_;
    cv::Mat bridged;  // scanned lines have holes
    cv::morphologyEx(thin, bridged, cv::MORPH_CLOSE,
                     cv::getStructuringElement(cv::MORPH_RECT, {px(0.35), 1}));
    across_ = opened(bridged, px(kShortestRule), 1);
    cv::morphologyEx(thin, bridged, cv::MORPH_CLOSE,
                     cv::getStructuringElement(cv::MORPH_RECT, {1, px(0.35)}));
    down_ = opened(bridged, 1, px(kShortestTick));
  }

  [[nodiscard]] Rect in_mm(int x, int y, int width, int height) const {
    return {x / scale_, y / scale_, width / scale_, height / scale_};
  }

  [[nodiscard]] std::vector<Rect> parts_of(const cv::Mat& mask) const {
    cv::Mat labels;
    cv::Mat stats;
    cv::Mat centres;
    const int count = cv::connectedComponentsWithStats(mask, labels, stats, centres, 8);
    std::vector<Rect> parts;
    for (int i = 1; i < count; ++i) {
      const int* s = stats.ptr<int>(i);
      parts.push_back(in_mm(s[cv::CC_STAT_LEFT], s[cv::CC_STAT_TOP], s[cv::CC_STAT_WIDTH],
                            s[cv::CC_STAT_HEIGHT]));
    }
    return parts;
  }

  [[nodiscard]] double ink_share(const Rect& mm) const {
    const cv::Rect area = cv::Rect(px(mm.x), px(mm.y), px(mm.width), px(mm.height)) &
                          cv::Rect(0, 0, ink_.cols, ink_.rows);
    if (area.empty()) return 0.0;
    return static_cast<double>(cv::countNonZero(ink_(area))) / area.area();
  }

  // White regions that lines close in. Those with nothing in them are boxes; the edges of all of
  // them are no ruled lines.
  void find_regions() {
    cv::Mat barrier = across_ | down_ | thick_;
    cv::dilate(barrier, barrier, cv::getStructuringElement(cv::MORPH_RECT, {3, 3}));
    const cv::Mat open = ~barrier;
    cv::Mat labels;
    cv::Mat stats;
    cv::Mat centres;
    const int count = cv::connectedComponentsWithStats(open, labels, stats, centres, 4);
    for (int i = 1; i < count; ++i) {
      const int* s = stats.ptr<int>(i);
      const double bounds = static_cast<double>(s[cv::CC_STAT_WIDTH]) * s[cv::CC_STAT_HEIGHT];
      const Rect inner = in_mm(s[cv::CC_STAT_LEFT], s[cv::CC_STAT_TOP], s[cv::CC_STAT_WIDTH],
                               s[cv::CC_STAT_HEIGHT]);
      if (inner.width < 1.5 || inner.height < 1.5 || inner.area() > page_.area() * 0.6) continue;
      const Rect box = grown(inner, 1.5 / scale_);
      regions_.push_back(box);
      const bool is_room = inner.width >= 2.2 && inner.height >= 2.2 &&
                           s[cv::CC_STAT_AREA] >= kRectangular * bounds &&
                           ink_share(grown(inner, -0.2)) < kPrintedShare;
      if (is_room) boxes_.push_back({box, goes_on_beyond(box)});
    }
  }

  // Two corners or more at which a line runs on: a cell of a table, not a box of its own.
  [[nodiscard]] bool goes_on_beyond(const Rect& box) const {
    // Inked all the way, close by and farther off: a label above the box is neither.
    const auto is_line = [&](const Rect& near, const Rect& far) {
      return ink_share(near) > 0.1 && ink_share(far) > 0.1;
    };
    int corners = 0;
    for (const double y : {box.y - 0.3, box.bottom() - 0.3}) {
      corners += is_line({box.x - 0.5, y, 0.2, 0.6}, {box.x - 1.0, y, 0.2, 0.6}) ? 1 : 0;
      corners +=
          is_line({box.right() + 0.3, y, 0.2, 0.6}, {box.right() + 0.8, y, 0.2, 0.6}) ? 1 : 0;
    }
    for (const double x : {box.x - 0.3, box.right() - 0.3}) {
      corners += is_line({x, box.y - 0.5, 0.6, 0.2}, {x, box.y - 1.0, 0.6, 0.2}) ? 1 : 0;
      corners +=
          is_line({x, box.bottom() + 0.3, 0.6, 0.2}, {x, box.bottom() + 0.8, 0.6, 0.2}) ? 1 : 0;
    }
    return corners >= 2;
  }

  static bool lies_on_edge(const Rect& rule, const Rect& region) {
    const bool is_level = std::abs(rule.centre().y - region.y) < 0.5 ||
                          std::abs(rule.centre().y - region.bottom()) < 0.5;
    const double shared = std::min(rule.right(), region.right()) - std::max(rule.x, region.x);
    return is_level && shared > 0.6 * std::min(rule.width, region.width);
  }

  [[nodiscard]] bool bounds_a_region(const Rect& rule) const {
    return std::any_of(regions_.begin(), regions_.end(),
                       [&](const Rect& region) { return lies_on_edge(rule, region); });
  }

  // A baseline with upright ticks at equal distances, both ends included.
  void find_open_combs(LineWork& found) {
    const std::vector<Rect> ticks = parts_of(down_);
    for (const Rect& rule : parts_of(across_)) {
      if (bounds_a_region(rule)) continue;
      std::vector<Rect> standing;
      for (const Rect& tick : ticks) {
        const bool stands = std::abs(tick.bottom() - rule.bottom()) < 0.6 &&
                            tick.y < rule.y - kShortestTick * 0.7 && tick.height < 12.0;
        if (stands && tick.centre().x > rule.x - 0.5 && tick.centre().x < rule.right() + 0.5)
          standing.push_back(tick);
      }
      std::sort(standing.begin(), standing.end(),
                [](const Rect& a, const Rect& b) { return a.x < b.x; });
      auto cells = cells_between(standing, rule);
      if (cells.empty())
        rules_.push_back(rule);
      else
        found.combs.push_back(std::move(cells));
    }
  }

  static std::vector<Rect> cells_between(const std::vector<Rect>& ticks, const Rect& rule) {
    if (ticks.size() < 2 || ticks.front().x > rule.x + 1.0 ||
        ticks.back().right() < rule.right() - 1.0)
      return {};
    const double width = (ticks.back().centre().x - ticks.front().centre().x) /
                         static_cast<double>(ticks.size() - 1);
    if (width < kNarrowestCell || width > kWidestCell) return {};
    double tallest = 0;
    for (const Rect& tick : ticks) tallest = std::max(tallest, tick.height);
    // Tall ticks are the sides of a box whose top the scanner lost.
    const bool are_sides = tallest > kWholeSide * width;
    const double height = are_sides ? tallest : kCellAspect * width;
    std::vector<Rect> cells;
    for (std::size_t i = 0; i + 1 < ticks.size(); ++i) {
      const double from = ticks[i].centre().x;
      const double to = ticks[i + 1].centre().x;
      if (std::abs(to - from - width) > 0.15 * width) return {};
      cells.push_back({from, rule.bottom() - height, to - from, height});
    }
    return cells;
  }

  // A heading's or footer's rule goes over most of the page's width near its top or bottom.
  [[nodiscard]] bool is_decoration(const Rect& rule) const {
    const bool is_wide = rule.width > page_.width * 0.6;
    return rule.height > kThickestRule || rule.width < kShortestField ||
           (is_wide && (rule.y > page_.height * 0.93 || rule.y < page_.height * 0.12));
  }

  void find_rules(LineWork& found) {
    for (const Rect& rule : rules_) {
      if (is_decoration(rule)) continue;
      double room = 0;
      while (room < kUsualHeight &&
             ink_share({rule.x + 0.3, rule.y - 0.4 - room - 0.2, rule.width - 0.6, 0.2}) < 0.01)
        room += 0.2;
      if (room < kRoomToWrite) continue;
      const double height = std::min(kUsualHeight, room + 0.4);
      found.rules.push_back({rule.x, rule.bottom() - height, rule.width, height});
    }
  }

  double scale_;
  Rect page_;
  cv::Mat ink_, thick_, across_, down_;
  std::vector<Rect> regions_, rules_;
  std::vector<EmptyBox> boxes_;
};

}  // namespace

LineWork find_line_work(const GrayImage& page) { return Finder(page).run(); }

}  // namespace postkamer::forms
