// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/lexica.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>
#include <vector>

#include "workers/host/files.h"

namespace postkamer::host {
namespace {

using validate::LexiconEntry;
using validate::PostcodeRange;

// Takes CSV apart, one line at a time.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {
    constexpr std::string_view kMark = "\xEF\xBB\xBF";  // a spreadsheet's byte order mark
    if (text_.starts_with(kMark)) text_.remove_prefix(kMark.size());
    const std::string_view first = text_.substr(0, text_.find('\n'));
    for (const char c : {',', '\t', ';'})
      if (first.find(c) != std::string_view::npos) separator_ = c;
  }

  // The values of the next line; false at the end. A quoted value may hold separators and line
  // ends.
  bool next(std::vector<std::string>& values) {
    values.clear();
    if (text_.empty()) return false;
    values.emplace_back();
    bool is_quoted = false;
    std::size_t at = 0;
    for (; at < text_.size(); ++at) {
      const char c = text_[at];
      if (c == '"' && is_quoted && at + 1 < text_.size() && text_[at + 1] == '"')
        values.back().push_back(text_[at++]);
      else if (c == '"' && (is_quoted || values.back().empty()))
        is_quoted = !is_quoted;
      else if (c == separator_ && !is_quoted)
        values.emplace_back();
      else if (c == '\n' && !is_quoted)
        break;
      else if (c != '\r')
        values.back().push_back(c);
    }
    text_.remove_prefix(std::min(at + 1, text_.size()));
    return true;
  }

 private:
  std::string_view text_;
  char separator_ = ';';
};

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.back())) text.pop_back();
  return text;
}

std::optional<std::size_t> column_of(const std::vector<std::string>& head,
                                     std::span<const std::string_view> names) {
  for (std::size_t i = 0; i < head.size(); ++i)
    if (std::ranges::find(names, lower(head[i])) != names.end()) return i;
  return std::nullopt;
}

std::optional<int> four_digits(std::string_view text) {
  int code = 0;
  if (text.size() < 4) return std::nullopt;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + 4, code);
  return failed == std::errc() && end == text.data() + 4 ? std::optional(code) : std::nullopt;
}

// "8011-8045 8051", "8011 AB": whatever does not start with four digits is passed over.
std::vector<PostcodeRange> ranges_of(std::string_view text) {
  std::vector<PostcodeRange> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(" ,|"), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto first = four_digits(word);
    if (!first) continue;
    const auto last = word.size() == 9 && word[4] == '-' ? four_digits(word.substr(5)) : first;
    if (last && *last >= *first) out.push_back({*first, *last});
  }
  return out;
}

bool is_utf8(std::string_view text) {
  std::size_t more = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (more > 0 && (byte & 0xC0u) != 0x80u) return false;
    if (more > 0)
      --more;
    else if (byte >= 0xF8u || (byte & 0xC0u) == 0x80u)
      return false;
    else if (byte >= 0xC0u)
      more = byte >= 0xF0u ? 3 : byte >= 0xE0u ? 2 : 1;
  }
  return more == 0;
}

struct Columns {
  std::size_t words = 0;
  std::optional<std::size_t> weight;
  std::optional<std::size_t> postcodes;
};

Result<Columns> columns_of(const std::vector<std::string>& head, const LexiconSettings& settings) {
  constexpr std::array<std::string_view, 2> kNames{"name", "naam"};
  constexpr std::array<std::string_view, 2> kWeights{"weight", "gewicht"};
  constexpr std::array<std::string_view, 2> kPostcodes{"postcode", "postcodes"};
  const std::string asked = lower(settings.column);
  const std::array<std::string_view, 1> asked_names{asked};
  Columns out;
  const auto words = asked.empty() ? column_of(head, kNames) : column_of(head, asked_names);
  if (!words && !asked.empty())
    return fail(ErrorCode::invalid_config, "lexicon_invalid",
                "the first line names no column \"" + settings.column + "\"");
  out.words = words.value_or(0);
  out.weight = column_of(head, kWeights);
  // In a list of addresses a postcode belongs to the address, not to a place.
  if (asked.empty()) out.postcodes = column_of(head, kPostcodes);
  return out;
}

std::string value_at(const std::vector<std::string>& values, std::optional<std::size_t> at) {
  return at && *at < values.size() ? values[*at] : std::string();
}

}  // namespace

Result<validate::Lexicon> parse_lexicon(std::string_view csv, const LexiconSettings& settings) {
  if (!is_utf8(csv))
    return fail(ErrorCode::invalid_config, "lexicon_invalid",
                "the list is not UTF-8; save it as CSV UTF-8");
  Lines lines(csv);
  std::vector<std::string> values;
  lines.next(values);
  PK_TRY(columns, columns_of(values, settings));
  std::vector<LexiconEntry> entries;
  while (lines.next(values)) {
    LexiconEntry entry;
    entry.text = value_at(values, columns.words);
    const std::string written = value_at(values, columns.weight);
    double weight = 0.0;
    std::from_chars(written.data(), written.data() + written.size(), weight);
    if (weight > 0.0) entry.weight = weight;
    entry.postcodes = ranges_of(value_at(values, columns.postcodes));
    if (!entry.text.empty()) entries.push_back(std::move(entry));
  }
  validate::Lexicon lexicon(std::move(entries), settings.coverage);
  if (lexicon.size() == 0)
    return fail(ErrorCode::invalid_config, "lexicon_invalid",
                "the list holds no words; its first line must name the columns");
  return lexicon;
}

Result<validate::Lexica> load_lexica(const Settings& settings) {
  validate::Lexica out;
  for (const auto& [name, list] : settings.lexica) {
    PK_TRY(bytes, read_file(list.file));
    auto lexicon = parse_lexicon(text_of(bytes), list);
    if (!lexicon)
      return tl::unexpected(
          while_doing("reading the word list " + list.file.string(), std::move(lexicon).error()));
    out.emplace(name, std::move(*lexicon));
  }
  return out;
}

}  // namespace postkamer::host
