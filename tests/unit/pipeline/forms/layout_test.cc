// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/forms/layout.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "pipeline/forms/draft.h"

namespace postkamer::forms {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

json a_field(const std::string& name, const std::string& type, json box) {
  return {{"name", name},   {"label", "Label van " + name},
          {"type", type},   {"page", 1},
          {"box_mm", box},  {"required", true},
          {"office", false}};
}

json a_layout(json fields) {
  return {{"form", "aanvraag"},
          {"version", "2026.1"},
          {"title", "Aanvraag"},
          {"organisation", "Gemeente Testdam"},
          {"page_size_mm", {210, 297}},
          {"pages", 2},
          {"barcodes",
           {{{"symbology", "qr"}, {"text", "T;1;p2"}, {"page", 2}, {"box_mm", {180, 10, 15, 15}}}}},
          {"fields", std::move(fields)}};
}

Layout read(const json& layout) {
  auto out = read_layout(layout.dump(), "layout.json");
  if (out) return std::move(*out);
  for (const auto& mistake : out.error()) ADD_FAILURE() << text_of(mistake);
  return {};
}

std::vector<std::string> mistakes_in(const std::string& text) {
  const auto out = read_layout(text, "layout.json");
  std::vector<std::string> told;
  if (!out)
    for (const auto& mistake : out.error()) told.push_back(text_of(mistake));
  return told;
}

TEST(Layout, gives_form_pages_and_codes) {
  const Form form = read(a_layout({a_field("naam", "text", {20, 40, 80, 7})})).form;
  EXPECT_EQ(form.id, "aanvraag");
  EXPECT_EQ(form.version, "2026.1");
  EXPECT_EQ(form.organisation, "Gemeente Testdam");
  ASSERT_EQ(form.pages.size(), 2u);
  EXPECT_TRUE(form.pages[0].codes.empty());
  ASSERT_EQ(form.pages[1].codes.size(), 1u);
  EXPECT_EQ(form.pages[1].codes[0].text, "T;1;p2");
}

TEST(Layout, every_type_has_its_own) {
  const std::vector<std::pair<const char*, FieldType>> types{{"bsn", FieldType::bsn},
                                                             {"iban", FieldType::iban},
                                                             {"date", FieldType::date},
                                                             {"time", FieldType::time},
                                                             {"digits", FieldType::digits},
                                                             {"number", FieldType::number},
                                                             {"amount", FieldType::amount},
                                                             {"phone", FieldType::phone},
                                                             {"postcode", FieldType::postcode},
                                                             {"kenteken", FieldType::licence_plate},
                                                             {"alnum", FieldType::alphanumeric},
                                                             {"letters", FieldType::capitals},
                                                             {"text", FieldType::text},
                                                             {"email", FieldType::email},
                                                             {"multiline", FieldType::text},
                                                             {"signature", FieldType::signature}};
  json fields = json::array();
  for (std::size_t i = 0; i < types.size(); ++i)
    fields.push_back(a_field("f" + std::to_string(i), types[i].first,
                             {20, 40 + 10.0 * static_cast<double>(i), 80, 7}));
  const Form form = read(a_layout(fields)).form;
  ASSERT_EQ(form.fields.size(), types.size());
  for (std::size_t i = 0; i < types.size(); ++i)
    EXPECT_EQ(form.fields[i].type, types[i].second) << types[i].first;
}

TEST(Layout, cells_that_share_a_border_part_in_its_middle) {
  json field = a_field("toevoeging", "alnum", {20, 40, 14.72, 6.2});
  field["cells_mm"] = {{20, 40, 5, 6.2}, {24.72, 40, 5, 6.2}, {29.72, 40, 5, 6.2}};
  const Form form = read(a_layout({field})).form;
  ASSERT_EQ(form.fields.size(), 1u);
  const auto& cells = form.fields[0].cells;
  ASSERT_EQ(cells.size(), 3u);
  EXPECT_NEAR(cells[0].right(), 24.9, 1e-9);
  EXPECT_NEAR(cells[1].x, 24.9, 1e-9);
  EXPECT_NEAR(cells[1].right(), 29.7, 1e-9);
}

TEST(Layout, a_check_box_is_the_box_to_tick_and_a_choice_keeps_its_options) {
  json tick = a_field("akkoord", "checkbox", {20, 40, 90, 6});
  tick["options"] = {{{"value", "true"}, {"label", "Akkoord"}, {"box_mm", {20, 41, 4, 4}}}};
  json choice = a_field("soort", "choice", {20, 60, 90, 6});
  choice["options"] = {{{"value", "a"}, {"label", "A"}, {"box_mm", {20, 61, 4, 4}}},
                       {{"value", "b"}, {"label", "B"}, {"box_mm", {50, 61, 4, 4}}}};
  const Form form = read(a_layout({tick, choice})).form;
  ASSERT_EQ(form.fields.size(), 2u);
  EXPECT_EQ(form.fields[0].box, (Rect{20, 41, 4, 4}));
  EXPECT_TRUE(form.fields[0].options.empty());
  ASSERT_EQ(form.fields[1].options.size(), 2u);
  EXPECT_EQ(form.fields[1].options[1].value, "b");
  EXPECT_NEAR(form.fields[1].options[1].box.x, 50, 1e-9);
}

TEST(Layout, the_office_need_not_fill_anything_in) {
  json field = a_field("zaaknummer", "digits", {20, 40, 40, 6});
  field["office"] = true;
  const Form form = read(a_layout({field})).form;
  ASSERT_EQ(form.fields.size(), 1u);
  EXPECT_TRUE(form.fields[0].office);
  EXPECT_FALSE(form.fields[0].required);
  EXPECT_EQ(form.fields[0].verify, Verify::never);
}

TEST(Layout, dates_of_birth_lie_in_the_past_and_others_need_not) {
  json birth = a_field("kind1_datum", "date", {20, 40, 40, 6});
  birth["label"] = "Geboortedatum kind";
  const Form form = read(a_layout({birth, a_field("ingangsdatum", "date", {20, 60, 40, 6})})).form;
  ASSERT_EQ(form.rules.size(), 1u);
  EXPECT_EQ(form.rules[0].kind, "not_future");
  EXPECT_EQ(form.rules[0].field, "kind1_datum");
}

TEST(Layout, the_date_beside_a_signature_lies_in_the_past) {
  json signing = a_field("partner_datum", "date", {20, 40, 40, 6});
  signing["label"] = "Datum";
  const Form form = read(a_layout({signing})).form;
  ASSERT_EQ(form.rules.size(), 1u);
  EXPECT_EQ(form.rules[0].code, "signed_in_future");
}

TEST(Layout, lines_that_touch_part_and_fields_far_over_each_other_are_a_mistake) {
  const Form form = read(a_layout({a_field("boven", "text", {20, 40, 80, 7}),
                                   a_field("onder", "text", {20, 46, 80, 7})}))
                        .form;
  ASSERT_EQ(form.fields.size(), 2u);
  EXPECT_NEAR(form.fields[0].box.bottom(), 46.5, 1e-9);
  EXPECT_NEAR(form.fields[1].box.y, 46.5, 1e-9);
  EXPECT_THAT(mistakes_in(a_layout({a_field("boven", "text", {20, 40, 80, 7}),
                                    a_field("onder", "text", {20, 42, 80, 7})})
                              .dump()),
              ElementsAre(HasSubstr("box of field \"onder\" overlaps that of field \"boven\"")));
}

TEST(Layout, a_code_of_another_kind_is_left_out_and_told) {
  json layout = a_layout({a_field("naam", "text", {20, 40, 80, 7})});
  layout["barcodes"][0]["symbology"] = "aztec";
  const Layout out = read(layout);
  EXPECT_THAT(out.notices, ElementsAre(HasSubstr("\"aztec\" is left out")));
  EXPECT_TRUE(out.form.pages[1].codes.empty());
}

TEST(Layout, all_mistakes_are_told_at_once) {
  json layout =
      a_layout({a_field("naam", "signatur", {20, 40, 80, 7}), a_field("bsn", "bsn", {20, 60, 80})});
  layout.erase("version");
  layout["fields"][1]["required"] = "ja";
  EXPECT_THAT(
      mistakes_in(layout.dump()),
      ElementsAre(
          "layout.json: version is missing: a text",
          HasSubstr(
              "fields[0] \"naam\": type \"signatur\" is unknown; did you mean \"signature\"?"),
          HasSubstr("fields[1] \"bsn\": box_mm needs 4 numbers in mm, is [20,60,80]"),
          HasSubstr("fields[1] \"bsn\": required needs to be true or false")));
}

TEST(Layout, mistakes_of_meaning_name_the_field) {
  json comb = a_field("bsn", "bsn", {20, 40, 15, 6});
  comb["cells_mm"] = {{20, 40, 5, 6}, {25, 40, 5, 6}, {30, 40, 5, 6}};
  EXPECT_THAT(mistakes_in(a_layout({comb, a_field("naam", "text", {190, 60, 80, 7})}).dump()),
              ElementsAre(HasSubstr("a comb of type bsn needs 9 cells, field \"bsn\" has 3"),
                          HasSubstr("is not on page 1")));
}

TEST(Layout, what_is_no_layout_is_refused_with_its_place) {
  EXPECT_THAT(mistakes_in("{\n \"form\": x"),
              ElementsAre(HasSubstr("layout.json:2:10: this is no JSON")));
  EXPECT_THAT(mistakes_in("[1]"), ElementsAre(HasSubstr("needs to be an object")));
  EXPECT_THAT(mistakes_in(""), ElementsAre(HasSubstr("this is no JSON")));
}

TEST(Layout, no_spoiled_layout_stops_the_program) {
  json field = a_field("soort", "choice", {20, 40, 80, 7});
  field["options"] = {{{"value", "a"}, {"box_mm", {20, 41, 4, 4}}}};
  field["cells_mm"] = {{20, 40, 5, 6}};
  const json whole = a_layout({field});
  const std::vector<json> wrong{nullptr,        -1,      1e300, "x", true, json::array(),
                                json::object(), {{1, 2}}};
  int refused = 0;
  const json flat = whole.flatten();
  for (const auto& [pointer, value] : flat.items())
    for (const json& other : wrong)
      for (json::json_pointer at(pointer); !at.empty(); at.pop_back()) {
        json spoiled = whole;
        spoiled[at] = other;
        refused += read_layout(spoiled.dump(), "layout.json") ? 0 : 1;
      }
  EXPECT_GT(refused, 100);
}

}  // namespace
}  // namespace postkamer::forms
