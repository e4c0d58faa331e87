// SPDX-License-Identifier: EUPL-1.2
#include "classifiers/letter/kind_reader.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

namespace postkamer::letter {
namespace {

constexpr std::size_t kStem = 7;  // letters of a word that count; as in train.py

// Latin-1 letters U+00C0..U+00FF without their marks; '.' = no letter.
constexpr std::string_view kPlain =
    "aaaaaa.ceeeeiiii.nooooo..uuuuy..aaaaaa.ceeeeiiii.nooooo..uuuuy.y";

std::vector<std::string_view> parts(std::string_view line, char separator) {
  std::vector<std::string_view> out;
  for (std::size_t at = 0; at <= line.size();) {
    const std::size_t end = std::min(line.find(separator, at), line.size());
    out.push_back(line.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

// Independent of the locale; 0 for what is no number.
double number(std::string_view text) {
  double value = 0.0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// The letters of a word in lower case; other signs are dropped.
std::string plain(std::string_view raw) {
  std::string out;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const auto byte = static_cast<unsigned char>(raw[i]);
    if (byte >= 'a' && byte <= 'z')
      out.push_back(raw[i]);
    else if (byte >= 'A' && byte <= 'Z')
      out.push_back(static_cast<char>(byte - 'A' + 'a'));
    else if (byte == 0xC3 && i + 1 < raw.size()) {
      const char c = kPlain[static_cast<unsigned char>(raw[++i]) & 0x3Fu];
      if (c != '.') out.push_back(c);
    }
  }
  return out;
}

std::vector<std::string> stems_of(std::string_view text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = std::min(text.find_first_not_of(" \t\r\n\f", at), text.size());
    const std::size_t end = std::min(text.find_first_of(" \t\r\n\f", start), text.size());
    const std::string_view raw = text.substr(start, end - start);
    at = end;
    if (raw.find("€") != std::string_view::npos) out.emplace_back("eur");
    const std::string word = plain(raw);
    if (word.size() >= 2)
      out.push_back(word.substr(0, kStem));
    else if (raw.find_first_of("0123456789") != std::string_view::npos)
      out.emplace_back("#");
  }
  return out;
}

std::set<std::string> features_of(const std::vector<std::string>& stems) {
  std::set<std::string> out(stems.begin(), stems.end());
  for (std::size_t i = 0; i + 1 < stems.size(); ++i) out.insert(stems[i] + "_" + stems[i + 1]);
  return out;
}

}  // namespace

Result<KindReader> KindReader::create(std::string_view table) {
  KindReader out;
  for (const std::string_view line : parts(table, '\n')) {
    if (line.empty() || line.starts_with("# ")) continue;
    const auto fields = parts(line, '\t');
    const std::string name(fields[0]);
    if (name == "kinds") {
      out.kinds_.assign(fields.begin() + 1, fields.end());
    } else if (name == "temperature" && fields.size() == 2) {
      out.temperature_ = number(fields[1]);
    } else if (name == "floor" && fields.size() == 2) {
      out.floor_ = number(fields[1]);
    } else {
      std::vector<double> row;
      for (std::size_t i = 1; i < fields.size(); ++i) row.push_back(number(fields[i]));
      if (row.size() != out.kinds_.size())
        return fail(ErrorCode::invalid_config, "letter_model_invalid",
                    "the table of letter kinds has a line with too few or too many weights");
      (name == "*" ? out.constant_ : out.weights_[name]) = std::move(row);
    }
  }
  const bool is_whole = !out.kinds_.empty() && out.constant_.size() == out.kinds_.size() &&
                        out.temperature_ > 0.0 && out.floor_ >= 0.0 && out.floor_ < 1.0;
  if (!is_whole)
    return fail(ErrorCode::invalid_config, "letter_model_invalid",
                "the table of letter kinds lacks its kinds, constants or temperature");
  return out;
}

std::vector<Alternative> KindReader::read(std::string_view text) const {
  const auto stems = stems_of(text);
  if (stems.size() < kFewestWords) return {};
  std::vector<double> scores = constant_;
  for (const std::string& feature : features_of(stems))
    if (const auto found = weights_.find(feature); found != weights_.end())
      for (std::size_t k = 0; k < scores.size(); ++k) scores[k] += found->second[k];
  const double highest = *std::ranges::max_element(scores);
  double sum = 0.0;
  for (double& score : scores) sum += score = std::exp((score - highest) / temperature_);
  std::vector<Alternative> out;
  for (std::size_t k = 0; k < scores.size(); ++k)
    out.push_back({kinds_[k],
                   (1.0 - floor_) * scores[k] / sum + floor_ / static_cast<double>(kinds_.size())});
  std::ranges::stable_sort(out, [](const Alternative& a, const Alternative& b) {
    return a.probability > b.probability;
  });
  return out;
}

}  // namespace postkamer::letter
