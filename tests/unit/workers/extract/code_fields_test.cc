// SPDX-License-Identifier: EUPL-1.2
#include "workers/extract/code_fields.h"

#include <gtest/gtest.h>

namespace postkamer::workers {
namespace {

// A form with one sticker field, ten pixels a millimetre.
struct StickerPage {
  forms::Form form;
  extract::Registration registration;
  std::vector<Reading> readings;

  StickerPage() {
    forms::FormPage page;
    page.codes.push_back({"qr", "PK1|form|1|1/1", {}});
    form.pages.push_back(page);
    forms::Field field;
    field.name = "zaaknummer";
    field.type = forms::FieldType::barcode;
    field.box = {100, 200, 60, 20};
    form.fields.push_back(field);
    registration.mm_to_original = Transform::scale(10, 10);
    Reading reading;
    reading.field = field.name;
    readings.push_back(reading);
  }

  const Reading& read(const std::vector<Code>& codes, double ink) {
    read_code_fields(
        form, 1, codes, registration, [&](const Rect&) { return ink; }, readings);
    return readings.front();
  }
};

TEST(CodeFields, take_the_code_in_their_box) {
  StickerPage page;
  const auto& reading = page.read({{"code128", "Z-2026-1", {1100, 2050, 300, 80}, {}}}, 0.3);
  EXPECT_EQ(std::get<std::string>(reading.value), "Z-2026-1");
  EXPECT_EQ(reading.method, Method::barcode);
}

TEST(CodeFields, leave_a_code_elsewhere_alone) {
  StickerPage page;
  const auto& reading = page.read({{"code128", "Z-2026-1", {10, 10, 300, 80}, {}}}, 0.0);
  EXPECT_TRUE(std::holds_alternative<std::monostate>(reading.value));
  EXPECT_GT(reading.probability, 0.99);
}

TEST(CodeFields, say_when_a_sticker_cannot_be_read) {
  StickerPage page;
  const auto& reading = page.read({}, 0.2);
  EXPECT_EQ(reading.probability, 0.0);
  ASSERT_EQ(reading.findings.size(), 1u);
  EXPECT_EQ(reading.findings.front().code, "field_unreadable");
}

TEST(CodeFields, never_take_the_forms_own_code) {
  StickerPage page;
  const auto& reading = page.read({{"qr", "PK1|form|1|1/1", {1100, 2050, 300, 80}, {}}}, 0.3);
  EXPECT_TRUE(std::holds_alternative<std::monostate>(reading.value));
}

}  // namespace
}  // namespace postkamer::workers
