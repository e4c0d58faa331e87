// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/validate/phone_rule.h"

#include <string>

#include <gtest/gtest.h>

#include "pipeline/validate/identifiers.h"
#include "tests/unit/pipeline/validate/cells.h"

namespace postkamer::validate {
namespace {

using forms::FieldType;

TEST(DecodePhone, knows_which_area_codes_there_are) {
  Cells cells = cells_of("0319123456");  // 0318 is a place, 0319 is none
  cells[3] = either('9', 0.6, '8', 0.39);
  EXPECT_EQ(decoded(FieldType::phone, cells).text, "0318123456");
  cells = cells_of("0601234567");  // no mobile number begins so
  cells[2] = either('0', 0.6, '2', 0.39);
  EXPECT_EQ(decoded(FieldType::phone, cells).text, "0621234567");
  cells = cells_of("0319123456");
  EXPECT_EQ(decoded(FieldType::phone, cells).text, "0319123456") << "what is clear stays";
}

TEST(DecodePhone, takes_a_number_with_its_country) {
  const Decoded out = decoded(FieldType::phone, cells_of("+31612345678"));
  EXPECT_EQ(out.text, "+31612345678");
  EXPECT_TRUE(out.is_allowed);
}

TEST(MayBeginPhone, agrees_with_what_is_a_telephone_number) {
  int codes = 0;
  for (int first = 100; first < 1000; ++first) {
    const std::string digits = std::to_string(first);
    if (!may_begin_phone(digits)) continue;
    ++codes;
    EXPECT_TRUE(canonical_phone("0" + digits + "123456")) << digits;
  }
  EXPECT_GT(codes, 300);
  for (const char* start : {"", "3", "31", "6", "61", "612"}) EXPECT_TRUE(may_begin_phone(start));
  for (const char* other : {"0", "60", "319", "12"}) EXPECT_FALSE(may_begin_phone(other)) << other;
}

}  // namespace
}  // namespace postkamer::validate
