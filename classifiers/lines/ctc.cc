// SPDX-License-Identifier: EUPL-1.2
#include "classifiers/lines/ctc.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>

namespace postkamer::lines {
namespace {

constexpr std::size_t kBeam = 24;
// Classes below this in a column are not followed; what they weigh is lost.
constexpr double kLeast = 2e-3;
constexpr int kBlank = 0;

struct Choice {
  int symbol = 0;            // folded row
  int row = 0;               // its likelier case
  double probability = 0.0;  // of both cases
};

// The place of a digit or letter in Shown::kCharacters; npos for other characters.
std::size_t plain_index(const std::string& character) {
  if (character.size() != 1) return std::string_view::npos;
  const char c = character.front();
  const bool is_small = c >= 'a' && c <= 'z';
  return Shown::kCharacters.find(is_small ? static_cast<char>(c - 'a' + 'A') : c);
}

// One column's scores as probabilities, by softmax.
void probabilities(const cv::Mat& scores, int x, std::vector<double>& out) {
  out.resize(static_cast<std::size_t>(scores.rows));
  float highest = scores.at<float>(0, x);
  for (int k = 1; k < scores.rows; ++k) highest = std::max(highest, scores.at<float>(k, x));
  double total = 0.0;
  for (int k = 0; k < scores.rows; ++k)
    total += out[static_cast<std::size_t>(k)] =
        std::exp(static_cast<double>(scores.at<float>(k, x) - highest));
  for (double& each : out) each /= total;
}

// The classes of each column that are worth following.
std::vector<std::vector<Choice>> choices_of(const cv::Mat& scores, const Alphabet& alphabet) {
  std::vector<std::vector<Choice>> columns(static_cast<std::size_t>(scores.cols));
  std::vector<double> weights;
  for (int x = 0; x < scores.cols; ++x) {
    probabilities(scores, x, weights);
    auto& choices = columns[static_cast<std::size_t>(x)];
    for (int k = 0; k < scores.rows; ++k) {
      const double p = weights[static_cast<std::size_t>(k)];
      if (p < kLeast) continue;
      const int symbol = alphabet.folded(k);
      const auto same = std::find_if(choices.begin(), choices.end(),
                                     [&](const Choice& c) { return c.symbol == symbol; });
      if (same == choices.end()) {
        choices.push_back({symbol, k, p});
        continue;
      }
      if (p > weights[static_cast<std::size_t>(same->row)]) same->row = k;
      same->probability += p;
    }
  }
  return columns;
}

// A text so far is a node of a tree: its last character and the text before.
struct Node {
  int parent = -1;
  int symbol = kBlank;
  int row = kBlank;      // the case in which it was likeliest
  double highest = 0.0;  // when it was
  double prior = 1.0;    // what the letters make of its last character
  LetterModel::Context context = 0;
};

// With the prior, and (`seen`) without.
struct Weight {
  double blank = 0.0;
  double symbol = 0.0;
  double seen_blank = 0.0;
  double seen_symbol = 0.0;
  [[nodiscard]] double total() const { return blank + symbol; }
  [[nodiscard]] double seen() const { return seen_blank + seen_symbol; }
};

class Search {
 public:
  Search(const Alphabet& alphabet, const LetterModel& letters, const PriorWeight& weight)
      : alphabet_(alphabet), letters_(letters), weight_(weight), nodes_(1) {
    front_.push_back({0, {1.0, 0.0, 1.0, 0.0}});
  }

  void step(const std::vector<Choice>& choices) {
    std::map<int, Weight> next;  // ordered, so that equal weights are kept in one order everywhere
    for (const auto& [node, weight] : front_) {
      const int last = nodes_[static_cast<std::size_t>(node)].symbol;
      for (const Choice& choice : choices) {
        const double p = choice.probability;
        if (choice.symbol == kBlank) {
          next[node].blank += weight.total() * p;
          next[node].seen_blank += weight.seen() * p;
          continue;
        }
        const bool repeats = choice.symbol == last;
        if (repeats) {
          next[node].symbol += weight.symbol * p;
          next[node].seen_symbol += weight.seen_symbol * p;
        }
        const double before = repeats ? weight.blank : weight.total();
        if (before <= 0.0) continue;
        const int to = child(node, choice);
        Node& reached = nodes_[static_cast<std::size_t>(to)];
        const double mass = before * p * reached.prior;
        if (mass > reached.highest) {
          reached.highest = mass;
          reached.row = choice.row;
        }
        next[to].symbol += mass;
        next[to].seen_symbol += (repeats ? weight.seen_blank : weight.seen()) * p;
      }
    }
    front_.assign(next.begin(), next.end());
    keep_best();
  }

