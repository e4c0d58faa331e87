// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/validate/lexicon.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <unordered_map>

namespace postkamer::validate {
namespace {

constexpr std::size_t kLetters = 36;            // a-z, 0-9
constexpr std::size_t kSymbols = kLetters + 1;  // and the end
constexpr int kMostCode = 9999;

std::size_t symbol_of(char c) {
  return c >= 'a' ? static_cast<std::size_t>(c - 'a') : 26 + static_cast<std::size_t>(c - '0');
}

std::uint64_t bit_of(char c) { return std::uint64_t{1} << symbol_of(c); }

// Latin letters of U+00C0..U+017F without their marks, lower case; '.' = no letter, '_' = two
// letters, see two_letters.
constexpr std::string_view kPlain =
    "aaaaaa_ceeeeiiiidnooooo.ouuuuy._aaaaaa_ceeeeiiiidnooooo.ouuuuy.y"
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii__jjkkklllllll"
    "lllnnnnnnnnnoooooo__rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

std::string_view two_letters(unsigned code) {
  switch (code) {
    case 0xC6:
    case 0xE6: return "ae";
    case 0xDF: return "ss";
    case 0x132:
    case 0x133: return "ij";
    case 0x152:
    case 0x153: return "oe";
    default: return "";
  }
}

void add_plain(std::string& out, unsigned code) {
  if (code < 0xC0 || code - 0xC0 >= kPlain.size()) return;
  const char plain = kPlain[code - 0xC0];
  if (plain == '_')
    out += two_letters(code);
  else if (plain != '.')
    out.push_back(plain);
}

}  // namespace

std::string key_of(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z')) {
      out.push_back(text[i]);
    } else if (byte >= 'A' && byte <= 'Z') {
      out.push_back(static_cast<char>(byte - 'A' + 'a'));
    } else if (byte >= 0xC3 && byte <= 0xC5 && i + 1 < text.size()) {
      const auto next = static_cast<unsigned char>(text[++i]);
      add_plain(out, ((byte & 0x1Fu) << 6) | (next & 0x3Fu));
    }
  }
  return out;
}

namespace {

// The capital of a letter from U+00E0 to U+017F; what is none, or has none there, stays.
unsigned capital_of(unsigned code) {
  if (code == 0xFF) return 0x178;
  if (code >= 0xE0 && code <= 0xFE) return code == 0xF7 ? code : code - 0x20;
  if (code < 0x100 || code == 0x131 || code == 0x138 || code == 0x149 || code > 0x17E) return code;
  // Capital and small letter stand in pairs; in these stretches the capital is the odd one.
  const bool is_odd = (code >= 0x139 && code <= 0x148) || code >= 0x179;
  const bool is_small = (code % 2 == 0) == is_odd;
  return is_small ? code - 1 : code;
}

}  // namespace

