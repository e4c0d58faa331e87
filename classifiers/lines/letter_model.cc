// SPDX-License-Identifier: EUPL-1.2
#include "classifiers/lines/letter_model.h"

#include <algorithm>

namespace postkamer::lines {
namespace {

constexpr int kBits = 6;
constexpr std::uint32_t kContextMask = (1u << (4 * kBits)) - 1;
constexpr double kCostUnit = 16.0;
constexpr double kShorter = -0.9;  // a symbol of context less
constexpr double kUnseen = -12.0;
constexpr std::string_view kMarks = " .-',@_/";
constexpr int kDigit = 27;
constexpr int kFirstMark = 28;
constexpr int kOther = kFirstMark + static_cast<int>(kMarks.size());

// Latin-1 letters U+00C0..U+00FF without their marks.
constexpr std::string_view kPlain =
    "aaaaaa?ceeeeiiii?nooooo?ouuuuy??aaaaaa?ceeeeiiii?nooooo?ouuuuy?y";

tl::unexpected<Error> invalid() {
  return fail(
      ErrorCode::invalid_config, "letters_invalid",
      "while loading the letters of Dutch lines: letters.bin is not what letters.py writes; "
      "install the letters.bin of this release");
}

std::uint32_t number_at(ByteView table, std::size_t at) {
  std::uint32_t out = 0;
  for (std::size_t i = 4; i-- > 0;) out = out << 8u | static_cast<std::uint8_t>(table[at + i]);
  return out;
}

}  // namespace

Result<LetterModel> LetterModel::parse(ByteView table) {
  LetterModel model;
  std::size_t at = 0;
  for (Sequences& sequences : model.by_length_) {
    if (table.size() - at < 4) return invalid();
    const std::size_t count = number_at(table, at);
    at += 4;
    if (count == 0 || (table.size() - at) / 5 < count) return invalid();
    for (std::size_t i = 0; i < count; ++i) sequences.keys.push_back(number_at(table, at + 4 * i));
    at += 4 * count;
    for (std::size_t i = 0; i < count; ++i)
      sequences.costs.push_back(static_cast<std::uint8_t>(table[at + i]));
    at += count;
    if (!std::is_sorted(sequences.keys.begin(), sequences.keys.end())) return invalid();
  }
  if (at != table.size()) return invalid();
  return model;
}

int LetterModel::symbol_of(std::string_view character) {
  if (character.size() == 1) {
    const char c = character.front();
    if (c >= 'a' && c <= 'z') return c - 'a' + 1;
    if (c >= 'A' && c <= 'Z') return c - 'A' + 1;
    if (c >= '0' && c <= '9') return kDigit;
    const std::size_t mark = kMarks.find(c);
    return mark == std::string_view::npos ? kOther : kFirstMark + static_cast<int>(mark);
  }
  if (character.size() == 2 && static_cast<unsigned char>(character[0]) == 0xC3) {
    const char plain = kPlain[static_cast<unsigned char>(character[1]) & 0x3Fu];
    if (plain != '?') return plain - 'a' + 1;
  }
  return kOther;
}

LetterModel::Context LetterModel::then(Context context, int symbol) {
  return (context << kBits | static_cast<Context>(symbol)) & kContextMask;
}

double LetterModel::log_next(Context context, int symbol) const {
  double penalty = 0.0;
  for (std::size_t length = kLongest; length > 0; --length, penalty += kShorter) {
    const Sequences& sequences = by_length_[length - 1];
    const std::uint32_t mask = (std::uint32_t{1} << (kBits * (length - 1))) - 1;
    const std::uint32_t key = (context & mask) << kBits | static_cast<std::uint32_t>(symbol);
    const auto found = std::lower_bound(sequences.keys.begin(), sequences.keys.end(), key);
    if (found == sequences.keys.end() || *found != key) continue;
    const auto cost = sequences.costs[static_cast<std::size_t>(found - sequences.keys.begin())];
    return std::max(kUnseen, penalty - cost / kCostUnit);
  }
  return kUnseen;
}

double LetterModel::log_share(std::string_view text) const {
  double sum = 0.0;
  Context context = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = static_cast<unsigned char>(text[at]) < 0x80 ? 1 : 2;
    const int symbol = symbol_of(text.substr(at, length));
    sum += log_next(context, symbol);
    context = then(context, symbol);
    at += length;
  }
  return sum + log_next(context, 0);
}

}  // namespace postkamer::lines
