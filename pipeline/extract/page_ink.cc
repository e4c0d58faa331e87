// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/page_ink.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "pipeline/extract/patch.h"
#include "pipeline/extract/registration_levels.h"
#include "pipeline/extract/registration_match.h"

namespace postkamer::extract {
namespace {

constexpr double kTileFound = 0.3;  // share of a tile's print below which it counts as missing
constexpr int kInkAbove = 90;       // darkness of a quarter of a millimetre that has a stroke in it
constexpr int kPrintAbove = 40;     // of the blank, where ink is the form's own
// Print may lie this much beside its place on the page and still be the form's, mm.
constexpr double kPrintSlack = 0.5;
constexpr double kFieldMargin = 1.5;  // writing leaves its field by this much, mm
constexpr double kPaperEdge = 3.0;    // shadows, lids and torn rims reach this far in, mm

// Pieces of ink by their size, mm.
constexpr double kDust = 1.0;          // smaller both ways
constexpr double kLetterHeight = 1.3;  // at least, of what counts as a letter
constexpr double kLine = 0.8;          // thinner and longer than kLineLength: fold, hair, streak
constexpr double kLineLength = 9.0;
constexpr double kBlob = 3.0;  // solid and at least this wide: hole, blot, staple's shadow
constexpr double kSolid = 0.6;
constexpr double kFrame = 14.0;  // wider pieces with hardly any ink in them: a stamp's frame
constexpr double kFrameFill = 0.22;
// Punch holes: 5 to 8 mm, their middle up to 14 mm from the edge.
constexpr double kHoleLeast = 4.5;
constexpr double kHoleMost = 8.5;
constexpr double kHoleUneven = 1.0;
constexpr double kHoleReach = 20.0;
// Pieces of a spot stand this near to each other, mm.
constexpr double kGapAcross = 3.0;
constexpr double kGapDown = 2.0;
// A spot has at least so many pieces, or so much ink (square mm), densely.
constexpr int kLeastStrokes = 4;
constexpr double kLeastInk = 9.0;
constexpr double kDense = 0.12;
constexpr double kLeastHeight = 3.0;  // of few strokes, both ways, mm: a staple lies below it

int px(double mm) { return static_cast<int>(std::lround(mm * kPrintPpm)); }

cv::Mat rectangle(int across, int down) {
  return cv::getStructuringElement(cv::MORPH_RECT, {2 * across + 1, 2 * down + 1});
}

cv::Rect px_of(const Rect& mm, cv::Size within) {
  const cv::Rect box(static_cast<int>(std::floor(mm.x * kPrintPpm)),
                     static_cast<int>(std::floor(mm.y * kPrintPpm)), px(mm.width) + 1,
                     px(mm.height) + 1);
  return box & cv::Rect({0, 0}, within);
}

Rect mm_of(const cv::Rect& box) {
  return {box.x / kPrintPpm, box.y / kPrintPpm, box.width / kPrintPpm, box.height / kPrintPpm};
}

double share_missing(const cv::Mat& ink, const PreparedBlank& blank) {
  double missing = 0.0;
  double total = 0.0;
  for (const PrintTile& tile : print_tiles(ink, blank)) {
    total += tile.print;
    if (tile.found - tile.chance < kTileFound * (1.0 - tile.chance)) missing += tile.print;
  }
  return total > 0.0 ? missing / total : 0.0;
}

// Where ink is nobody's news: the form's own print, and the rim of the paper.
cv::Mat expected_ink(const PreparedBlank& blank) {
  cv::Mat known;
  cv::threshold(blank.print, known, kPrintAbove, 255, cv::THRESH_BINARY);
  cv::dilate(known, known, rectangle(px(kPrintSlack), px(kPrintSlack)));
  cv::rectangle(known, cv::Rect({0, 0}, known.size()), 255, 2 * px(kPaperEdge));
  return known;
}

enum class Piece {
  nothing,
  letter,
  frame
};

Piece kind_of(const cv::Rect& box, double area) {
  const double width = box.width / kPrintPpm;
  const double height = box.height / kPrintPpm;
  const double fill = area / box.area();
  const double thin = std::min(width, height);
  const double wide = std::max(width, height);
  if (wide < kDust) return Piece::nothing;
  if (thin < kLine && wide > kLineLength) return Piece::nothing;
  if (thin >= kBlob && fill > kSolid) return Piece::nothing;
  if (wide > kFrame && fill < kFrameFill) return Piece::frame;
  return Piece::letter;
}

// Stray ink, by what its pieces are.
struct Pieces {
  cv::Mat labels;  // CV_32S
  cv::Mat stats;
  std::vector<Piece> kinds;
  cv::Mat kept;  // letters and frames
};

// Pieces of which a good part lies in a field belong to what is written there.
Pieces pieces_of(const cv::Mat& stray, const cv::Mat& in_fields) {
  Pieces pieces;
  cv::Mat centres;
  const int count = cv::connectedComponentsWithStats(stray, pieces.labels, pieces.stats, centres);
  std::vector<int> inside(static_cast<std::size_t>(count), 0);
  for (int y = 0; y < stray.rows; ++y) {
    const auto* label = pieces.labels.ptr<int>(y);
    const auto* field = in_fields.ptr<std::uint8_t>(y);
    for (int x = 0; x < stray.cols; ++x)
      if (label[x] != 0 && field[x] != 0) ++inside[static_cast<std::size_t>(label[x])];
  }
  pieces.kinds.assign(static_cast<std::size_t>(count), Piece::nothing);
  for (int i = 1; i < count; ++i) {
    const int* of = pieces.stats.ptr<int>(i);
    const int area = of[cv::CC_STAT_AREA];
    if (4 * inside[static_cast<std::size_t>(i)] >= area) continue;
    pieces.kinds[static_cast<std::size_t>(i)] = kind_of(
        {of[cv::CC_STAT_LEFT], of[cv::CC_STAT_TOP], of[cv::CC_STAT_WIDTH], of[cv::CC_STAT_HEIGHT]},
        area);
  }
  pieces.kept = cv::Mat::zeros(stray.size(), CV_8U);
  for (int y = 0; y < stray.rows; ++y) {
    const auto* label = pieces.labels.ptr<int>(y);
    auto* kept = pieces.kept.ptr<std::uint8_t>(y);
    for (int x = 0; x < stray.cols; ++x)
      if (pieces.kinds[static_cast<std::size_t>(label[x])] != Piece::nothing) kept[x] = 255;
  }
  return pieces;
}

// The pieces within one group, told as a spot.
InkSpot spot_of(const Pieces& pieces, const cv::Mat& groups, int group, const cv::Rect& box) {
  InkSpot spot;
  spot.letters = cv::Mat::zeros(box.size(), CV_8U);
  std::vector<int> seen;
  int ink = 0;
  for (int y = 0; y < box.height; ++y) {
    const auto* of = groups.ptr<int>(box.y + y) + box.x;
    const auto* label = pieces.labels.ptr<int>(box.y + y) + box.x;
    auto* letters = spot.letters.ptr<std::uint8_t>(y);
    for (int x = 0; x < box.width; ++x) {
      if (of[x] != group) continue;
      const Piece kind = pieces.kinds[static_cast<std::size_t>(label[x])];
      if (kind == Piece::frame) spot.is_framed = true;
      if (kind != Piece::letter) continue;
      letters[x] = 255;
      ++ink;
      if (seen.empty() || seen.back() != label[x]) seen.push_back(label[x]);
    }
  }
  std::ranges::sort(seen);
  seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
  spot.strokes = static_cast<int>(std::ranges::count_if(seen, [&](int label) {
    return pieces.stats.at<int>(label, cv::CC_STAT_HEIGHT) >= px(kLetterHeight);
  }));
  spot.ink = ink / (kPrintPpm * kPrintPpm);
  const cv::Rect tight = cv::boundingRect(spot.letters);
  spot.letters = spot.letters(tight).clone();
  spot.box = mm_of(tight + box.tl());
  return spot;
}

// A punch hole's rim: alone, as high as wide, near the paper's edge.
bool is_punch_hole(const InkSpot& spot, double page_width) {
  return spot.strokes == 1 && std::abs(spot.box.width - spot.box.height) <= kHoleUneven &&
         spot.box.width >= kHoleLeast && spot.box.width <= kHoleMost &&
         (spot.box.right() < kHoleReach || spot.box.x > page_width - kHoleReach ||
          spot.box.bottom() < kHoleReach);
}

bool is_writing(const InkSpot& spot) {
  if (spot.box.height < kLetterHeight || spot.box.width < kLetterHeight) return false;
  return spot.strokes >= kLeastStrokes ||
         (std::min(spot.box.width, spot.box.height) >= kLeastHeight && spot.ink >= kLeastInk &&
          spot.ink >= kDense * spot.box.area());
}

std::vector<InkSpot> spots_of(const Pieces& pieces) {
  cv::Mat joined;
  cv::dilate(pieces.kept, joined, rectangle(px(kGapAcross / 2.0), px(kGapDown / 2.0)));
  cv::Mat groups;
  cv::Mat stats;
  cv::Mat centres;
  const int count = cv::connectedComponentsWithStats(joined, groups, stats, centres);
  std::vector<InkSpot> spots;
  for (int i = 1; i < count; ++i) {
    const int* of = stats.ptr<int>(i);
    InkSpot spot = spot_of(
        pieces, groups, i,
        {of[cv::CC_STAT_LEFT], of[cv::CC_STAT_TOP], of[cv::CC_STAT_WIDTH], of[cv::CC_STAT_HEIGHT]});
    if (is_writing(spot) && !is_punch_hole(spot, pieces.kept.cols / kPrintPpm))
      spots.push_back(std::move(spot));
  }
  std::ranges::stable_sort(spots, {}, [](const InkSpot& spot) { return spot.box.y; });
  return spots;
}

}  // namespace

PageInk page_ink(const GrayImage& upright, const PreparedBlank& blank,
                 const Transform& mm_to_upright, const std::vector<Rect>& fields) {
  PageInk found;
  cv::Mat ink;
  cv::threshold(page_print(make_fine_level(upright), blank, mm_to_upright), ink, kInkAbove, 255,
                cv::THRESH_BINARY);
  found.print_missing = share_missing(ink, blank);
  found.stray = ink & ~expected_ink(blank);
  cv::Mat in_fields = cv::Mat::zeros(ink.size(), CV_8U);
  for (const Rect& field : fields) in_fields(px_of(grown(field, kFieldMargin), ink.size())) = 255;
  found.spots = spots_of(pieces_of(found.stray, in_fields));
  return found;
}

GrayImage cut_spot(const GrayImage& upright, const Transform& mm_to_upright, const InkSpot& spot) {
  const PatchFrame frame{grown(spot.box, kSpotMargin), kZoneDpi};
  Registration registration;
  registration.mm_to_original = mm_to_upright;
  GrayImage cut;
  cut.dpi = kZoneDpi;
  cut.is_bilevel = true;
  cv::threshold(cut_page(upright, registration, frame), cut.pixels, 127, 255, cv::THRESH_BINARY);
  cv::Mat letters;
  const int margin = px(kSpotMargin);
  cv::copyMakeBorder(spot.letters, letters, margin, margin, margin, margin, cv::BORDER_CONSTANT,
                     cv::Scalar(0));
  cv::dilate(letters, letters, rectangle(1, 1));
  cv::resize(letters, letters, cut.pixels.size(), 0, 0, cv::INTER_NEAREST);
  cut.pixels.setTo(255, ~letters);
  return cut;
}

}  // namespace postkamer::extract
