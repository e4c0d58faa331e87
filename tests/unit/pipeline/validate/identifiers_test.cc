// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/validate/identifiers.h"

#include <gmock/gmock.h>

#include "pipeline/validate/iban.h"
#include "pipeline/validate/licence_plate.h"

namespace postkamer::validate {
namespace {

using ::testing::Optional;

TEST(Bsn, accepts_numbers_that_pass_the_eleven_test) {
  for (const char* number : {"111222333", "123456782", "999990342", "999999333", "900026236",
                             "999993653", "123443210", "000000012"})
    EXPECT_THAT(canonical_bsn(number), Optional(std::string(number)));
}

TEST(Bsn, refuses_numbers_that_fail_it) {
  for (const char* number : {"123456789", "111252333", "000000000", "999999999", "001234567",
                             "12345678a", "123456", "1234567820", ""})
    EXPECT_FALSE(canonical_bsn(number)) << number;
}

TEST(Bsn, ignores_separators_and_pads_zeros_that_were_left_out) {
  EXPECT_THAT(canonical_bsn("1112.22.333"), Optional(std::string("111222333")));
  EXPECT_THAT(canonical_bsn("123 456 782"), Optional(std::string("123456782")));
  const auto short_number = canonical_bsn("10000008");
  EXPECT_EQ(short_number.has_value(), passes_eleven_test("010000008"));
}

TEST(Bsn, notices_every_single_wrong_digit_and_every_swap_of_neighbours) {
  for (const std::string number : {"123456782", "999990342", "111222333"}) {
    for (std::size_t i = 0; i < 9; ++i) {
      for (char c = '0'; c <= '9'; ++c) {
        std::string changed = number;
        changed[i] = c;
        EXPECT_EQ(passes_eleven_test(changed), c == number[i]);
      }
      if (i == 8 || number[i] == number[i + 1]) continue;
      std::string swapped = number;
      std::swap(swapped[i], swapped[i + 1]);
      EXPECT_FALSE(passes_eleven_test(swapped)) << swapped;
    }
  }
}

TEST(Rsin, passes_the_same_test) {
  for (const char* number : {"001509962", "002564440", "823288444"})
    EXPECT_THAT(canonical_rsin(number), Optional(std::string(number)));
  EXPECT_FALSE(canonical_rsin("823288445"));
}

TEST(StudentNumber, starts_with_ten_and_leaves_five) {
  int accepted = 0;
  for (int tail = 0; tail < 1000; ++tail) {
    const std::string number = std::to_string(100000000 + tail);
    if (!canonical_student_number(number)) continue;
    ++accepted;
    EXPECT_FALSE(canonical_bsn(number)) << number;
  }
  EXPECT_NEAR(accepted, 1000 / 11, 2);
  EXPECT_FALSE(canonical_student_number("111222333"));
}

TEST(ANumber, obeys_both_sums) {
  for (const char* number : {"1062476061", "1062476232", "1010101025", "1010101010"})
    EXPECT_TRUE(canonical_a_number(number)) << number;
  for (const char* number : {"1062476062", "1122334455", "0062476061"})
    EXPECT_FALSE(canonical_a_number(number)) << number;
}

TEST(Kvk, is_eight_digits) {
  EXPECT_THAT(canonical_kvk("1234 5678"), Optional(std::string("12345678")));
  EXPECT_FALSE(canonical_kvk("1234567"));
  EXPECT_FALSE(canonical_kvk("1234567O"));
  EXPECT_TRUE(canonical_branch_number("000012345678"));
  EXPECT_FALSE(canonical_branch_number("12345678"));
}

TEST(Oin, has_a_known_prefix_and_the_number_it_announces) {
  EXPECT_TRUE(canonical_oin("00000001823288444000"));
  EXPECT_TRUE(canonical_oin("00000099000000001000"));
  EXPECT_TRUE(canonical_oin("00000003123456780000"));
  EXPECT_FALSE(canonical_oin("00000001823288445000"));
  EXPECT_FALSE(canonical_oin("00000055823288444000"));
  EXPECT_FALSE(canonical_oin("00000003123456780001"));
}

TEST(Vat, passes_either_test) {
  EXPECT_THAT(canonical_vat("NL 0044.95.445.B.01"), Optional(std::string("NL004495445B01")));
  EXPECT_TRUE(canonical_vat("NL002455799B11"));
  EXPECT_TRUE(canonical_vat("004495445B01"));
  EXPECT_FALSE(canonical_vat("NL123456789B90"));
  EXPECT_FALSE(canonical_vat("NL002455799C11"));
}

TEST(CreditorId, passes_modulo_97_without_its_business_code) {
  EXPECT_TRUE(canonical_creditor_id("NL69ZZZ123456780000"));
  EXPECT_TRUE(canonical_creditor_id("NL69ABC123456780000"));
  EXPECT_FALSE(canonical_creditor_id("NL68ZZZ123456780000"));
}

TEST(PaymentReference, has_its_check_digit_in_front) {
  EXPECT_TRUE(canonical_payment_reference("5000 0567 8901 2345"));
  EXPECT_TRUE(canonical_payment_reference("12 2345 3462 2567"));
  EXPECT_TRUE(canonical_payment_reference("1234567"));
  EXPECT_FALSE(canonical_payment_reference("4000 0567 8901 2345"));
  EXPECT_FALSE(canonical_payment_reference("13 2345 3462 2567"));
  EXPECT_FALSE(canonical_payment_reference("12345678"));
}

TEST(Iban, accepts_valid_numbers_with_and_without_spaces) {
  for (const char* number : {"NL91ABNA0417164300", "NL20INGB0001234567", "NL44RABO0123456789",
                             "NL39RABO0300065264", "NL34BNGH0285000001", "NL63TRIO0212345678",
                             "NL57ASNB0123456789", "BE71096123456769", "DE89370400440532013000"})
    EXPECT_THAT(canonical_iban(number), Optional(std::string(number)));
  EXPECT_THAT(canonical_iban("nl91 abna 0417 1643 00"),
              Optional(std::string("NL91ABNA0417164300")));
}

TEST(Iban, refuses_wrong_checks_lengths_and_shapes) {
  for (const char* number : {"NL91ABNA0417164301", "NL91ABNA0471164300", "NL91ABNA041716430",
                             "NL91ABN40417164300", "ZZ91ABNA0417164300", "BE710961234567690", ""})
    EXPECT_FALSE(canonical_iban(number)) << number;
}

TEST(Iban, knows_the_dutch_banks) {
  EXPECT_TRUE(canonical_iban("NL51ZZZZ0123456789"));
  EXPECT_FALSE(has_known_bank("NL51ZZZZ0123456789"));
  EXPECT_TRUE(has_known_bank("NL91ABNA0417164300"));
  EXPECT_TRUE(has_known_bank("BE71096123456769"));
}

TEST(Postcode, is_four_digits_and_two_letters) {
  EXPECT_THAT(canonical_postcode("2601DC"), Optional(std::string("2601 DC")));
  EXPECT_THAT(canonical_postcode("1000 aa"), Optional(std::string("1000 AA")));
  for (const char* text : {"0123 AB", "2611 SS", "2611 SA", "2611 SD", "26110 AB", "2611 A1", ""})
    EXPECT_FALSE(canonical_postcode(text)) << text;
}

TEST(LicencePlate, puts_dashes_where_its_sidecode_wants_them) {
  EXPECT_THAT(canonical_licence_plate("ND0001"), Optional(std::string("ND-00-01")));
  EXPECT_THAT(canonical_licence_plate("00AD01"), Optional(std::string("00-AD-01")));
  EXPECT_THAT(canonical_licence_plate("01GBB1"), Optional(std::string("01-GBB-1")));
  EXPECT_THAT(canonical_licence_plate("1KBB00"), Optional(std::string("1-KBB-00")));
  EXPECT_THAT(canonical_licence_plate("db-001-b"), Optional(std::string("DB-001-B")));
  EXPECT_THAT(canonical_licence_plate("D001BB"), Optional(std::string("D-001-BB")));
  EXPECT_THAT(canonical_licence_plate("GXXX12"), Optional(std::string("GX-XX-12")));
  EXPECT_THAT(canonical_licence_plate("cdj123"), Optional(std::string("CDJ-123")));
}

TEST(LicencePlate, tells_all_fourteen_sidecodes_apart) {
  for (std::size_t i = 0; i < kSidecodes.size(); ++i) {
    std::string plate(kSidecodes[i]);
    for (char& c : plate) c = c == 'X' ? 'H' : '7';
    EXPECT_EQ(sidecode_of(plate), static_cast<int>(i) + 1) << plate;
    EXPECT_TRUE(canonical_licence_plate(plate));
  }
}

TEST(LicencePlate, refuses_what_is_never_given_out) {
  for (const char* plate : {"ZZZZZZ", "222222", "JG5XPV", "12AEI3", "PVV12H", "12-SS-HH",
                            "1-KKK-23", "HCHC12", "HY12HH", "AB12C"})
    EXPECT_FALSE(canonical_licence_plate(plate)) << plate;
}

TEST(Phone, becomes_an_international_number) {
  EXPECT_THAT(canonical_phone("06-12345678"), Optional(std::string("+31612345678")));
  EXPECT_THAT(canonical_phone("(024) 329 90 00"), Optional(std::string("+31243299000")));
  EXPECT_THAT(canonical_phone("+31 (0)6 12 34 56 78"), Optional(std::string("+31612345678")));
  EXPECT_THAT(canonical_phone("0031 30 123 4567"), Optional(std::string("+31301234567")));
  EXPECT_THAT(canonical_phone("088 123 45 67"), Optional(std::string("+31881234567")));
  EXPECT_THAT(canonical_phone("0800 1234"), Optional(std::string("+318001234")));
  EXPECT_THAT(canonical_phone("14 024"), Optional(std::string("14024")));
  EXPECT_THAT(canonical_phone("+32 2 123 45 67"), Optional(std::string("+3221234567")));
}

TEST(Phone, refuses_what_no_exchange_knows) {
  for (const char* text :
       {"061234567890", "0612345", "612345678", "0212345678", "06-1234567x", "+0612345678", ""})
    EXPECT_FALSE(canonical_phone(text)) << text;
}

TEST(Phone, gives_the_same_for_its_own_canonical_form) {
  for (const char* text : {"06-12345678", "14 024", "0800 1234", "+32 2 123 45 67"}) {
    const auto once = canonical_phone(text);
    ASSERT_TRUE(once);
    EXPECT_EQ(canonical_phone(*once), once);
  }
}

TEST(Email, keeps_the_name_and_lowers_the_domain) {
  EXPECT_THAT(canonical_email(" Jan.de-Vries+post@Voorbeeld.NL "),
              Optional(std::string("Jan.de-Vries+post@voorbeeld.nl")));
  for (const char* text : {"jan", "jan@", "@x.nl", "jan@voorbeeld", "jan@@x.nl", "j an@x.nl",
                           "jan@x..nl", ".jan@x.nl", "jan@-x.nl", "jan@x.1"})
    EXPECT_FALSE(canonical_email(text)) << text;
}

}  // namespace
}  // namespace postkamer::validate