  [[nodiscard]] std::vector<LineText> texts(std::size_t most) {
    for (auto& [node, weight] : front_) {
      const double end = prior_of(nodes_[static_cast<std::size_t>(node)].context, 0);
      weight.blank *= end;
      weight.symbol *= end;
    }
    keep_best();
    double all = 0.0;
    for (const auto& [node, weight] : front_) all += weight.total();
    std::vector<LineText> out;
    for (const auto& [node, weight] : front_)
      if (out.size() < most && weight.total() > 0.0)
        out.push_back({text_of(node), weight.total() / all, weight.seen()});
    return out;
  }

 private:
  [[nodiscard]] double prior_of(LetterModel::Context context, int letter) const {
    return std::exp(weight_.exponent * letters_.log_next(context, letter) +
                    (letter == 0 ? 0.0 : weight_.per_character));
  }

  void keep_best() {
    std::stable_sort(front_.begin(), front_.end(), [](const auto& a, const auto& b) {
      return a.second.total() > b.second.total();
    });
    if (front_.size() > kBeam) front_.resize(kBeam);
  }

  [[nodiscard]] std::string text_of(int node) const {
    std::vector<int> rows;
    for (; node > 0; node = nodes_[static_cast<std::size_t>(node)].parent)
      rows.push_back(nodes_[static_cast<std::size_t>(node)].row);
    std::string out;
    for (auto row = rows.rbegin(); row != rows.rend(); ++row) out += alphabet_.character(*row);
    return out;
  }

  int child(int node, const Choice& choice) {
    const auto key =
        (static_cast<std::uint64_t>(node) << 16) | static_cast<std::uint64_t>(choice.symbol);
    const auto [found, is_new] = children_.emplace(key, static_cast<int>(nodes_.size()));
    if (is_new) {
      const auto context = nodes_[static_cast<std::size_t>(node)].context;
      const int letter = alphabet_.letter(choice.symbol);
      nodes_.push_back({node, choice.symbol, choice.row, 0.0, prior_of(context, letter),
                        LetterModel::then(context, letter)});
    }
    return found->second;
  }

  const Alphabet& alphabet_;
  const LetterModel& letters_;
  PriorWeight weight_;
  std::vector<Node> nodes_;
  std::unordered_map<std::uint64_t, int> children_;
  std::vector<std::pair<int, Weight>> front_;
};

// ASCII and Latin-1 capitals as small letters.
std::string small(std::string character) {
  const auto last = static_cast<unsigned char>(character.back());
  if (character.size() == 1 && last >= 'A' && last <= 'Z')
    character.back() = static_cast<char>(last - 'A' + 'a');
  const bool is_latin = character.size() == 2 && static_cast<unsigned char>(character[0]) == 0xC3;
  if (is_latin && last >= 0x80 && last <= 0x9E && last != 0x97)
    character.back() = static_cast<char>(last + 0x20);
  return character;
}

}  // namespace

Alphabet::Alphabet(std::string_view characters) : characters_(1), folded_(1), letters_(1) {
  for (const char c : characters) {
    const bool continues = (static_cast<unsigned char>(c) & 0xC0u) == 0x80u;
    if (!continues || characters_.size() == 1) characters_.emplace_back();
    characters_.back().push_back(c);
  }
  for (int row = 1; row < rows(); ++row) {
    const std::string own = small(character(row));
    int first = row;
    for (int other = row - 1; other > 0; --other)
      if (small(character(other)) == own) first = other;
    folded_.push_back(first);
    letters_.push_back(LetterModel::symbol_of(character(row)));
  }
}

std::vector<LineText> likely_texts(const cv::Mat& scores, const Alphabet& alphabet,
                                   const LetterModel& letters, std::size_t most,
                                   const PriorWeight& weight) {
  Search search(alphabet, letters, weight);
  for (const auto& choices : choices_of(scores, alphabet)) search.step(choices);
  return search.texts(most);
}

Shown shown_between(const cv::Mat& scores, const Alphabet& alphabet, Steps steps) {
  Shown shown;
  decltype(Shown::characters) never;  // no step shows it
  never.fill(1.0);
  std::vector<double> column;
  for (int x = std::max(0, steps.from); x < std::min(scores.cols, steps.to); ++x) {
    probabilities(scores, x, column);
    shown.none *= column[kBlank];
    decltype(Shown::characters) here{};
    for (int k = 1; k < scores.rows; ++k)
      if (const auto at = plain_index(alphabet.character(k)); at != std::string_view::npos)
        here[at] += column[static_cast<std::size_t>(k)];
    for (std::size_t i = 0; i < here.size(); ++i) never[i] *= std::max(0.0, 1.0 - here[i]);
  }
  for (std::size_t i = 0; i < never.size(); ++i) shown.characters[i] = 1.0 - never[i];
  return shown;
}

}  // namespace postkamer::lines
