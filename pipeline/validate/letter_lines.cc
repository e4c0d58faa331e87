// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/validate/letter_lines.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <utility>

#include <re2/re2.h>

#include "pipeline/validate/expression.h"

namespace postkamer::validate {
namespace {

constexpr double kGap = 1.8;  // of the line's height: wider starts a new piece

// Where the text runs to on the page.
enum class Runs {
  right,
  down,
  left,
  up
};

bool same_line(const Word& a, const Word& b) { return a.block == b.block && a.line == b.line; }

Runs direction_of(const std::vector<Word>& words) {
  double right = 0.0;
  double down = 0.0;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (!same_line(words[i], words[i + 1])) continue;
    const Rect& a = words[i].box;
    const Rect& b = words[i + 1].box;
    right += b.x + b.width / 2 - a.x - a.width / 2;
    down += b.y + b.height / 2 - a.y - a.height / 2;
  }
  if (std::abs(right) >= std::abs(down)) return right >= 0.0 ? Runs::right : Runs::left;
  return down > 0.0 ? Runs::down : Runs::up;
}

Rect upright(const Rect& box, Runs runs) {
  switch (runs) {
    case Runs::right: return box;
    case Runs::left: return {-box.right(), -box.bottom(), box.width, box.height};
    case Runs::down: return {box.y, -box.right(), box.height, box.width};
    case Runs::up: return {-box.bottom(), box.x, box.height, box.width};
  }
  return box;
}

constexpr const char* kGreeting =
    R"((?i)^(geachte?|beste|l\.? ?s\b|mijne heren|dames en heren|hallo|dag |aan het college van))";
constexpr const char* kClosing =
    R"((?i)^(met (de meeste )?(vriendelijke|hartelijke) gr|met vr|hoogachtend|vriendelijke groet|hartelijke groet|groet(en|jes)?\b|met de meeste hoogachting|inmiddels verblijf|in afwachting van))";

// The nearest other piece for which `distance` gives a number.
const Piece* nearest(const std::vector<Piece>& pieces, const Piece& at,
                     const std::function<std::optional<double>(const Piece&)>& distance) {
  const Piece* best = nullptr;
  double least = std::numeric_limits<double>::max();
  for (const Piece& piece : pieces) {
    if (&piece == &at) continue;
    const auto far = distance(piece);
    if (far && *far < least) least = *far, best = &piece;
  }
  return best;
}

bool overlap_sideways(const Rect& a, const Rect& b) { return a.x < b.right() && b.x < a.right(); }

}  // namespace

std::vector<Piece> pieces_of(const std::vector<Word>& words) {
  const Runs runs = direction_of(words);
  std::vector<Piece> out;
  const Word* previous = nullptr;
  for (const Word& word : words) {
    const Rect box = upright(word.box, runs);
    const bool goes_on =
        previous != nullptr && same_line(*previous, word) &&
        box.x - out.back().box.right() < kGap * std::max(box.height, out.back().box.height);
    if (!goes_on) {
      out.push_back({"", {}, box});
    } else {
      out.back().text.push_back(' ');
      out.back().box = united(out.back().box, box);
    }
    out.back().text += word.text;
    out.back().words.push_back(&word);
    previous = &word;
  }
  return out;
}

const Piece* right_of(const std::vector<Piece>& pieces, const Piece& at) {
  return nearest(pieces, at, [&](const Piece& piece) -> std::optional<double> {
    const double middle = piece.box.y + piece.box.height / 2;
    if (middle < at.box.y || middle > at.box.bottom() || piece.box.x < at.box.right())
      return std::nullopt;
    return piece.box.x - at.box.right();
  });
}

const Piece* below(const std::vector<Piece>& pieces, const Piece& at, double lines) {
  return nearest(pieces, at, [&](const Piece& piece) -> std::optional<double> {
    const double gap = piece.box.y - at.box.bottom();
    if (!overlap_sideways(piece.box, at.box) || piece.box.y < at.box.y + at.box.height / 2 ||
        gap > lines * at.box.height)
      return std::nullopt;
    return gap;
  });
}

const Piece* above(const std::vector<Piece>& pieces, const Piece& at, double lines) {
  return nearest(pieces, at, [&](const Piece& piece) -> std::optional<double> {
    const double gap = at.box.y - piece.box.bottom();
    if (!overlap_sideways(piece.box, at.box) || piece.box.y > at.box.y - at.box.height / 2 ||
        gap > lines * at.box.height)
      return std::nullopt;
    return gap;
  });
}

bool is_greeting(const Piece& piece) { return matches(piece.text, compiled<&kGreeting>()); }

bool is_closing(const Piece& piece) { return matches(piece.text, compiled<&kClosing>()); }

FieldResult result_from(std::string field, const Piece& piece, std::size_t from, std::size_t to,
                        std::string value, double certainty, int page) {
  FieldResult out;
  out.field = std::move(field);
  out.page = page;
  out.raw = piece.text.substr(from, to - from);
  out.method = Method::keyword;
  double confidence = 1.0;
  std::optional<Rect> box;
  std::size_t start = 0;
  for (const Word* word : piece.words) {
    const std::size_t end = start + word->text.size();
    if (start < to && end > from) {
      confidence = std::min(confidence, word->confidence);
      box = box ? united(*box, word->box) : word->box;
    }
    start = end + 1;
  }
  out.box = box.value_or(Rect{});
  out.probability = std::clamp(confidence, 0.0, 1.0) * certainty;
  out.alternatives = {{value, out.probability}};
  out.value = std::move(value);
  return out;
}

}  // namespace postkamer::validate
