// SPDX-License-Identifier: EUPL-1.2
#include "tests/support/fill_form.h"

#include <gtest/gtest.h>

#include "tests/support/field_words.h"

namespace postkamer::support {
namespace {

forms::Field field(const std::string& name, forms::FieldType type, bool required = true) {
  forms::Field out;
  out.name = name;
  out.type = type;
  out.required = required;
  out.box = {20, 20, 80, 8};
  return out;
}

forms::Form small_form() {
  forms::Form form;
  form.id = "proef";
  form.fields = {field("burgerservicenummer", forms::FieldType::bsn),
                 field("geboortedatum", forms::FieldType::date),
                 field("beginDatum", forms::FieldType::date),
                 field("eindDatum", forms::FieldType::date),
                 field("bedrag1", forms::FieldType::amount),
                 field("bedrag2", forms::FieldType::amount),
                 field("totaal", forms::FieldType::amount),
                 field("handtekening", forms::FieldType::signature),
                 field("keuze", forms::FieldType::choice)};
  form.fields.back().options = {{"a", {}, {}}, {"b", {}, {}}};
  forms::Field office = field("stempel", forms::FieldType::text);
  office.office = true;
  form.fields.push_back(office);
  forms::Rule sum;
  sum.kind = "sum";
  sum.field = "totaal";
  sum.fields = {"bedrag1", "bedrag2"};
  forms::Rule order;
  order.kind = "date_order";
  order.fields = {"beginDatum", "eindDatum"};
  form.rules = {sum, order};
  return form;
}

std::string text(const FilledForm& filled, const std::string& name) {
  return std::get<std::string>(filled.truth.at(name));
}

TEST(FillForm, keeps_the_rules_of_the_form) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    Random random(seed);
    const FilledForm filled = fill_form(small_form(), {}, random);
    EXPECT_TRUE(passes_eleven_proof(text(filled, "burgerservicenummer")));
    EXPECT_LE(text(filled, "beginDatum"), text(filled, "eindDatum"));
    EXPECT_EQ(cents_of(text(filled, "bedrag1")) + cents_of(text(filled, "bedrag2")),
              cents_of(text(filled, "totaal")));
    EXPECT_TRUE(filled.expected.empty());
    EXPECT_EQ(filled.truth.count("stempel"), 0u);
  }
}

TEST(FillForm, fills_one_of_two_also_when_a_choice_empties_the_other) {
  forms::Form form = small_form();
  form.fields.push_back(field("telefoonnummer", forms::FieldType::phone, false));
  form.fields.push_back(field("emailadres", forms::FieldType::email, false));
  forms::Rule either;
  either.kind = "one_of";
  either.fields = {"telefoonnummer", "emailadres"};
  forms::Rule needed;
  needed.kind = "required_when";
  needed.field = "emailadres";
  needed.when = "keuze";
  needed.is = "a";
  form.rules = {either, needed};
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    Random random(seed);
    FilledForm filled = fill_form(form, {}, random);
    const bool phone = filled.truth["telefoonnummer"].index() != 0;
    const bool email = filled.truth["emailadres"].index() != 0;
    EXPECT_TRUE(phone || email) << "seed " << seed;
    EXPECT_EQ(email, text(filled, "keuze") == "a") << "seed " << seed;
  }
}

TEST(FillForm, writes_dates_and_amounts_as_people_do_and_tells_them_canonically) {
  Random random(5);
  const FilledForm filled = fill_form(small_form(), {}, random);
  const std::string canonical = text(filled, "geboortedatum");
  const auto written = std::get<std::string>(filled.written.at("geboortedatum"));
  EXPECT_EQ(canonical,
            written.substr(6, 4) + "-" + written.substr(3, 2) + "-" + written.substr(0, 2));
  EXPECT_NE(std::get<std::string>(filled.written.at("totaal")).find(','), std::string::npos);
  EXPECT_NE(text(filled, "totaal").find('.'), std::string::npos);
}

TEST(FillForm, makes_the_slips_asked_for_and_says_where) {
  Random random(9);
  FillOptions options;
  options.slips = {Slip::bsn_invalid, Slip::choice_multiple, Slip::signature_missing,
                   Slip::iban_invalid};
  const FilledForm filled = fill_form(small_form(), options, random);
  ASSERT_EQ(filled.expected.size(), 3u) << "the form has no IBAN to spoil";
  EXPECT_EQ(filled.expected[0].code, "bsn_invalid");
  EXPECT_EQ(filled.expected[0].field, "burgerservicenummer");
  EXPECT_FALSE(passes_eleven_proof(text(filled, "burgerservicenummer")));
  EXPECT_EQ(std::get<std::vector<std::string>>(filled.written.at("keuze")).size(), 2u);
  EXPECT_TRUE(std::holds_alternative<std::monostate>(filled.written.at("handtekening")));
}

}  // namespace
}  // namespace postkamer::support
