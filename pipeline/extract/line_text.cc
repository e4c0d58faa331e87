// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/line_text.h"

#include <algorithm>
#include <array>
#include <vector>

namespace postkamer::extract {
namespace {

using forms::FieldType;

// Providers of post boxes in the Netherlands. Two letters of difference may be another domain.
constexpr std::array<std::string_view, 26> kProviders{
    "gmail.com",      "hotmail.com", "hotmail.nl",  "outlook.com", "outlook.nl", "live.nl",
    "live.com",       "icloud.com",  "yahoo.com",   "msn.com",     "ziggo.nl",   "kpnmail.nl",
    "kpnplanet.nl",   "planet.nl",   "hetnet.nl",   "xs4all.nl",   "home.nl",    "upcmail.nl",
    "chello.nl",      "casema.nl",   "quicknet.nl", "tele2.nl",    "solcon.nl",  "caiway.nl",
    "protonmail.com", "wanadoo.nl"};
// Shorter names have real neighbours.
constexpr std::size_t kLeastProvider = 8;

bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }

// ASCII marks only, no letter, digit or sign of another alphabet.
bool is_noise(std::string_view word) {
  return !word.empty() && word.size() <= 2 &&
         word.find_first_not_of("|\\/'`_~\".,:;") == std::string_view::npos;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(text.size(), end + 1));
  }
  return words;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text.append(text.empty() ? "" : " ").append(word);
  return text;
}

// "0.C." before a name: an initial is no digit.
bool are_initials_with_zero(std::string_view word) {
  if (word.size() < 2 || word.size() % 2 != 0) return false;
  for (std::size_t i = 0; i < word.size(); i += 2)
    if ((!is_capital(word[i]) && word[i] != '0') || word[i + 1] != '.') return false;
  return word.find('0') != std::string_view::npos;
}

// "S.B," before another word: initials end with a full stop.
bool are_initials_with_comma(std::string_view word) {
  if (word.size() < 2 || word.size() % 2 != 0 || word.back() != ',') return false;
  for (std::size_t i = 0; i < word.size(); i += 2)
    if (!is_capital(word[i]) || (i + 2 < word.size() && word[i + 1] != '.')) return false;
  return true;
}

// "Dwarsstraat", of a street's name.
bool is_street_word(std::string_view word) {
  constexpr std::array<std::string_view, 12> kEndings{"straat", "str.",  "weg",    "laan",
                                                      "plein",  "kade",  "gracht", "singel",
                                                      "steeg",  "dreef", "dijk",   "park"};
  return std::any_of(kEndings.begin(), kEndings.end(), [&](std::string_view ending) {
    return word.size() > ending.size() && word.ends_with(ending);
  });
}

std::string corrected_name(std::string_view text) {
  std::vector<std::string> words = words_of(text);
  while (words.size() > 1 && is_noise(words.back())) words.pop_back();
  while (words.size() > 1 && is_noise(words.front())) words.erase(words.begin());
  const bool has_bracket = text.find('(') != std::string_view::npos;
  if (!words.empty() && words.back().size() > 1 && words.back().back() == ')' && !has_bracket)
    words.back().pop_back();
  if (words.size() > 1) {
    std::string& first = words.front();
    const bool before_street =
        is_capital(words[1].front()) && std::any_of(words.begin() + 1, words.end(), is_street_word);
    if (are_initials_with_zero(first)) std::replace(first.begin(), first.end(), '0', 'O');
    if ((first == "le" || first == "Ie") && before_street) first = "1e";
    if (are_initials_with_comma(first)) first.back() = '.';
  }
  return joined(words);
}

// Whether one letter was taken for another, or the last one is missing.
bool differs_by_one(std::string_view read, std::string_view known) {
  if (read.size() + 1 == known.size()) return known.starts_with(read);
  if (read.size() != known.size()) return false;
  int differences = 0;
  for (std::size_t i = 0; i < read.size(); ++i) differences += read[i] != known[i] ? 1 : 0;
  return differences == 1;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_letter(char c) { return is_capital(c) || (c >= 'a' && c <= 'z'); }

// What stands before the @, without spaces: between letters they stand for a low line.
CorrectedText corrected_box(std::string_view text) {
  CorrectedText out;
  for (const std::string& word : words_of(text)) {
    if (!out.text.empty() && is_letter(out.text.back()) && is_letter(word.front())) {
      out.text += '_';
      out.guess = "email_low_line_guessed";
      out.left = kGuessedLowLine;
    }
    out.text += word;
  }
  return out;
}

CorrectedText corrected_address(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos) return {std::string(text)};
  CorrectedText out = corrected_box(text.substr(0, at));
  std::string domain(text.substr(at + 1));
  std::erase(domain, ' ');
  const auto* known = std::find(kProviders.begin(), kProviders.end(), domain);
  if (known == kProviders.end()) {
    known = std::find_if(kProviders.begin(), kProviders.end(), [&](std::string_view provider) {
      return provider.size() >= kLeastProvider && differs_by_one(domain, provider);
    });
    if (known != kProviders.end()) {
      domain = *known;
      out.guess = "email_domain_guessed";
      out.left *= kGuessedDomain;
    }
  }
  out.text.append("@").append(domain);
  return out;
}

}  // namespace

CorrectedText corrected(std::string_view text, FieldType type) {
  if (type == FieldType::text) return {corrected_name(text)};
  if (type == FieldType::email) return corrected_address(text);
  return {std::string(text)};
}

std::string with_full_stop(std::string text, std::string_view other) {
  const bool ends_open = !text.empty() && (is_letter(text.back()) || is_digit(text.back()));
  if (ends_open && other.ends_with('.')) text += '.';
  return text;
}

}  // namespace postkamer::extract
