// SPDX-License-Identifier: EUPL-1.2
#include "workers/wire/model_json.h"

#include <random>
#include <string>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "workers/wire/utf8.h"

namespace postkamer::wire {
namespace {

using nlohmann::json;

// Random values of every type, seeded.
class Maker {
 public:
  explicit Maker(unsigned seed) : random_(seed) {}

  int number(int most) { return static_cast<int>(random_() % static_cast<unsigned>(most + 1)); }
  double real() { return std::uniform_real_distribution<>(-3000.0, 3000.0)(random_); }
  double share() { return std::uniform_real_distribution<>(0.0, 1.0)(random_); }
  bool coin() { return number(1) == 1; }
  std::string text() {
    static const std::vector<std::string> kPieces{
        "a", "Z", "9", " ", "é", "€", "\"", "\\", "\n", "𝄞", "\xEF\xBF\xBD", ""};
    std::string out;
    for (int i = number(6); i > 0; --i) out += kPieces[static_cast<std::size_t>(number(11))];
    return out;
  }
  Rect rect() { return {real(), real(), real(), real()}; }
  Transform transform() {
    Transform out;
    for (double& each : out.m) each = real();
    return out;
  }
  Findings findings() {
    Findings out;
    for (int i = number(3); i > 0; --i)
      out.push_back(
          {text(), text(), number(9), coin() ? Severity::doubt : Severity::notice, text()});
    return out;
  }
  Value value() {
    switch (number(3)) {
      case 0: return {};
      case 1: return coin();
      case 2: return text();
      default: return std::vector<std::string>{text(), text()};
    }
  }
  FormCandidate candidate() {
    FormCandidate out{text(),  text(), number(5), static_cast<QuarterTurn>(number(3)),
                      share(), text(), {}};
    if (coin()) out.mm_to_upright = transform();
    return out;
  }
  std::vector<Alternative> alternatives() {
    std::vector<Alternative> out;
    for (int i = number(3); i > 0; --i) out.push_back({text(), share()});
    return out;
  }
  Reading reading() {
    Reading out;
    out.field = text();
    out.page = number(4);
    out.value = value();
    out.raw = text();
    out.alternatives = alternatives();
    for (int i = number(3); i > 0; --i) out.cells.push_back({alternatives(), share()});
    out.probability = share();
    out.method = static_cast<Method>(number(7));
    out.box = rect();
    out.findings = findings();
    return out;
  }
  DecodedPage decoded() {
    DecodedPage out;
    out.index = number(100);
    out.original.format = static_cast<PictureFormat>(number(2));
    out.original.width = number(9000);
    out.original.height = number(9000);
    out.original.dpi = {real()};
    out.original.is_bilevel = coin();
    out.codes = {{text(), text(), rect(), {real()}}};
    out.kind = static_cast<PageKind>(number(2));
    if (coin()) out.separator = Separator{text(), text()};
    out.ink_share = share();
    out.findings = findings();
    return out;
  }
  RecognisedPage recognised() {
    RecognisedPage out;
    for (int i = number(5); i > 0; --i)
      out.words.push_back({text(), rect(), share(), number(9), number(99)});
    out.turn = static_cast<QuarterTurn>(number(3));
    out.engine = text();
    return out;
  }

