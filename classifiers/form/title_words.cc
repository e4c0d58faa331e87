// SPDX-License-Identifier: EUPL-1.2
#include "classifiers/form/title_words.h"

#include <algorithm>
#include <cctype>
#include <string>

namespace postkamer::classifiers {
namespace {

// Words in lower case. Bytes of UTF-8 sequences are letters.
std::vector<std::string> words_in(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 || std::isalnum(byte) != 0) {
      word += static_cast<char>(byte < 0x80 ? std::tolower(byte) : byte);
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

std::size_t edits(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t corner = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = corner + (a[i - 1] == b[j - 1] ? 0 : 1);
      corner = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
    }
  }
  return row[b.size()];
}

}  // namespace

double title_share(std::string_view title, const std::vector<Word>& words) {
  std::vector<std::string> read;
  for (const Word& word : words)
    for (auto& part : words_in(word.text)) read.push_back(std::move(part));
  std::size_t found = 0;
  std::size_t total = 0;
  for (const std::string& wanted : words_in(title)) {
    if (wanted.size() < 3) continue;
    total += wanted.size();
    const bool there = std::any_of(read.begin(), read.end(), [&](const std::string& seen) {
      const std::size_t allowed = wanted.size() / 5;
      const std::size_t gap =
          std::max(seen.size(), wanted.size()) - std::min(seen.size(), wanted.size());
      return gap <= allowed && edits(seen, wanted) <= allowed;
    });
    if (there) found += wanted.size();
  }
  return total == 0 ? 0.0 : static_cast<double>(found) / static_cast<double>(total);
}

}  // namespace postkamer::classifiers
