// SPDX-License-Identifier: EUPL-1.2
#include "classifiers/taught/page_text.h"

#include <algorithm>
#include <limits>
#include <numbers>
#include <string_view>

namespace postkamer::taught {
namespace {

constexpr std::size_t kFewestLetters = 5;
constexpr double kWideGap = 1.8;  // of the word height: columns stand further apart, words do not

// U+00C0 to U+00FF without their accents; '-' is no letter.
constexpr std::string_view kLatin =
    "aaaaaaaceeeeiiii-nooooo-ouuuuy-saaaaaaaceeeeiiii-nooooo-ouuuuy-y";

std::string letters_of(std::string_view text) {
  std::string letters;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    char letter = '-';
    if (byte == 0xC3 && i + 1 < text.size())
      letter = kLatin[static_cast<unsigned char>(text[++i]) & 0x3FU];
    else if (byte >= 'A' && byte <= 'Z')
      letter = static_cast<char>(byte - 'A' + 'a');
    else if ((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9'))
      letter = text[i];
    if (letter != '-') letters += letter;
  }
  return letters;
}

std::size_t count_of_letters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; }));
}

struct PlacedWord {
  std::string letters;
  int line = 0;
  Rect box;  // mm, turned upright
};

std::vector<PlacedWord> placed(const std::vector<Word>& words, const WordPlacing& placing) {
  const double radians = static_cast<int>(placing.turn) * std::numbers::pi / 2;
  const double scale = 1.0 / placing.px_per_mm;
  const Transform to_mm = then(then(placing.original_to_upright, Transform::rotation(radians)),
                               Transform::scale(scale, scale));
  std::vector<PlacedWord> all;
  double left = std::numeric_limits<double>::max();
  double top = left;
  for (const Word& word : words) {
    PlacedWord one{letters_of(word.text), word.line, to_mm.bounds(word.box)};
    if (one.letters.empty()) continue;
    left = std::min(left, one.box.x);
    top = std::min(top, one.box.y);
    all.push_back(std::move(one));
  }
  for (PlacedWord& word : all) {
    word.box.x -= left;
    word.box.y -= top;
  }
  return all;
}

bool stands_apart(const PlacedWord& word, const PlacedWord& before) {
  return word.line != before.line ||
         word.box.x - before.box.right() > kWideGap * std::max(word.box.height, before.box.height);
}

}  // namespace

PageText page_text(const std::vector<Word>& words, const WordPlacing& placing) {
  PageText page;
  const PlacedWord* before = nullptr;
  const auto all = placed(words, placing);
  for (const PlacedWord& word : all) {
    if (before == nullptr || stands_apart(word, *before)) {
      page.runs.push_back({word.letters, 1, word.box.x, word.box.y, word.box.height});
    } else {
      Run& run = page.runs.back();
      run.letters += word.letters;
      ++run.words;
      run.height = std::max(run.height, word.box.height);
    }
    before = &word;
  }
  std::erase_if(page.runs,
                [](const Run& run) { return count_of_letters(run.letters) < kFewestLetters; });
  return page;
}

}  // namespace postkamer::taught
