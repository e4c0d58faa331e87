// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/forms/form.h"

#include <gtest/gtest.h>

namespace postkamer::forms {
namespace {

TEST(Form, every_field_type_is_found_by_its_name) {
  EXPECT_EQ(field_types().size(), 21u);
  for (const FieldType type : field_types()) EXPECT_EQ(field_type_named(name_of(type)), type);
}

TEST(Form, a_name_that_is_no_field_type_gives_nothing) {
  EXPECT_EQ(field_type_named("Date"), std::nullopt);
  EXPECT_EQ(field_type_named(""), std::nullopt);
}

TEST(Form, every_way_of_verifying_is_found_by_its_name) {
  for (const Verify verify : {Verify::never, Verify::doubt, Verify::always, Verify::twice})
    EXPECT_EQ(verify_named(name_of(verify)), verify);
  EXPECT_EQ(verify_named("sometimes"), std::nullopt);
}

TEST(Form, finds_a_field_by_name) {
  Form form;
  form.fields.resize(2);
  form.fields[0].name = "iban";
  form.fields[1].name = "datum";
  EXPECT_EQ(find_field(form, "datum"), &form.fields[1]);
  EXPECT_EQ(find_field(form, "dat"), nullptr);
}

}  // namespace
}  // namespace postkamer::forms
