// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/validate/string_rules.h"

#include <algorithm>
#include <array>
#include <string>

#include "pipeline/validate/date_rule.h"
#include "pipeline/validate/iban.h"
#include "pipeline/validate/licence_plate.h"
#include "pipeline/validate/phone_rule.h"

namespace postkamer::validate {
namespace {

using State = StringRule::State;
using Next = std::optional<State>;

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kAlphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }
unsigned digit(char c) { return static_cast<unsigned>(c - '0'); }

// BSN and RSIN, last digit first: the weights count from the right, so digits left out in front
// need no special case. State: count of digits, whether one is not zero, sum modulo 11.
class ElevenRule final : public StringRule {
 public:
  [[nodiscard]] State start() const override { return 0; }
  [[nodiscard]] Next next(State state, char c) const override {
    const State count = state / 32;
    if (!is_digit(c) || count == 9) return std::nullopt;
    // The last digit counts -1, which is 10 modulo 11.
    const State weight = count == 0 ? 10 : count + 1;
    const State sum = (state % 16 + weight * digit(c)) % 11;
    const State has_value = (state & 16u) != 0 || c != '0' ? 16 : 0;
    return (count + 1) * 32 + has_value + sum;
  }
  // Leading zeros are sometimes left out; numbers with two of them are rare.
  [[nodiscard]] double weight(State state) const override {
    if (state % 16 != 0 || (state & 16u) == 0) return 0.0;
    switch (state / 32) {
      case 9: return 1.0;
      case 8: return 0.1;
      case 7: return 0.01;
      default: return 0.0;
    }
  }
  [[nodiscard]] std::string_view alphabet() const override { return kDigits; }
  [[nodiscard]] double density() const override { return 1.0 / 11.0; }
  [[nodiscard]] bool from_right() const override { return true; }
  [[nodiscard]] int max_unsure_cells() const override { return 1; }
};

// 10^k modulo 97 of each position: bank letters (two digits each), account, N, L, check digits.
constexpr std::array<State, 18> make_iban_weights() {
  std::array<State, 18> out{};
  State power = 1;
  for (const std::size_t at :
       {3u, 2u, 1u, 0u, 17u, 16u, 15u, 14u, 13u, 12u, 11u, 10u, 9u, 8u, 7u, 6u, 5u, 4u}) {
    out[at] = power;
    const bool is_letter = at < 2 || (at >= 4 && at < 8);
    power = power * (is_letter ? 100 : 10) % 97;
  }
  return out;
}
constexpr std::array<State, 18> kIbanWeights = make_iban_weights();

// A Dutch IBAN, 18 characters. State: position, bank letters while they are read (then whether the
// bank is known), sum modulo 97 of the digits as they stand after the first four went to the end.
class DutchIbanRule final : public StringRule {
 public:
  [[nodiscard]] State start() const override { return 0; }
  [[nodiscard]] Next next(State state, char c) const override {
    const std::size_t at = state % 32;
    State sum = (state / 32) % 128;
    State bank = state / 4096;
    if (at >= 18) return std::nullopt;
    if (at < 2) {
      if (c != "NL"[at]) return std::nullopt;
    } else if (at >= 4 && at < 8) {
      if (!is_capital(c)) return std::nullopt;
      bank = bank * 32 + static_cast<State>(c - 'A') + 1;
    } else if (!is_digit(c)) {
      return std::nullopt;
    }
    const State value = is_digit(c) ? digit(c) : static_cast<State>(c - 'A') + 10;
    sum = (sum + value * kIbanWeights[at]) % 97;
    if (at == 7) bank = is_known_dutch_bank(letters_of(bank)) ? 1 : 0;
    return bank * 4096 + sum * 32 + (at + 1);
  }
  [[nodiscard]] double weight(State state) const override {
    if (state % 32 != 18 || (state / 32) % 128 != 1) return 0.0;
    return state / 4096 == 1 ? 1.0 : 0.001;  // of 26^4 letter groups only some 80 are banks
  }
  [[nodiscard]] std::string_view alphabet() const override { return kAlphanumeric; }
  [[nodiscard]] double density() const override { return 0.0005; }
  [[nodiscard]] int max_unsure_cells() const override { return 2; }