 private:
  std::mt19937 random_;
};

// Through text, as on the wire, and back: the JSON of what comes back is the same.
template <class T>
void expect_round_trip(const T& value) {
  const json there = to_json(value);
  const auto back = from_json<T>(json::parse(there.dump()));
  ASSERT_TRUE(back.has_value()) << back.error().message << ' ' << there.dump();
  EXPECT_EQ(to_json(*back), there);
}

TEST(ModelJson, brings_every_type_back_as_it_was) {
  Maker make(42);
  for (int i = 0; i < 200; ++i) {
    expect_round_trip(make.decoded());
    expect_round_trip(make.reading());
    expect_round_trip(make.recognised());
    expect_round_trip(make.candidate());
    expect_round_trip(make.findings());
    expect_round_trip(make.value());
    expect_round_trip(make.transform());
    expect_round_trip(make.rect());
    Classification classification{{}, {make.candidate(), make.candidate()}, make.findings()};
    if (make.coin()) classification.form = make.candidate();
    expect_round_trip(classification);
    UprightPage upright;
    upright.upright.dpi = {make.real()};
    upright.upright.is_bilevel = make.coin();
    upright.original_to_upright = make.transform();
    upright.skew = {make.real()};
    upright.skew_confidence = make.share();
    upright.quality = {make.real(), make.share(), make.share(), make.share(), make.number(4)};
    upright.findings = make.findings();
    expect_round_trip(upright);
    expect_round_trip(extract::Registration{make.transform(), make.transform(), make.share(),
                                            make.share(), make.number(500)});
    expect_round_trip(std::vector<Reading>{make.reading(), make.reading()});
  }
}

TEST(ModelJson, loses_nothing_of_the_parts_that_can_be_compared) {
  Maker make(7);
  for (int i = 0; i < 100; ++i) {
    const Reading reading = make.reading();
    const auto back = from_json<Reading>(to_json(reading));
    ASSERT_TRUE(back);
    EXPECT_EQ(back->value, reading.value);
    EXPECT_EQ(back->findings, reading.findings);
    EXPECT_EQ(back->box, reading.box);
    EXPECT_EQ(back->probability, reading.probability);
    EXPECT_EQ(back->method, reading.method);
    ASSERT_EQ(back->cells.size(), reading.cells.size());
    const RecognisedPage page = make.recognised();
    const auto words = from_json<RecognisedPage>(to_json(page));
    ASSERT_TRUE(words);
    ASSERT_EQ(words->words.size(), page.words.size());
    for (std::size_t w = 0; w < page.words.size(); ++w) {
      EXPECT_EQ(words->words[w].text, page.words[w].text);
      EXPECT_EQ(words->words[w].box, page.words[w].box);
      EXPECT_EQ(words->words[w].line, page.words[w].line);
    }
  }
}

TEST(ModelJson, leaves_the_bytes_of_a_picture_out) {
  Picture picture;
  picture.bytes = {1, 2, 3};
  EXPECT_LT(to_json(picture).dump().size(), 100u);
  EXPECT_TRUE(from_json<Picture>(to_json(picture))->bytes.empty());
}

template <class T>
void expect_refused(const std::string& text) {
  const auto out = from_json<T>(json::parse(text));
  ASSERT_FALSE(out.has_value()) << text;
  EXPECT_EQ(out.error().reason, "json_malformed");
}

TEST(ModelJson, refuses_what_is_no_such_value) {
  expect_refused<Rect>("[1,2,3]");
  expect_refused<Rect>("[1,2,3,\"4\"]");
  expect_refused<Rect>("{\"x\":1}");
  expect_refused<Transform>("[1,2,3,4,5,6,7,8]");
  expect_refused<Word>("[\"a\",1,2,3,4,0.5,0]");
  expect_refused<Word>("[\"a\",1,2,3,4,0.5,0,1.5]");
  expect_refused<Value>("7");
  expect_refused<Value>("[\"a\",1]");
  expect_refused<Findings>("{}");
  expect_refused<Reading>("null");
  expect_refused<std::vector<Reading>>("[[]]");
}

TEST(ModelJson, refuses_numbers_that_do_not_fit) {
  for (const char* page : {"2147483648", "-2147483649", "18446744073709551615", "1e3", "1.5",
                           "null", "\"1\"", "true"}) {
    json finding = to_json(Finding{"code", "field", 1, Severity::doubt, ""});
    finding["page"] = json::parse(page);
    EXPECT_FALSE(from_json<Finding>(finding)) << page;
  }
  json candidate = to_json(FormCandidate{});
  candidate["turn"] = 4;
  EXPECT_FALSE(from_json<FormCandidate>(candidate));
  Picture broken;
  broken.dpi = {std::numeric_limits<double>::quiet_NaN()};
  EXPECT_FALSE(from_json<Picture>(json::parse(to_json(broken).dump())));
}

// Every member taken out, and replaced by a value of another type, in turn and at every depth.
void spoil(const json& whole, const json::json_pointer& at, std::vector<json>& out) {
  static const std::vector<json> kOthers{nullptr, 1e300, -1, "?", json::array(), json::object()};
  const json& here = whole.at(at);
  for (const json& other : kOthers) {
    if (other.type() == here.type()) continue;
    out.push_back(whole);
    out.back().at(at) = other;
  }
  if (here.is_object()) {
    for (const auto& [name, member] : here.items()) {
      out.push_back(whole);
      out.back().at(at).erase(name);
      spoil(whole, at / name, out);
    }
  } else if (here.is_array()) {
    for (std::size_t i = 0; i < here.size(); ++i) spoil(whole, at / i, out);
  }
}

TEST(ModelJson, never_throws_and_names_the_member_that_is_wrong) {
  Maker make(3);
  DecodedPage page = make.decoded();
  page.separator = Separator{"code", "x"};
  std::vector<json> spoiled;
  spoil(to_json(page), json::json_pointer(), spoiled);
  ASSERT_GT(spoiled.size(), 100u);
  for (const json& each : spoiled) EXPECT_NO_THROW((void)from_json<DecodedPage>(each));
  spoiled.clear();
  spoil(to_json(make.reading()), json::json_pointer(), spoiled);
  for (const json& each : spoiled) EXPECT_NO_THROW((void)from_json<Reading>(each));

  json wrong = to_json(page);
  wrong["original"]["width"] = "broad";
  const auto out = from_json<DecodedPage>(wrong);
  ASSERT_FALSE(out);
  EXPECT_THAT(out.error().message, ::testing::HasSubstr("original.width is no integer"));
  EXPECT_THAT(out.error().message, ::testing::Not(::testing::HasSubstr("broad")));
}

TEST(ModelJson, requires_every_member) {
  const json whole = to_json(DecodedPage{});
  for (const auto& [name, member] : whole.items()) {
    json without = whole;
    without.erase(name);
    EXPECT_FALSE(from_json<DecodedPage>(without)) << name;
  }
}

TEST(ModelJson, ignores_members_that_nobody_knows) {
  json finding = to_json(Finding{"code", "field", 1, Severity::notice, ""});
  finding["later"] = 1;
  EXPECT_TRUE(from_json<Finding>(finding));
}

TEST(Utf8, is_cut_between_letters) {
  EXPECT_EQ(beginning("één", 8), "één");
  EXPECT_EQ(beginning("één", 5), "één");
  EXPECT_EQ(beginning("één", 4), "éé");
  EXPECT_EQ(beginning("één", 3), "é");
  EXPECT_EQ(beginning("𝄞", 3), "");
  EXPECT_EQ(beginning("", 0), "");
}

TEST(Utf8, keeps_text_and_replaces_what_is_none) {
  EXPECT_EQ(utf8("één € 𝄞"), "één € 𝄞");
  EXPECT_EQ(utf8("\xFF"), "\xEF\xBF\xBD");
  EXPECT_EQ(utf8("a\xC3"), "a\xEF\xBF\xBD");
  EXPECT_EQ(utf8("\xC0\xAF"), "\xEF\xBF\xBD\xEF\xBF\xBD");                  // overlong slash
  EXPECT_EQ(utf8("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");  // surrogate
  EXPECT_EQ(utf8("\xF4\x90\x80\x80").size(), 12u);                          // above U+10FFFF
  for (int first = 0; first < 256; ++first)
    for (int second = 0; second < 256; ++second) {
      const std::string bytes{static_cast<char>(first), static_cast<char>(second)};
      EXPECT_NO_THROW((void)json(utf8(bytes)).dump());
    }
}

TEST(ModelJson, survives_a_barcode_that_is_no_text) {
  const json code = to_json(Code{"qr",
                                 "\xFF\xFE"
                                 "A",
                                 {},
                                 {}});
  EXPECT_NO_THROW((void)code.dump());
}

}  // namespace
}  // namespace postkamer::wire
