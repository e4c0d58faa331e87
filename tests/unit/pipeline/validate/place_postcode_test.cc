// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/validate/place_postcode.h"

#include <gmock/gmock.h>

#include "pipeline/validate/validate.h"

namespace postkamer::validate {
namespace {

using ::testing::Contains;
using ::testing::Field;
using ::testing::Not;

Lexica lexica() {
  return {{"places", Lexicon({{"Zwolle", 1, {{8011, 8045}}},
                              {"Venlo", 1, {{5911, 5928}}},
                              {"Ede", 1, {{6711, 6718}}},
                              {"Elders", 1, {{1011, 4999}}}},
                             0.97)},
          {"surnames", Lexicon({{"Jansen", 1, {}}}, 0.8)}};
}

forms::Field field(const char* name, forms::FieldType type, const char* lexicon = "") {
  forms::Field out;
  out.name = name;
  out.type = type;
  out.lexicon = lexicon;
  return out;
}

forms::Form form() {
  forms::Form out;
  out.fields = {field("postcode", forms::FieldType::postcode),
                field("plaats", forms::FieldType::text, "places")};
  return out;
}

Reading reading(const char* name, const std::string& value, double probability) {
  Reading out;
  out.field = name;
  out.value = value;
  out.raw = value;
  out.probability = probability;
  out.method = Method::printed_text;
  out.alternatives = {{value, probability}};
  return out;
}

std::vector<FieldResult> read(const std::string& postcode, double p, const std::string& place,
                              double q) {
  return validate(form(), {reading("postcode", postcode, p), reading("plaats", place, q)}, "",
                  lexica())
      .fields;
}

TEST(PlacePostcode, agreement_makes_both_surer) {
  const auto fields = read("8021 EV", 0.90, "Zwolle", 0.90);
  EXPECT_GT(fields[0].probability, 0.93);
  EXPECT_LT(fields[0].probability, 0.99) << "a place knows nothing of the letters";
  EXPECT_GT(fields[1].probability, 0.999);
  EXPECT_TRUE(fields[1].accepted);
}

TEST(PlacePostcode, disagreement_is_told_of_both_and_lowers_both) {
  const auto fields = read("5911 AB", 0.99, "Zwolle", 0.99);
  for (const FieldResult& each : fields) {
    EXPECT_THAT(each.findings, Contains(Field(&Finding::code, "postcode_place_differ")));
    EXPECT_LT(each.probability, 0.99);
    EXPECT_FALSE(each.accepted);
  }
}

TEST(PlacePostcode, the_place_decides_between_readings_of_the_postcode) {
  Reading postcode = reading("postcode", "3021 EV", 0.55);
  postcode.alternatives = {{"3021 EV", 0.55}, {"8021 EV", 0.40}};
  Lexica lists = lexica();
  lists["places"] =
      Lexicon({{"Zwolle", 1, {{8011, 8045}}}, {"Rotterdam", 1, {{3011, 3089}}}}, 0.97);
  const auto out =
      validate(form(), {postcode, reading("plaats", "Zwolle", 0.98)}, "", lists).fields;
  EXPECT_EQ(std::get<std::string>(out[0].value), "8021 EV");
  EXPECT_THAT(out[0].findings, Contains(testing::Field(&Finding::code, "postcode_by_place")));
  EXPECT_EQ(out[0].raw, "3021 EV");
}

TEST(PlacePostcode, the_postcode_decides_between_places) {
  Reading place = reading("plaats", "Venko", 0.5);
  place.alternatives = {{"Venko", 0.5}, {"Ede", 0.3}};
  const auto out = validate(form(), {reading("postcode", "5911 AB", 0.98), place}, "", lexica());
  EXPECT_EQ(std::get<std::string>(out.fields[1].value), "Venlo");
  EXPECT_GT(out.fields[1].probability, 0.99);
}

TEST(PlacePostcode, keeps_silent_about_what_it_does_not_know) {
  for (const auto& [postcode, place] : {std::pair("9999 AB", "Zwolle"), {"8021 EV", "Waterdam"}}) {
    const auto fields = read(postcode, 0.97, place, 0.97);
    EXPECT_THAT(fields[0].findings,
                Not(Contains(testing::Field(&Finding::code, "postcode_place_differ"))));
    EXPECT_NEAR(fields[0].probability, 0.97, 0.01);
  }
  EXPECT_EQ(read("8021 EV", 0.97, "", 0.99)[1].probability, 0.99);
}

TEST(PlacePostcode, pairs_each_place_with_the_postcode_beside_it) {
  forms::Form two;
  two.fields = {field("a", forms::FieldType::postcode),
                field("naam", forms::FieldType::text, "surnames"),
                field("b", forms::FieldType::text, "places"),
                field("straat", forms::FieldType::text),
                field("c", forms::FieldType::text, "places"),
                field("d", forms::FieldType::postcode),
                field("iban", forms::FieldType::iban),
                field("datum", forms::FieldType::date),
                field("ondertekend", forms::FieldType::text, "places")};
  const auto pairs = place_pairs(two, lexica());
  ASSERT_EQ(pairs.size(), 2u);
  EXPECT_EQ(pairs[0].postcode, 0u);
  EXPECT_EQ(pairs[0].place, 2u);
  EXPECT_EQ(pairs[1].postcode, 5u);
  EXPECT_EQ(pairs[1].place, 4u);
}

}  // namespace
}  // namespace postkamer::validate
