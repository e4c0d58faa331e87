// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/forms/draft_labels.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <iterator>
#include <numeric>
#include <string_view>

namespace postkamer::forms {
namespace {

constexpr double kWordGap = 3.2;    // mm: more space than this ends a label
constexpr double kFarthest = 60.0;  // mm between a label at the left and its box
constexpr double kAbove = 3.5;      // mm between a label above and its box

bool on_same_row(const Rect& word, const Rect& box) {
  const double middle = word.centre().y;
  return middle > box.y - 0.8 && middle < box.bottom() + 0.8;
}

Label joined(std::vector<PrintedWord> words) {
  std::sort(words.begin(), words.end(), [](const PrintedWord& a, const PrintedWord& b) {
    const bool is_same_line = std::abs(a.box.centre().y - b.box.centre().y) < 1.6;
    return is_same_line ? a.box.x < b.box.x : a.box.y < b.box.y;
  });
  Label label;
  for (const PrintedWord& word : words) {
    label.box = label.text.empty() ? word.box : united(label.box, word.box);
    label.text += (label.text.empty() ? "" : " ") + word.text;
  }
  while (!label.text.empty() && (label.text.back() == ':' || label.text.back() == ' '))
    label.text.pop_back();
  return label;
}

bool crosses(const Rect& other, double from, double to, const Rect& row) {
  return other.right() > from && other.x < to && other.centre().y > row.y - 2 &&
         other.centre().y < row.bottom() + 2;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

struct Hint {
  std::string_view word;
  FieldType type;
};

// Looked for in this order in the label, in lower case.
constexpr std::array kHints{
    Hint{"iban", FieldType::iban},
    Hint{"rekeningnummer", FieldType::iban},
    Hint{"burgerservice", FieldType::bsn},
    Hint{"bsn", FieldType::bsn},
    Hint{"rsin", FieldType::rsin},
    Hint{"kvk", FieldType::kvk},
    Hint{"postcode", FieldType::postcode},
    Hint{"kenteken", FieldType::licence_plate},
    Hint{"datum", FieldType::date},
    Hint{"date", FieldType::date},
    Hint{"telefoon", FieldType::phone},
    Hint{"phone", FieldType::phone},
    Hint{"e-mail", FieldType::email},
    Hint{"email", FieldType::email},
    Hint{"bedrag", FieldType::amount},
    Hint{"saldo", FieldType::amount},
    Hint{"€", FieldType::amount},
    Hint{"handtekening", FieldType::signature},
    Hint{"signature", FieldType::signature},
    Hint{"voorletters", FieldType::capitals},
    Hint{"nummer", FieldType::digits},
    Hint{"aantal", FieldType::number},
};

// Whether a comb of so many cells can be of this type; the loader would refuse others.
bool fits_cells(FieldType type, int cells) {
  switch (type) {
    case FieldType::bsn:
    case FieldType::rsin: return cells == 9;
    case FieldType::kvk: return cells == 8;
    case FieldType::postcode:
    case FieldType::licence_plate: return cells == 6;
    case FieldType::date: return cells >= 6 && cells <= 8;
    case FieldType::iban: return cells >= 18 && cells <= 34;
    case FieldType::phone: return cells >= 10 && cells <= 15;
    case FieldType::signature: return false;
    default: return true;
  }
}

}  // namespace

Labels::Labels(std::vector<PrintedWord> words) : words_(std::move(words)) {
  std::copy_if(words_.begin(), words_.end(), std::back_inserter(currency_),
               [](const PrintedWord& word) { return word.text == "€"; });
  std::erase_if(words_, [](const PrintedWord& word) { return word.text == "€"; });
  // The dashes and commas between cells name nothing.
  std::erase_if(words_, [](const PrintedWord& word) {
    return std::none_of(word.text.begin(), word.text.end(),
                        [](unsigned char c) { return std::isalnum(c) != 0 || c >= 0x80; });
  });
}

Label Labels::right_of(const Rect& box, double limit) const {
  std::vector<PrintedWord> row;
  for (const PrintedWord& word : words_)
    if (on_same_row(word.box, grown(box, -0.5)) && word.box.x > box.right() - 0.3 &&
        word.box.x < limit)
      row.push_back(word);
  std::sort(row.begin(), row.end(),
            [](const PrintedWord& a, const PrintedWord& b) { return a.box.x < b.box.x; });
  std::vector<PrintedWord> label;
  double end = box.right() + 1.5;
  for (const PrintedWord& word : row) {
    if (word.box.x - end > kWordGap) break;
    label.push_back(word);
    end = word.box.right();
  }
  return joined(std::move(label));
}

Label Labels::left_of(const Rect& box, const std::vector<Rect>& others) const {
  std::vector<PrintedWord> row;
  for (const PrintedWord& word : words_)
    if (on_same_row(word.box, box) && word.box.right() < box.x + 0.5) row.push_back(word);
  std::sort(row.begin(), row.end(), [](const PrintedWord& a, const PrintedWord& b) {
    return a.box.right() > b.box.right();
  });
  std::vector<PrintedWord> label;
  double start = box.x;
  for (const PrintedWord& word : row) {
    const double gap = start - word.box.right();
    if (label.empty() ? gap > kFarthest : gap > kWordGap) break;
    const bool is_cut = std::any_of(others.begin(), others.end(), [&](const Rect& other) {
      return crosses(other, word.box.right() - 0.5, start, box);
    });
    if (is_cut) break;
    label.push_back(word);
    start = std::min(start, word.box.x);
  }
  return joined(std::move(label));
}

Label Labels::above(const Rect& box) const {
  std::vector<PrintedWord> row;
  double level = -1;
  for (const PrintedWord& word : words_) {
    const double gap = box.y - word.box.bottom();
    if (gap < -0.6 || gap > kAbove || word.box.x < box.x - 2.5) continue;
    if (word.box.x > std::max(box.right(), box.x + 40)) continue;
    level = std::max(level, word.box.centre().y);
    row.push_back(word);
  }
  std::erase_if(row,
                [&](const PrintedWord& w) { return std::abs(w.box.centre().y - level) > 1.2; });
  std::sort(row.begin(), row.end(),
            [](const PrintedWord& a, const PrintedWord& b) { return a.box.x < b.box.x; });
  std::vector<PrintedWord> label;
  for (const PrintedWord& word : row) {
    if (label.empty() ? word.box.x > box.x + 6 : word.box.x - label.back().box.right() > kWordGap)
      break;
    label.push_back(word);
  }
  return joined(std::move(label));
}

Label Labels::of(const Rect& box, const std::vector<Rect>& others) const {
  const Label left = left_of(box, others);
  const Label top = above(box);
  if (left.text.empty()) return top;
  // Above and close beats far to the left: the left one then belongs to another field.
  const bool is_far = box.x - left.box.right() > 30.0;
  return !top.text.empty() && is_far ? top : left;
}

bool Labels::has_currency(const Rect& box) const {
  return std::any_of(currency_.begin(), currency_.end(), [&](const PrintedWord& sign) {
    const double gap = box.x - sign.box.right();
    return on_same_row(sign.box, box) && gap > -0.5 && gap < 4.0;
  });
}

std::string name_from(const std::string& label, std::set<std::string>& taken) {
  std::string name;
  bool starts_word = false;
  for (const char c : label) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '(') break;  // explanations make no good keys
    if (std::isalnum(byte) != 0 && byte < 0x80) {
      if (name.empty() && std::isdigit(byte) != 0) continue;
      name +=
          static_cast<char>(starts_word && !name.empty() ? std::toupper(byte) : std::tolower(byte));
      starts_word = false;
    } else {
      starts_word = true;
    }
    if (name.size() >= 40) break;
  }
  if (name.empty()) name = "field";
  std::string unique = name;
  for (int i = 2; !taken.insert(unique).second; ++i) unique = name + std::to_string(i);
  return unique;
}

FieldType type_from(const std::string& label, const std::vector<int>& groups) {
  const int cells = std::accumulate(groups.begin(), groups.end(), 0);
  if (groups == std::vector<int>{2, 2, 4}) return FieldType::date;
  if (groups == std::vector<int>{4, 4, 4, 4, 2}) return FieldType::iban;
  const std::string words = lower(label);
  for (const Hint& hint : kHints)
    if (words.find(hint.word) != std::string::npos && (cells == 0 || fits_cells(hint.type, cells)))
      return cells == 0 && hint.type != FieldType::email && hint.type != FieldType::signature
                 ? FieldType::text
                 : hint.type;
  if (groups == std::vector<int>{4, 2}) return FieldType::postcode;
  return cells == 0 ? FieldType::text : FieldType::alphanumeric;
}

}  // namespace postkamer::forms