 private:
  static std::string letters_of(State bank) {
    std::string out;
    for (int shift = 15; shift >= 0; shift -= 5)
      out.push_back(static_cast<char>('A' + ((bank >> shift) & 31u) - 1));
    return out;
  }
};

// Postcode. State: position, and 1 after a first letter S.
class PostcodeRule final : public StringRule {
 public:
  [[nodiscard]] State start() const override { return 0; }
  [[nodiscard]] Next next(State state, char c) const override {
    const State at = state / 2;
    if (at < 4) {
      if (!is_digit(c) || (at == 0 && c == '0')) return std::nullopt;
      return (at + 1) * 2;
    }
    if (at > 5 || !is_capital(c)) return std::nullopt;
    if (at == 4) return 10 + (c == 'S' ? 1 : 0);
    if (state % 2 == 1 && (c == 'A' || c == 'D' || c == 'S')) return std::nullopt;
    return 12;
  }
  [[nodiscard]] double weight(State state) const override { return state == 12 ? 1.0 : 0.0; }
  [[nodiscard]] std::string_view alphabet() const override { return kAlphanumeric; }
  [[nodiscard]] double density() const override { return 0.05; }
};

// Licence plate. The state is the text so far in base 37; the shapes prune it.
class LicencePlateRule final : public StringRule {
 public:
  [[nodiscard]] State start() const override { return 0; }
  [[nodiscard]] Next next(State state, char c) const override {
    std::string text = text_of_state(state);
    if (text.size() == 6 || !(is_digit(c) || is_capital(c))) return std::nullopt;
    text.push_back(c);
    const bool fits = std::ranges::any_of(kSidecodes, [&](std::string_view shape) {
      return std::ranges::equal(text, shape.substr(0, text.size()),
                                [](char a, char s) { return is_digit(a) == (s == '9'); });
    });
    if (!fits) return std::nullopt;
    return state * 37 + (is_digit(c) ? digit(c) + 1 : static_cast<State>(c - 'A') + 11);
  }
  [[nodiscard]] double weight(State state) const override {
    return sidecode_of(text_of_state(state)) != 0 ? 1.0 : 0.0;
  }
  [[nodiscard]] std::string_view alphabet() const override { return kAlphanumeric; }
  [[nodiscard]] double density() const override { return 0.02; }

 private:
  static std::string text_of_state(State state) {
    std::string text;
    for (; state != 0; state /= 37) {
      const auto symbol = static_cast<char>(state % 37 - 1);
      text.push_back(symbol < 10 ? static_cast<char>('0' + symbol)
                                 : static_cast<char>('A' + symbol - 10));
    }
    std::ranges::reverse(text);
    return text;
  }
};

// Hours and minutes, four digits. State: digits so far with a leading 1.
class TimeRule final : public StringRule {
 public:
  [[nodiscard]] State start() const override { return 1; }
  [[nodiscard]] Next next(State state, char c) const override {
    const State digits = state * 10 + digit(c);
    if (!is_digit(c) || digits >= 100'000) return std::nullopt;
    if (digits < 100) return digits % 10 <= 2 ? Next(digits) : std::nullopt;
    if (digits < 1000) return digits % 100 <= 23 ? Next(digits) : std::nullopt;
    if (digits < 10'000) return digits % 10 <= 5 ? Next(digits) : std::nullopt;
    return digits;
  }
  [[nodiscard]] double weight(State state) const override { return state >= 10'000 ? 1.0 : 0.0; }
  [[nodiscard]] std::string_view alphabet() const override { return kDigits; }
  [[nodiscard]] double density() const override { return 0.144; }
};

// Digits without more: `least` to `most` of them.
class DigitsRule final : public StringRule {
 public:
  DigitsRule(std::size_t least, std::size_t most) : least_(least), most_(most) {}
  [[nodiscard]] State start() const override { return 0; }
  [[nodiscard]] Next next(State state, char c) const override {
    return is_digit(c) && state < most_ ? Next(state + 1) : std::nullopt;
  }
  [[nodiscard]] double weight(State state) const override { return state >= least_ ? 1.0 : 0.0; }
  [[nodiscard]] std::string_view alphabet() const override { return kDigits; }
  [[nodiscard]] double density() const override { return 1.0; }

 private:
  std::size_t least_;
  std::size_t most_;
};

}  // namespace

std::unique_ptr<StringRule> rule_for(forms::FieldType type, std::size_t cells,
                                     const DateContext& dates) {
  using forms::FieldType;
  switch (type) {
    case FieldType::bsn:
    case FieldType::rsin: return std::make_unique<ElevenRule>();
    case FieldType::iban: return std::make_unique<DutchIbanRule>();
    case FieldType::postcode: return std::make_unique<PostcodeRule>();
    case FieldType::licence_plate: return std::make_unique<LicencePlateRule>();
    case FieldType::date: return date_rule(cells != 6, dates);
    case FieldType::time: return std::make_unique<TimeRule>();
    case FieldType::phone: return phone_rule();
    case FieldType::kvk: return std::make_unique<DigitsRule>(8, 8);
    case FieldType::digits:
    case FieldType::number:
    case FieldType::amount: return std::make_unique<DigitsRule>(1, cells);
    case FieldType::capitals:
    case FieldType::alphanumeric:
    case FieldType::text:
    case FieldType::email:
    case FieldType::checkbox:
    case FieldType::choice:
    case FieldType::choices:
    case FieldType::signature:
    case FieldType::barcode: return nullptr;
  }
  return nullptr;
}

bool has_foreign_country(const std::vector<CharacterCell>& cells) {
  const auto probability = [&](std::size_t at, std::string_view letter) {
    for (const Alternative& candidate : cells[at].candidates)
      if (candidate.text == letter) return candidate.probability;
    return 0.0;
  };
  if (cells.size() < 15) return false;
  const double dutch = probability(0, "N") + probability(1, "L");
  if (dutch >= 0.2 || cells[0].empty_probability > 0.5) return false;
  // A preprinted NL leaves the comb to start at the check digits: those are no letters.
  return true;
}

}  // namespace postkamer::validate