std::string in_capitals(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 'a' && byte <= 'z') {
      out.push_back(static_cast<char>(byte - 'a' + 'A'));
    } else if (byte >= 0xC3 && byte <= 0xC5 && i + 1 < text.size()) {
      const auto next = static_cast<unsigned char>(text[++i]);
      const unsigned code = capital_of(((byte & 0x1Fu) << 6) | (next & 0x3Fu));
      out.push_back(static_cast<char>(0xC0u | (code >> 6)));
      out.push_back(static_cast<char>(0x80u | (code & 0x3Fu)));
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

bool contains(const std::vector<PostcodeRange>& ranges, int code) {
  return std::ranges::any_of(ranges, [code](const PostcodeRange& range) {
    return code >= range.first && code <= range.last;
  });
}

namespace {

// Sorted, none overlapping another.
void tidy(std::vector<PostcodeRange>& ranges) {
  std::ranges::sort(ranges, {}, &PostcodeRange::first);
  std::vector<PostcodeRange> out;
  for (const PostcodeRange& range : ranges)
    if (!out.empty() && range.first <= out.back().last + 1)
      out.back().last = std::max(out.back().last, range.last);
    else
      out.push_back(range);
  ranges = std::move(out);
}

}  // namespace

Lexicon::Lexicon(std::vector<LexiconEntry> entries, double coverage)
    : coverage_(std::clamp(coverage, 0.01, 0.999)) {
  std::unordered_map<std::string, std::size_t> seen;
  for (LexiconEntry& entry : entries) {
    const std::string key = key_of(entry.text);
    if (key.empty()) continue;
    const auto [place, is_new] = seen.emplace(key, entries_.size());
    if (is_new) {
      entries_.push_back(std::move(entry));
      continue;
    }
    LexiconEntry& first = entries_[place->second];
    if (entry.text != first.text) {
      auto& others = other_spellings_[key];
      if (std::ranges::find(others, entry.text) == others.end()) others.push_back(entry.text);
    }
    first.weight += entry.weight;
    first.postcodes.insert(first.postcodes.end(), entry.postcodes.begin(), entry.postcodes.end());
  }
  for (LexiconEntry& entry : entries_) tidy(entry.postcodes);
  sort_by_length();
  learn_pairs();
  count_codes();
}

void Lexicon::sort_by_length() {
  std::vector<std::pair<std::string, LexiconEntry>> keyed;
  for (LexiconEntry& entry : entries_) {
    std::string key = key_of(entry.text);
    keyed.emplace_back(std::move(key), std::move(entry));
  }
  std::ranges::sort(keyed, [](const auto& a, const auto& b) {
    return std::pair(a.first.size(), std::string_view(a.first)) <
           std::pair(b.first.size(), std::string_view(b.first));
  });
  entries_.clear();
  double weights = 0.0;
  for (auto& [key, entry] : keyed) {
    while (starts_.size() <= key.size()) starts_.push_back(entries_.size());
    weights += entry.weight;
    fingerprints_.push_back(fingerprint_of(key));
    shares_.push_back(entry.weight);
    keys_.push_back(std::move(key));
    entries_.push_back(std::move(entry));
  }
  starts_.push_back(entries_.size());
  for (double& share : shares_) share /= weights;
}

void Lexicon::learn_pairs() {
  std::vector<double> counts(kSymbols * kSymbols, 0.5);
  for (const std::string& key : keys_) {
    std::size_t from = kLetters;
    for (const char c : key) {
      counts[from * kSymbols + symbol_of(c)] += 1.0;
      from = symbol_of(c);
    }
    counts[from * kSymbols + kLetters] += 1.0;
  }
  log_pairs_.resize(counts.size());
  for (std::size_t from = 0; from < kSymbols; ++from) {
    const auto row = counts.begin() + static_cast<std::ptrdiff_t>(from * kSymbols);
    const double all = std::accumulate(row, row + kSymbols, 0.0);
    for (std::size_t to = 0; to < kSymbols; ++to)
      log_pairs_[from * kSymbols + to] = std::log(counts[from * kSymbols + to] / all);
  }
}

void Lexicon::count_codes() {
  known_codes_.assign(kMostCode + 1, false);
  for (const LexiconEntry& entry : entries_)
    for (const PostcodeRange& range : entry.postcodes)
      for (int code = std::max(0, range.first); code <= std::min(kMostCode, range.last); ++code)
        known_codes_[static_cast<std::size_t>(code)] = true;
  codes_ = static_cast<int>(std::ranges::count(known_codes_, true));
}

bool Lexicon::is_known_code(int code) const {
  return code >= 0 && code <= kMostCode && !known_codes_.empty() &&
         known_codes_[static_cast<std::size_t>(code)];
}

Lexicon::Fingerprint Lexicon::fingerprint_of(std::string_view key) {
  Fingerprint out;
  std::size_t from = kLetters;
  for (const char c : key) {
    out.letters |= bit_of(c);
    const std::size_t to = symbol_of(c);
    out.pairs |= std::uint64_t{1} << ((from * 41 + to * 7) % 64);
    from = to;
  }
  return out;
}

const LexiconEntry* Lexicon::find(std::string_view key) const {
  if (key.empty() || key.size() + 1 >= starts_.size()) return nullptr;
  const auto first = keys_.begin() + static_cast<std::ptrdiff_t>(starts_[key.size()]);
  const auto last = keys_.begin() + static_cast<std::ptrdiff_t>(starts_[key.size() + 1]);
  const auto found = std::lower_bound(first, last, key);
  if (found == last || *found != key) return nullptr;
  return &entries_[static_cast<std::size_t>(found - keys_.begin())];
}

std::vector<std::string> Lexicon::spellings(const std::string& key) const {
  const LexiconEntry* entry = find(key);
  if (entry == nullptr) return {};
  std::vector<std::string> out{entry->text};
  if (const auto others = other_spellings_.find(key); others != other_spellings_.end())
    out.insert(out.end(), others->second.begin(), others->second.end());
  return out;
}

std::vector<std::size_t> Lexicon::near(std::string_view key, std::string_view possible,
                                       std::size_t most) const {
  constexpr std::size_t kMostLetters = 7;  // that may differ
  constexpr std::size_t kLevels = 40;
  const Fingerprint seen = fingerprint_of(key);
  std::uint64_t allowed = seen.letters;
  for (const char c : possible) allowed |= bit_of(c);
  const std::size_t slack = 2 + key.size() / 6;
  const auto start_of = [&](std::size_t length) {
    return starts_.empty() ? 0 : starts_[std::min(length, starts_.size() - 1)];
  };
  const std::size_t first = start_of(key.size() > slack ? key.size() - slack : 1);
  const std::size_t last = start_of(key.size() + slack + 1);
  std::array<std::vector<std::size_t>, kLevels> levels;
  for (std::size_t i = first; i < last; ++i) {
    const Fingerprint& print = fingerprints_[i];
    const auto letters = static_cast<std::size_t>(std::popcount(print.letters & ~allowed) +
                                                  std::popcount(seen.letters & ~print.letters));
    if (letters > kMostLetters) continue;
    const auto pairs = static_cast<std::size_t>(std::popcount(print.pairs ^ seen.pairs));
    const std::size_t level = std::min(kLevels - 1, letters + pairs);
    if (levels[level].size() < most) levels[level].push_back(i);
  }
  std::vector<std::size_t> out;
  for (const auto& level : levels)
    for (const std::size_t i : level)
      if (out.size() < most) out.push_back(i);
  return out;
}

double Lexicon::log_unlisted(std::string_view key) const {
  // A foreign name follows other rules than those of the list; one word in five is taken to.
  const double blind = std::log(0.2 / 12.0) - static_cast<double>(key.size()) * std::log(26.0);
  if (log_pairs_.empty()) return blind;
  double alike = std::log(0.8);
  std::size_t from = kLetters;
  for (const char c : key) {
    alike += log_pairs_[from * kSymbols + symbol_of(c)];
    from = symbol_of(c);
  }
  alike += log_pairs_[from * kSymbols + kLetters];
  const double larger = std::max(alike, blind);
  return larger + std::log(std::exp(alike - larger) + std::exp(blind - larger));
}

}  // namespace postkamer::validate
