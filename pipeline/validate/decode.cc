// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/validate/decode.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <unordered_map>
#include <utility>

namespace postkamer::validate {
namespace {

constexpr char kEmpty = '\0';
constexpr std::size_t kPathsPerState = 4;
// Continuations below this share of everything are not followed.
constexpr double kNegligible = 1e-9;

// Of the doubt in a cell's best candidate, the part that may be on a character that is no candidate
// at all: candidate lists of a classifier are short, and calibrated at the top only.
constexpr double kOutsideShare = 0.15;
// A character that looks like a candidate but is of the other kind has at least this part of the
// candidate's probability, so that the rule can choose. Where many people write both the same (O
// and 0), the classifier cannot tell them apart; of the others it seldom takes one for the other
// without saying so in its claims. Both shares are cautious guesses.
constexpr double kOneGlyph = 0.05;
constexpr double kTwoGlyphs = 0.0005;
// An allowed string replaces a forbidden one that was seen only if its characters have at least
// this part of the probability of those seen.
constexpr double kPlausibleRepair = 0.01;

struct Pair {
  char a;
  char b;
  double share;
};
constexpr std::array kLookAlikes{
    Pair{'0', 'O', kOneGlyph},  Pair{'0', 'D', kTwoGlyphs}, Pair{'0', 'Q', kTwoGlyphs},
    Pair{'1', 'I', kOneGlyph},  Pair{'1', 'L', kTwoGlyphs}, Pair{'2', 'Z', kTwoGlyphs},
    Pair{'4', 'A', kTwoGlyphs}, Pair{'5', 'S', kTwoGlyphs}, Pair{'6', 'G', kTwoGlyphs},
    Pair{'7', 'T', kTwoGlyphs}, Pair{'8', 'B', kTwoGlyphs}};

// One cell as probabilities over the alphabet and kEmpty; they sum to 1.
using Distribution = std::map<char, double>;

char folded(const std::string& text) {
  if (text.size() != 1) return '?';
  const char c = text.front();
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

double best_probability(const CharacterCell& cell) {
  double best = cell.empty_probability;
  for (const Alternative& candidate : cell.candidates) best = std::max(best, candidate.probability);
  return best;
}

void add_look_alikes(Distribution& cell, std::string_view alphabet) {
  const Distribution seen = cell;
  for (const Pair& pair : kLookAlikes) {
    for (const auto& [from, to] : {std::pair{pair.a, pair.b}, std::pair{pair.b, pair.a}}) {
      const auto found = seen.find(from);
      if (found == seen.end() || alphabet.find(to) == std::string_view::npos) continue;
      double& mass = cell[to];
      mass = std::max(mass, pair.share * found->second);
    }
  }
}

Distribution distribution_of(const CharacterCell& cell, std::string_view alphabet) {
  Distribution out;
  double claimed = 0.0;
  for (const Alternative& candidate : cell.candidates) {
    out[folded(candidate.text)] += std::max(0.0, candidate.probability);
    claimed += std::max(0.0, candidate.probability);
  }
  add_look_alikes(out, alphabet);
  const double empty = std::clamp(cell.empty_probability, 0.0, 1.0);
  const double unclaimed = std::max(0.0, 1.0 - claimed - empty);
  const double outside = std::max(unclaimed, kOutsideShare * (1.0 - best_probability(cell)));
  for (const char c : alphabet) out[c] += outside / static_cast<double>(alphabet.size());
  out[kEmpty] += empty;
  double total = 0.0;
  for (const auto& entry : out) total += entry.second;
  if (total > 0.0)
    for (auto& entry : out) entry.second /= total;
  return out;
}

// Empty cells in a row are not independent: what makes one wrong (ink that was not seen) hardly
// ever stands alone far from the writing. A run of them is as sure as its least sure cell, so that
// thirty blank cells behind a name are no reason for doubt.
std::vector<CharacterCell> with_shared_doubt(std::vector<CharacterCell> cells) {
  constexpr double kClearlyEmpty = 0.9;
  const auto is_empty = [&](std::size_t i) { return cells[i].empty_probability >= kClearlyEmpty; };
  for (std::size_t from = 0, to = 0; from < cells.size(); from = std::max(to, from + 1)) {
    double least = 1.0;
    for (to = from; to < cells.size() && is_empty(to); ++to)
      least = std::min(least, cells[to].empty_probability);
    const double each =
        std::pow(least, 1.0 / static_cast<double>(std::max<std::size_t>(1, to - from)));
    for (std::size_t i = from; i < to; ++i) {
      const double before = 1.0 - cells[i].empty_probability;
      const double after = std::max(0.0, 1.0 - each);
      for (Alternative& candidate : cells[i].candidates)
        candidate.probability *= before > 0.0 ? std::min(1.0, after / before) : 1.0;
      cells[i].empty_probability = each;
    }
  }
  return cells;
}

struct Path {
  double probability = 0.0;
  std::string text;
};

// Equal probabilities are ordered by text, so that the order of a hash table never shows.
bool is_better(const Path& a, const Path& b) {
  return a.probability != b.probability ? a.probability > b.probability : a.text < b.text;
}

// All strings that lead to one state: their summed probability, and the best of them.
struct Node {
  double mass = 0.0;
  std::vector<Path> best;  // best first
};

void keep(std::vector<Path>& paths, Path path) {
  const auto at =
      std::ranges::find_if(paths, [&](const Path& other) { return is_better(path, other); });
  if (at == paths.end() && paths.size() >= kPathsPerState) return;
  paths.insert(at, std::move(path));
  if (paths.size() > kPathsPerState) paths.pop_back();
}

// Where in the field we are: gaps are allowed before and behind the text, not inside.
enum class Part : std::uint64_t {
  before = 0,
  inside = 1,
  behind = 2
};

std::uint64_t key_of(StringRule::State state, Part part) {
  return (state << 2) | static_cast<std::uint64_t>(part);
}
StringRule::State state_of(std::uint64_t key) { return key >> 2; }
Part part_of(std::uint64_t key) { return static_cast<Part>(key & 3u); }

using Front = std::unordered_map<std::uint64_t, Node>;

void carry(Front& front, std::uint64_t key, const Node& from, double probability, char c) {
  Node& to = front[key];
  to.mass += from.mass * probability;
  for (const Path& path : from.best) {
    const double p = path.probability * probability;
    if (to.best.size() >= kPathsPerState && to.best.back().probability > p) break;
    keep(to.best, {p, c == kEmpty ? path.text : path.text + c});
  }
}

Front step(const Front& front, const Distribution& cell, const StringRule& rule) {
  Front out;
  for (const auto& [key, node] : front) {
    const Part part = part_of(key);
    for (const auto& [c, probability] : cell) {
      if (probability * node.mass < kNegligible) continue;
      if (c == kEmpty) {
        const Part then = part == Part::inside ? Part::behind : part;
        carry(out, key_of(state_of(key), then), node, probability, c);
      } else if (part != Part::behind) {
        if (const auto next = rule.next(state_of(key), c))
          carry(out, key_of(*next, Part::inside), node, probability, c);
      }
    }
  }
  return out;
}

// Drops the least probable states; what they weighed is lost from the sum, at most a beam's tail.
void prune(Front& front) {
  if (front.size() <= kMaxStates) return;
  std::vector<double> masses;
  masses.reserve(front.size());
  for (const auto& entry : front) masses.push_back(entry.second.mass);
  const auto nth = masses.begin() + static_cast<std::ptrdiff_t>(kMaxStates);
  std::ranges::nth_element(masses, nth, std::greater<>());
  const double bound = *nth;
  std::erase_if(front, [&](const auto& entry) { return entry.second.mass <= bound; });
}

Front run(const std::vector<Distribution>& cells, const StringRule& rule) {
  Front front;
  front[key_of(rule.start(), Part::before)] = {1.0, {{1.0, ""}}};
  const std::size_t n = cells.size();
  for (std::size_t i = 0; i < n; ++i) {
    front = step(front, cells[rule.from_right() ? n - 1 - i : i], rule);
    prune(front);
  }
  return front;
}

struct Ending {
  double allowed_mass = 0.0;  // weighted
  double allowed = 0.0;       // probability that the cells, each by itself, hold an allowed string
  double empty = 0.0;         // probability that every cell is empty
  std::vector<Path> best;     // allowed, weighted
};

Ending ending_of(const Front& front, const StringRule& rule) {
  Ending out;
  for (const auto& [key, node] : front) {
    if (part_of(key) == Part::before) {
      out.empty += node.mass;
      continue;
    }
    const double weight = rule.weight(state_of(key));
    if (weight <= 0.0) continue;
    out.allowed_mass += weight * node.mass;
    out.allowed += node.mass;
    for (const Path& path : node.best) out.best.push_back({weight * path.probability, path.text});
  }
  std::ranges::sort(out.best, is_better);
  if (out.best.size() > 8) out.best.resize(8);
  if (rule.from_right())
    for (Path& path : out.best) std::ranges::reverse(path.text);
  return out;
}

// What was seen, each cell by itself; an empty cell inside is left out.
struct Seen : Path {
  bool has_gap = false;
};

Seen as_seen(const std::vector<Distribution>& cells) {
  Seen out{{1.0, ""}};
  bool is_behind = false;  // an empty cell stands behind the text so far
  for (const Distribution& cell : cells) {
    const auto best = std::ranges::max_element(
        cell, [](const auto& a, const auto& b) { return a.second < b.second; });
    if (best == cell.end()) continue;
    out.probability *= best->second;
    if (best->first == kEmpty) {
      is_behind = !out.text.empty();
    } else {
      out.has_gap = out.has_gap || is_behind;
      out.text.push_back(best->first);
    }
  }
  return out;
}

std::vector<int> unsure_cells(const std::vector<CharacterCell>& cells) {
  std::vector<int> out;
  for (std::size_t i = 0; i < cells.size(); ++i)
    if (best_probability(cells[i]) < kUnsure) out.push_back(static_cast<int>(i) + 1);
  return out;
}

// The cells' best candidates in a row; cell `second` (if there is one) with its second instead.
Path composed(const std::vector<CharacterCell>& cells, std::size_t second) {
  Path out{1.0, ""};
  bool has_gap = false;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    std::vector<Alternative> choices = cells[i].candidates;
    choices.push_back({"", cells[i].empty_probability});
    std::ranges::stable_sort(choices, [](const Alternative& a, const Alternative& b) {
      return a.probability > b.probability;
    });
    const Alternative& chosen = choices[i == second && choices.size() > 1 ? 1 : 0];
    out.probability *= chosen.probability;
    if (chosen.text.empty()) {
      has_gap = !out.text.empty();
      continue;
    }
    if (has_gap) out.text.push_back(' ');
    has_gap = false;
    out.text += chosen.text;
  }
  return out;
}

void cap(Decoded& out, double ceiling) {
  out.probability = std::min(out.probability, ceiling);
  for (Alternative& each : out.alternatives)
    each.probability = std::min(each.probability, out.probability);
}

void finish(Decoded& out) {
  std::ranges::stable_sort(out.alternatives, [](const Alternative& a, const Alternative& b) {
    return a.probability > b.probability;
  });
  double runner_up = 0.0;
  for (const Alternative& other : out.alternatives)
    if (other.text != out.text) runner_up = std::max(runner_up, other.probability);
  out.margin = std::max(0.0, out.probability - runner_up);
  if (out.alternatives.size() > 5) out.alternatives.resize(5);
}

// Posterior of each ending: an allowed string is `1 / density` times as likely beforehand as a
// random string; a forbidden one (a writer's mistake) has the small rest. What the cells say, each
// by itself, tells how much of their probability lies on forbidden strings.
Decoded posterior(const Ending& ending, const Seen& seen, const StringRule& rule) {
  constexpr double kRight = 1.0 - kWritersMistake;
  const double lift = kRight / rule.density();
  const double forbidden = std::max(0.0, 1.0 - ending.empty - ending.allowed);
  const double mistakes = kWritersMistake * forbidden;  // leaving it empty is none
  const double total = lift * ending.allowed_mass + kRight * ending.empty + mistakes;
  Decoded out;
  out.is_allowed = true;
  for (const Path& path : ending.best)
    out.alternatives.push_back({path.text, lift * path.probability / total});
  if (!ending.best.empty()) {
    out.text = ending.best.front().text;
    out.probability = out.alternatives.front().probability;
  }
  const double empty = kRight * ending.empty / total;
  if (empty > out.probability) {
    out.text.clear();
    out.probability = empty;
  }
  const bool seen_is_allowed =
      seen.text.empty() ||
      std::ranges::any_of(ending.best, [&](const Path& path) { return path.text == seen.text; });
  if (seen_is_allowed) return out;
  const double mistake = kWritersMistake * seen.probability / total;
  out.alternatives.push_back({seen.text, mistake});
  // A repair that is less likely than not, or that needs characters nobody saw, would put words in
  // the writer's mouth.
  const bool was_seen = !ending.best.empty() &&
                        ending.best.front().probability >= kPlausibleRepair * seen.probability;
  const bool is_likely = out.probability >= 0.5 && out.probability >= mistake;
  if (!is_likely || (!was_seen && !out.text.empty())) {
    out.text = seen.text;
    out.probability = mistake;
    out.is_allowed = false;
    out.has_gap = seen.has_gap;
  }
  return out;
}

}  // namespace

Decoded decode(const std::vector<CharacterCell>& seen, const StringRule& rule) {
  const std::vector<CharacterCell> cells = with_shared_doubt(seen);
  std::vector<Distribution> distributions;
  distributions.reserve(cells.size());
  for (const CharacterCell& cell : cells)
    distributions.push_back(distribution_of(cell, rule.alphabet()));
  const Ending ending = ending_of(run(distributions, rule), rule);
  Decoded out = posterior(ending, as_seen(distributions), rule);
  out.unsure = unsure_cells(cells);
  if (static_cast<int>(out.unsure.size()) > rule.max_unsure_cells()) cap(out, kUnresolved);
  finish(out);
  return out;
}

Decoded most_probable(const std::vector<CharacterCell>& seen) {
  const std::vector<CharacterCell> cells = with_shared_doubt(seen);
  Decoded out;
  out.is_allowed = true;
  out.unsure = unsure_cells(cells);
  const Path best = composed(cells, cells.size());
  out.text = best.text;
  out.probability = cells.empty() ? 0.0 : best.probability;
  out.alternatives.push_back({out.text, out.probability});
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const Path other = composed(cells, i);
    if (other.text != out.text) out.alternatives.push_back({other.text, other.probability});
  }
  finish(out);
  return out;
}

}  // namespace postkamer::validate
