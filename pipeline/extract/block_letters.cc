// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/block_letters.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "pipeline/extract/added_ink.h"
#include "pipeline/extract/look_alikes.h"
#include "pipeline/extract/patch.h"

namespace postkamer::extract {
namespace {

// In heights of a capital.
constexpr double kDot = 0.33;         // smaller both ways: a dot, a comma
constexpr double kWidest = 1.5;       // one character
constexpr double kTouching = 1.15;    // wider strokes may be two characters
constexpr double kLeastSpace = 0.5;   // between words
constexpr double kAfterDot = 0.6;     // of that, after a dot
constexpr double kTall = 0.74;        // a capital among capitals, ...
constexpr double kTallShare = 0.85;   // ... of which a line holds at least this share,
constexpr double kTallStrokes = 0.5;  // and of strokes, before they are put together, this
// Neighbouring strokes that may make one character.
constexpr std::size_t kMostStrokes = 3;
// Strokes in a line; more is no line of block capitals.
constexpr std::size_t kMostAtoms = 160;

// A stroke, or a part of one: a run of columns of one connected piece of ink.
struct Atom {
  cv::Rect box;
  cv::Mat mask;  // of `box`
};

struct Piece {
  std::string text;
  double probability = 0.0;
  cv::Rect box;
  bool is_mark = false;     // dot, comma, dash
  CharacterCell cell = {};  // all that it may be; of a mark nothing
  cv::Mat mask = {};        // of `box`; of a mark nothing
};

std::vector<Atom> strokes_of(const cv::Mat& line) {
  cv::Mat labels;
  cv::Mat stats;
  cv::Mat centres;
  const int count = cv::connectedComponentsWithStats(line, labels, stats, centres, 8, CV_32S);
  std::vector<Atom> atoms;
  for (int i = 1; i < count; ++i) {
    const cv::Rect box(stats.at<int>(i, cv::CC_STAT_LEFT), stats.at<int>(i, cv::CC_STAT_TOP),
                       stats.at<int>(i, cv::CC_STAT_WIDTH), stats.at<int>(i, cv::CC_STAT_HEIGHT));
    atoms.push_back({box, labels(box) == i});
  }
  std::sort(atoms.begin(), atoms.end(),
            [](const Atom& a, const Atom& b) { return a.box.x < b.box.x; });
  return atoms;
}

// The height of a capital: that of the upper half of the strokes.
double capital_height(const std::vector<Atom>& atoms) {
  std::vector<int> heights;
  for (const auto& atom : atoms) heights.push_back(atom.box.height);
  std::sort(heights.begin(), heights.end());
  return heights.empty() ? 0.0 : heights[heights.size() * 3 / 4];
}

Atom joined(const Atom& a, const Atom& b) {
  Atom out;
  out.box = a.box | b.box;
  out.mask = cv::Mat::zeros(out.box.size(), CV_8U);
  for (const Atom* part : {&a, &b}) {
    cv::Mat area = out.mask(part->box - out.box.tl());
    cv::bitwise_or(area, part->mask, area);
  }
  return out;
}

// Strokes that stand above one another are one: the bars of an E, the dot of an I.
std::vector<Atom> stacked(const std::vector<Atom>& atoms) {
  std::vector<Atom> out;
  for (const auto& atom : atoms) {
    if (!out.empty()) {
      const cv::Rect& last = out.back().box;
      const int shared = std::min(last.br().x, atom.box.br().x) - std::max(last.x, atom.box.x);
      if (shared > 0.5 * std::min(last.width, atom.box.width)) {
        out.back() = joined(out.back(), atom);
        continue;
      }
    }
    out.push_back(atom);
  }
  return out;
}

// Parts a wide stroke at its thinnest columns, about a character apart.
void part(const Atom& atom, double height, std::vector<Atom>& out) {
  if (atom.box.width <= kTouching * height) {
    out.push_back(atom);
    return;
  }
  cv::Mat columns;
  cv::reduce(atom.mask, columns, 0, cv::REDUCE_SUM, CV_32S);
  const int from = static_cast<int>(0.3 * height);
  const int to = std::min(atom.box.width - from, static_cast<int>(1.1 * height));
  int best = from;
  for (int x = from; x < to; ++x)
    if (columns.at<int>(0, x) < columns.at<int>(0, best)) best = x;
  const cv::Rect left(0, 0, best, atom.box.height);
  const cv::Rect right(best, 0, atom.box.width - best, atom.box.height);
  for (const cv::Rect& side : {left, right}) {
    const cv::Rect ink = cv::boundingRect(atom.mask(side));
    if (ink.area() == 0) continue;
    const Atom piece{ink + side.tl() + atom.box.tl(), atom.mask(side)(ink).clone()};
    if (side.x == 0)
      out.push_back(piece);
    else
      part(piece, height, out);
  }
}

// What a small or flat stroke is by its place; nothing when it may be part of a character.
std::optional<std::string> mark_of(const cv::Rect& box, double height, double base) {
  const bool is_flat = box.height < 0.3 * height && box.width > 1.6 * box.height;
  const double middle = box.y + box.height / 2.0;
  if (is_flat && box.width < height && middle > base - 0.8 * height && middle < base - 0.2 * height)
    return "-";
  if (box.width >= kDot * height || box.height >= 1.4 * kDot * height) return std::nullopt;
  if (middle < base - 0.35 * height) return std::nullopt;
  const bool has_tail = box.height > 1.3 * box.width && box.br().y > base + 0.15 * height;
  return has_tail ? "," : ".";
}

// The line on which the capitals stand.
double base_line(const std::vector<Atom>& atoms, double height) {
  std::vector<int> bottoms;
  for (const auto& atom : atoms)
    if (atom.box.height > 0.6 * height) bottoms.push_back(atom.box.br().y);
  if (bottoms.empty()) return 0.0;
  std::nth_element(bottoms.begin(),
                   bottoms.begin() + static_cast<std::ptrdiff_t>(bottoms.size() / 2),
                   bottoms.end());
  return bottoms[bottoms.size() / 2];
}

void take_best(Piece& piece) {
  if (piece.cell.candidates.empty()) return;
  piece.text = piece.cell.candidates.front().text;
  piece.probability = std::max(1e-4, piece.cell.candidates.front().probability);
}

Piece piece_of(const Atom& atom, const CharacterReader& reader) {
  Piece piece{"", 1e-4, atom.box, false, {}, atom.mask};
  piece.cell = reader.glance(as_picture(atom.mask, kZoneDpi), CharacterReader::Set::alphanumeric);
  take_best(piece);
  return piece;
}

// Capitals and digits are of one height; small letters are not. `parts`: what has a box each.
template <typename Part>
bool are_capitals(const std::vector<Part>& parts, double height, double share) {
  const auto tall = std::count_if(parts.begin(), parts.end(), [&](const Part& part) {
    return part.box.height > kTall * height;
  });
  return static_cast<double>(tall) >= share * static_cast<double>(parts.size());
}

// The division of `atoms` into characters with the greatest product of probabilities, each
// character weighed by the strokes it takes, so that joining strokes is not cheaper by itself.
std::vector<Piece> divided(const std::vector<Atom>& atoms, double height,
                           const CharacterReader& reader) {
  const std::size_t n = atoms.size();
  std::vector<double> best(n + 1, -std::numeric_limits<double>::max());
  std::vector<std::pair<std::size_t, Piece>> from(n + 1);
  best[0] = 0.0;
  for (std::size_t start = 0; start < n; ++start) {
    Atom group = atoms[start];
    for (std::size_t count = 1; count <= kMostStrokes && start + count <= n; ++count) {
      if (count > 1) group = joined(group, atoms[start + count - 1]);
      if (count > 1 && group.box.width > kWidest * height) break;
      const Piece piece = piece_of(group, reader);
      const double score = best[start] + static_cast<double>(count) * std::log(piece.probability);
      if (score <= best[start + count]) continue;
      best[start + count] = score;
      from[start + count] = {start, piece};
    }
  }
  std::vector<Piece> pieces;
  for (std::size_t at = n; at > 0; at = from[at].first) pieces.push_back(from[at].second);
  std::reverse(pieces.begin(), pieces.end());
  return pieces;
}

// What the division glanced at, read.
void read_well(std::vector<Piece>& pieces, const CharacterReader& reader) {
  for (Piece& piece : pieces) {
    piece.cell = reader.read(as_picture(piece.mask, kZoneDpi), CharacterReader::Set::alphanumeric);
    take_best(piece);
  }
}

bool is_digit(const Piece& piece) {
  return piece.text.size() == 1 && piece.text[0] >= '0' && piece.text[0] <= '9';
}

// Look-alikes of a word become what most of its other characters are, where their glyphs let them:
// the B of a house number 12B is no 8.
void settle(std::vector<Piece>& word) {
  const auto pair_of = [](const Piece& piece) -> const LookAlike* {
    for (const auto& pair : kLookAlikes)
      if (piece.text.size() == 1 && (piece.text[0] == pair.digit || piece.text[0] == pair.letter))
        return &pair;
    return nullptr;
  };
  int letters = 0;
  int digits = 0;
  for (const auto& piece : word) {
    if (piece.is_mark || pair_of(piece) != nullptr) continue;
    ++(is_digit(piece) ? digits : letters);
  }
  if (letters == digits) {
    for (const auto& piece : word)
      if (!piece.is_mark) ++(is_digit(piece) ? digits : letters);
  }
  if (letters == digits) return;
  for (auto& piece : word) {
    const LookAlike* pair = pair_of(piece);
    if (piece.is_mark || pair == nullptr) continue;
    settle_look_alike(piece.cell, *pair, letters > digits);
    take_best(piece);
  }
}

std::vector<std::vector<Piece>> words_of(const std::vector<Piece>& pieces, double height) {
  std::vector<int> gaps;
  for (std::size_t i = 1; i < pieces.size(); ++i)
    gaps.push_back(std::max(0, pieces[i].box.x - pieces[i - 1].box.br().x));
  std::vector<int> sorted = gaps;
  std::sort(sorted.begin(), sorted.end());
  const double usual = sorted.empty() ? 0.0 : sorted[sorted.size() / 2];
  const double space = std::max(kLeastSpace * height, 2.2 * usual);
  std::vector<std::vector<Piece>> words(1);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const double least = i > 0 && pieces[i - 1].is_mark ? kAfterDot * space : space;
    if (i > 0 && gaps[i - 1] > least) words.emplace_back();
    words.back().push_back(pieces[i]);
  }
  return words;
}

}  // namespace

