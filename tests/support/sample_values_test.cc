// SPDX-License-Identifier: EUPL-1.2
#include "tests/support/sample_values.h"

#include <gtest/gtest.h>

namespace postkamer::support {
namespace {

TEST(SampleValues, checks_agree_with_published_numbers) {
  for (const char* bsn : {"111222333", "123456782", "999990342", "900026236"}) {
    EXPECT_TRUE(passes_eleven_proof(bsn)) << bsn;
  }
  for (const char* bsn : {"123456789", "111252333", "000000000", "999999999"}) {
    EXPECT_FALSE(passes_eleven_proof(bsn)) << bsn;
  }
  EXPECT_TRUE(passes_mod_97("NL91ABNA0417164300"));
  EXPECT_TRUE(passes_mod_97("DE89370400440532013000"));
  EXPECT_FALSE(passes_mod_97("NL91ABNA0417164301"));
}

TEST(SampleValues, people_have_numbers_that_pass_and_spoiled_ones_do_not) {
  Random random(11);
  for (int i = 0; i < 200; ++i) {
    const Person person = drawn_person(random);
    EXPECT_TRUE(passes_eleven_proof(person.bsn)) << person.bsn;
    EXPECT_GE(person.bsn[0], '4');
    EXPECT_TRUE(passes_mod_97(person.iban)) << person.iban;
    EXPECT_EQ(person.iban.size(), 18u);
    EXPECT_FALSE(passes_eleven_proof(spoiled(person.bsn, random)));
    EXPECT_FALSE(passes_mod_97(spoiled(person.iban, random)));
    EXPECT_EQ(person.address.postcode.size(), 7u);
  }
}

TEST(SampleValues, days_later_crosses_months_years_and_leap_days) {
  EXPECT_EQ(iso(days_later({2026, 12, 30}, 3)), "2027-01-02");
  EXPECT_EQ(iso(days_later({2028, 2, 28}, 1)), "2028-02-29");
  EXPECT_EQ(iso(days_later({2026, 2, 28}, 1)), "2026-03-01");
  EXPECT_EQ(as_written({2026, 5, 3}), "03-05-2026");
  EXPECT_EQ(in_words({2026, 5, 3}), "3 mei 2026");
}

TEST(SampleValues, grounds_fit_the_room_given) {
  Random random(3);
  for (const int letters : {20, 60, 120, 400}) {
    EXPECT_LE(static_cast<int>(grounds(letters, random).size()), letters);
  }
}

}  // namespace
}  // namespace postkamer::support
