// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/validate/phone_rule.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace postkamer::validate {
namespace {

using State = StringRule::State;
using Next = std::optional<State>;

// What stands after the 0: area codes of two and of three digits, numbers without a place, and the
// first two digits of mobile numbers. Numbering plan for telephony (Nummerplan telefoon- en
// ISDN-diensten).
constexpr std::array<std::string_view, 151> kPrefixes{
    "10",  "111", "113", "114", "115", "117", "118", "13",  "15",  "161", "162", "164", "165",
    "166", "167", "168", "172", "174", "180", "181", "182", "183", "184", "186", "187", "20",
    "222", "223", "224", "226", "227", "228", "229", "23",  "24",  "251", "252", "255", "26",
    "294", "297", "299", "30",  "313", "314", "315", "316", "317", "318", "320", "321", "33",
    "341", "342", "343", "344", "345", "346", "347", "348", "35",  "36",  "38",  "40",  "411",
    "412", "413", "416", "418", "43",  "45",  "46",  "475", "478", "481", "485", "486", "487",
    "488", "492", "493", "495", "497", "499", "50",  "511", "512", "513", "514", "515", "516",
    "517", "518", "519", "521", "522", "523", "524", "525", "527", "528", "529", "53",  "541",
    "543", "544", "545", "546", "547", "548", "55",  "561", "562", "566", "570", "571", "572",
    "573", "575", "577", "578", "58",  "591", "592", "593", "594", "595", "596", "597", "598",
    "599", "61",  "62",  "63",  "64",  "65",  "68",  "70",  "71",  "72",  "73",  "74",  "75",
    "76",  "77",  "78",  "79",  "84",  "85",  "87",  "88"};

// Relative weights of a number. Of those that may exist a third is mobile (six of some eighteen
// millions of tens), of those that people write down about two in three: a cautious guess.
constexpr double kMobile = 2.0;
constexpr double kOther = 0.5;

constexpr std::size_t kTold = 3;  // digits after the 0 that tell where a number is
constexpr State kDigits = 10;

// State: 1000 times the count of digits of the national number with its 0, and the first three
// after it; beyond kPlus: + and 3 read so far.
constexpr State kPlus = 100'000;

class PhoneRule final : public StringRule {
 public:
  [[nodiscard]] State start() const override { return 0; }
  [[nodiscard]] Next next(State state, char c) const override {
    if (state >= kPlus) {  // +, 3, 1, then as after the 0
      const State read = state - kPlus;
      if (read == 0 && c == '3') return kPlus + 1;
      if (read == 1 && c == '1') return State{1000};
      return std::nullopt;
    }
    if (state == 0 && c == '+') return kPlus;
    const State count = state / 1000;
    if (c < '0' || c > '9' || count >= kDigits) return std::nullopt;
    if (count == 0) return c == '0' ? Next(1000) : std::nullopt;
    if (count > kTold) return state + 1000;
    const State first = state % 1000 * 10 + static_cast<State>(c - '0');
    std::string digits = std::to_string(first);
    digits.insert(0, count - digits.size(), '0');
    if (!may_begin_phone(digits)) return std::nullopt;
    return (count + 1) * 1000 + first;
  }
  [[nodiscard]] double weight(State state) const override {
    if (state / 1000 != kDigits) return 0.0;
    return state % 1000 / 100 == 6 ? kMobile : kOther;
  }
  [[nodiscard]] std::string_view alphabet() const override { return "0123456789+"; }
  [[nodiscard]] double density() const override { return 0.018; }
};

}  // namespace

bool may_begin_phone(std::string_view digits) {
  digits = digits.substr(0, kTold);
  return std::ranges::any_of(kPrefixes, [&](std::string_view prefix) {
    return digits.starts_with(prefix) || prefix.starts_with(digits);
  });
}

std::unique_ptr<StringRule> phone_rule() { return std::make_unique<PhoneRule>(); }

}  // namespace postkamer::validate