BlockLine read_block_letters(const cv::Mat& line, const CharacterReader& reader) {
  const std::vector<Atom> strokes = strokes_of(line);
  const double height = capital_height(strokes);
  const double least = 1.5 * pixels_per_mm(kZoneDpi);
  if (strokes.empty() || strokes.size() > kMostAtoms || height < least) return {};
  const double base = base_line(strokes, height);
  std::vector<Piece> marks;
  std::vector<Atom> letters;
  for (const auto& stroke : strokes) {
    if (auto mark = mark_of(stroke.box, height, base))
      marks.push_back({std::move(*mark), 0.98, stroke.box, true, {}});
    else
      letters.push_back(stroke);
  }
  std::vector<Atom> atoms;
  for (const auto& stroke : stacked(letters)) part(stroke, height, atoms);
  if (!are_capitals(atoms, height, kTallStrokes)) return {};
  std::vector<Piece> pieces = divided(atoms, height, reader);
  if (!are_capitals(pieces, height, kTallShare)) return {};
  read_well(pieces, reader);
  pieces.insert(pieces.end(), marks.begin(), marks.end());
  std::sort(pieces.begin(), pieces.end(),
            [](const Piece& a, const Piece& b) { return a.box.x < b.box.x; });
  BlockLine out;
  out.probability = 1.0;
  for (auto& word : words_of(pieces, height)) {
    settle(word);
    if (!out.text.empty()) out.text += ' ';
    for (const auto& piece : word) {
      out.text += piece.text;
      out.probability *= piece.probability;
    }
  }
  return out;
}

}  // namespace postkamer::extract
