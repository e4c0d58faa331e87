// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/line_opinions.h"

#include <algorithm>
#include <cmath>

namespace postkamer::extract {
namespace {

// Fitted on lines of hands and words that no reader was trained on (classifiers/lines/README.md).
// What a text is worth that the line reader did not think of.
constexpr double kUnthought = 0.002;
// How much less likely a reading is for each letter in which it differs from what was written, and
// the most that counts.
constexpr double kPrintedLetter = 1.8;
constexpr double kBlockLetter = 1.0;
constexpr double kMostLetters = 3.0;
// A space or a full stop, in letters: readers miss them more often.
constexpr double kSmall = 0.4;

// What it takes to make one text of the other: a letter is one, a space or full stop kSmall.
double difference(const std::string& a, const std::string& b) {
  const auto weight = [](char c) { return c == ' ' || c == '.' ? kSmall : 1.0; };
  std::vector<double> row(b.size() + 1);
  for (std::size_t j = 0; j < b.size(); ++j) row[j + 1] = row[j] + weight(b[j]);
  for (const char c : a) {
    double diagonal = row[0];
    row[0] += weight(c);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const double above = row[j + 1];
      const double changed = c == b[j] ? 0.0 : std::max(weight(c), weight(b[j]));
      row[j + 1] = std::min({above + weight(c), row[j] + weight(b[j]), diagonal + changed});
      diagonal = above;
    }
  }
  return row[b.size()];
}

// The line reader's share from which the character reader's word is enough.
constexpr double kSureWithout = 0.97;

struct Candidate {
  std::string text;
  std::string key;
  double log_weight = 0.0;
};

void add(std::vector<Candidate>& all, const std::string& text, std::string key, double share) {
  if (key.empty()) return;
  const auto same = std::find_if(all.begin(), all.end(),
                                 [&](const Candidate& other) { return other.key == key; });
  if (same == all.end())
    all.push_back({text, std::move(key), std::log(std::max(share, kUnthought))});
  else
    same->log_weight = std::log(std::exp(same->log_weight) + share);
}

double cost_of_printed(const LineOpinions& opinions) {
  return kPrintedLetter * (0.5 + 0.5 * opinions.printed_confidence);
}

// What it weighs that none of them read what was written: all of it where the line reader is
// silent; lowered, as a candidate is, by every reader whose text it is not.
double weight_of_none(const LineOpinions& opinions) {
  double left = 1.0;
  for (const Alternative& each : opinions.written) left -= each.probability;
  double log_weight = std::log(std::max(left, kUnthought));
  if (!opinions.printed.empty()) log_weight -= kMostLetters * cost_of_printed(opinions);
  if (!opinions.block.empty()) log_weight -= kMostLetters * kBlockLetter;
  return log_weight;
}

// Lowers every candidate by how far a reader's text is from it.
void hear(std::vector<Candidate>& all, const std::string& key, double cost_of_letter) {
  if (key.empty()) return;
  for (Candidate& candidate : all)
    candidate.log_weight -= cost_of_letter * std::min(kMostLetters, difference(candidate.key, key));
}

}  // namespace

std::string same_text_key(const std::string& text) {
  std::string key;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_latin = !key.empty() && static_cast<unsigned char>(key.back()) == 0xC3;
    if (c == ' ') {
      if (!key.empty() && key.back() != ' ') key.push_back(c);
    } else if (c >= 'A' && c <= 'Z') {
      key.push_back(static_cast<char>(c - 'A' + 'a'));
    } else if (is_latin && byte >= 0x80 && byte <= 0x9E && byte != 0x97) {
      key.push_back(static_cast<char>(byte + 0x20));
    } else {
      key.push_back(c);
    }
  }
  if (!key.empty() && key.back() == ' ') key.pop_back();
  return key;
}

bool is_settled(const LineOpinions& opinions) {
  constexpr std::size_t kLeastLetters = 3;  // a stroke of dirt looks like a letter to both
  return !opinions.written.empty() && opinions.block.size() >= kLeastLetters &&
         opinions.written.front().probability >= kSureWithout &&
         same_text_key(opinions.written.front().text) == same_text_key(opinions.block);
}

std::vector<Alternative> weighed(const LineOpinions& opinions) {
  std::vector<Candidate> all;
  for (const Alternative& each : opinions.written)
    add(all, each.text, same_text_key(each.text), each.probability);
  add(all, opinions.printed, same_text_key(opinions.printed), 0.0);
  add(all, opinions.block, same_text_key(opinions.block), 0.0);
  hear(all, same_text_key(opinions.printed), cost_of_printed(opinions));
  hear(all, same_text_key(opinions.block), kBlockLetter);
  std::stable_sort(all.begin(), all.end(), [](const Candidate& a, const Candidate& b) {
    return a.log_weight > b.log_weight;
  });
  if (all.empty()) return {};
  double total = std::exp(weight_of_none(opinions) - all.front().log_weight);
  for (const Candidate& each : all) total += std::exp(each.log_weight - all.front().log_weight);
  std::vector<Alternative> out;
  for (const Candidate& each : all)
    out.push_back({each.text, std::exp(each.log_weight - all.front().log_weight) / total});
  return out;
}

}  // namespace postkamer::extract
