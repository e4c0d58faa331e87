// SPDX-License-Identifier: EUPL-1.2
//
// A list of words that a field's value should come from: places, streets, surnames. Words are
// compared by their key: letters without diacritics and digits, in lower case, nothing else, so
// that "'S-GRAVENHAGE" and "'s Gravenhage" are one word.
//
// Values without I/O: whoever loads the list passes it in. Immutable once built; thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace postkamer::validate {

// The four digits of postcodes, both ends included.
struct PostcodeRange {
  int first = 0;
  int last = 0;
  bool operator==(const PostcodeRange&) const = default;
};

struct LexiconEntry {
  std::string text;                      // as it is spelled
  double weight = 1.0;                   // > 0, how often it occurs against the others
  std::vector<PostcodeRange> postcodes;  // of a place; empty = not known
};

// "Krimpen a/d IJssel" -> "krimpenadijssel". UTF-8; letters that no Latin letter stands for are
// dropped.
std::string key_of(std::string_view text);

// "Zoë" -> "ZOË". UTF-8; Latin letters up to U+017F, others stay as they are.
std::string in_capitals(std::string_view text);

class Lexicon {
 public:
  Lexicon() = default;
  // `coverage` is how often a value stands in the list, in (0, 1). Entries with an empty key are
  // left out; of equal keys the first is the entry, with all their weights and postcodes.
  Lexicon(std::vector<LexiconEntry> entries, double coverage);

  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] double coverage() const { return coverage_; }
  [[nodiscard]] const LexiconEntry& entry(std::size_t i) const { return entries_[i]; }
  [[nodiscard]] const std::string& key(std::size_t i) const { return keys_[i]; }
  // Share of all values in the list that are this one; sums to 1.
  [[nodiscard]] double share(std::size_t i) const { return shares_[i]; }
  // The entry with this key, or nothing.
  [[nodiscard]] const LexiconEntry* find(std::string_view key) const;
  // How the list spells the words of this key, the entry's own spelling first; may be empty.
  [[nodiscard]] std::vector<std::string> spellings(const std::string& key) const;

  // Entries that could have been meant by `key`, at most `most`, the likelier ones among them: the
  // lengths are near, few letters and few pairs of letters differ. `possible` holds, letter by
  // letter of the key, what else may stand there (may be empty). A scan over fixed-size
  // fingerprints: some 5 ns an entry of near length.
  [[nodiscard]] std::vector<std::size_t> near(std::string_view key, std::string_view possible,
                                              std::size_t most) const;

  // Natural logarithm of how likely a word that is not listed is `key`: pairs of letters as in the
  // list, mixed with letters drawn blindly.
  [[nodiscard]] double log_unlisted(std::string_view key) const;

  // True when some entry has postcodes; and how many of the four-digit codes are anybody's.
  [[nodiscard]] bool has_postcodes() const { return codes_ > 0; }
  [[nodiscard]] int codes() const { return codes_; }
  [[nodiscard]] bool is_known_code(int code) const;

 private:
  struct Fingerprint {
    std::uint64_t letters = 0;  // which occur
    std::uint64_t pairs = 0;    // which pairs occur, hashed
  };
  static Fingerprint fingerprint_of(std::string_view key);
  void sort_by_length();
  void learn_pairs();
  void count_codes();

  double coverage_ = 0.5;
  std::vector<LexiconEntry> entries_;  // by length of key, then by key
  std::vector<std::string> keys_;
  std::map<std::string, std::vector<std::string>> other_spellings_;  // by key; few have any
  std::vector<double> shares_;
  std::vector<Fingerprint> fingerprints_;
  std::vector<std::size_t> starts_;  // first entry whose key is at least so long
  std::vector<double> log_pairs_;    // [from * kSymbols + to]; the last symbol is the word's end
  std::vector<bool> known_codes_;    // by code
  int codes_ = 0;
};

// By the name that form.toml uses.
using Lexica = std::map<std::string, Lexicon>;

bool contains(const std::vector<PostcodeRange>& ranges, int code);

}  // namespace postkamer::validate
