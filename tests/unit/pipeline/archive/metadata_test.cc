// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/archive/metadata.h"

#include <gtest/gtest.h>

#include "pipeline/archive/text_layer.h"

namespace postkamer::archive {
namespace {

TEST(PdfDate, keeps_the_time_and_its_zone) {
  EXPECT_EQ(pdf_date("2026-03-24T08:15:02Z"), "D:20260324081502Z");
  EXPECT_EQ(pdf_date("2026-03-24T08:15:02.123Z"), "D:20260324081502Z");
  EXPECT_EQ(pdf_date("2026-03-24T08:15:02+01:00"), "D:20260324081502+01'00'");
  EXPECT_EQ(pdf_date("2026-03-24T08:15:02-05:30"), "D:20260324081502-05'30'");
}

TEST(PdfDate, is_empty_for_anything_else) {
  for (const char* text : {"", "2026-03-24", "2026-03-24T08:15:02", "24-03-2026T08:15:02Z",
                           "2026-03-24T08:15:02.", "2026-03-24T08:15:02+0100"}) {
    EXPECT_EQ(pdf_date(text), "") << text;
  }
}

TEST(XmpPacket, leaves_out_a_date_that_is_none) {
  const std::string xmp = xmp_packet({"titel", "postkamer", "gisteren"}, true);
  EXPECT_EQ(xmp.find("CreateDate"), std::string::npos);
}

TEST(XmpPacket, holds_no_character_that_xml_forbids) {
  const std::string xmp = xmp_packet({"a\x01<b>&\n", "postkamer", ""}, true);
  EXPECT_NE(xmp.find(">a&lt;b&gt;&amp;</rdf:li>"), std::string::npos);
}

TEST(CodeHex, writes_four_digits_a_character) {
  EXPECT_EQ(code_hex("aé€"), "006100E920AC");
  EXPECT_EQ(code_hex("𐍈"), "FFFD");
}

TEST(CodeHex, replaces_what_is_not_utf8) {
  EXPECT_EQ(code_hex("a\xC3"), "0061FFFD");
  EXPECT_EQ(code_hex("\xC0\x80z"), "FFFDFFFD007A");
  EXPECT_EQ(code_hex("\xED\xA0\x80"), "FFFDFFFDFFFD");
}

TEST(TextLayer, is_empty_without_words) {
  EXPECT_EQ(text_layer({}, {100, {300.0}, QuarterTurn::none}), "");
}

}  // namespace
}  // namespace postkamer::archive
