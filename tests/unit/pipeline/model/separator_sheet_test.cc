// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/model/separator_sheet.h"

#include <gmock/gmock.h>

namespace postkamer {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;

std::vector<std::string> codes_of(const ReadSheet& read) {
  std::vector<std::string> codes;
  for (const Finding& finding : read.findings) codes.push_back(finding.code);
  return codes;
}

TEST(SeparatorSheet, is_read_as_it_was_written) {
  const SeparatorSheet sheet{"bz", "2026-05-03", "Z-2026-000123"};
  const auto text = separator_text(sheet);
  ASSERT_TRUE(text);
  EXPECT_EQ(*text, "PK-SEP|v1|class=bz|received=2026-05-03|case=Z-2026-000123");
  const ReadSheet read = read_separator(*text);
  EXPECT_TRUE(read.is_sheet);
  EXPECT_EQ(read.sheet, sheet);
  EXPECT_THAT(read.findings, IsEmpty());
  EXPECT_EQ(separator_text({}).value(), "PK-SEP|v1");
}

TEST(SeparatorSheet, leaves_out_what_it_does_not_understand_and_says_so) {
  const ReadSheet read =
      read_separator("PK-SEP|v1|class=bz|received=2026-02-30|case=<x>|colour=red");
  EXPECT_EQ(read.sheet, (SeparatorSheet{"bz", "", ""})) << "nothing is guessed";
  EXPECT_THAT(codes_of(read),
              ElementsAre("separator_date", "separator_case", "separator_unreadable"));
  EXPECT_THAT(codes_of(read_separator("PK-SEP|v2|class=bz")), ElementsAre("separator_unreadable"));
}

TEST(SeparatorSheet, of_somebody_else_only_separates) {
  EXPECT_FALSE(read_separator("PATCHT").is_sheet);
  EXPECT_FALSE(read_separator("PK-SEP|").is_sheet);
  EXPECT_FALSE(read_separator("").is_sheet);
}

TEST(SeparatorSheet, is_not_made_of_what_could_not_be_read_back) {
  EXPECT_EQ(separator_text({"b|z", "", ""}).error().reason, "separator_class");
  EXPECT_EQ(separator_text({"", "2026-02-30", ""}).error().reason, "separator_date");
  EXPECT_EQ(separator_text({"", "", std::string(61, 'Z')}).error().reason, "separator_case");
}

}  // namespace
}  // namespace postkamer
