// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/model/calibration.h"

#include <gtest/gtest.h>

namespace postkamer {
namespace {

TEST(Calibration, is_straight_between_the_points_of_a_curve_and_flat_outside) {
  const auto table = Calibration::parse("# made up\nline\t0.2\t0.1\nline\t0.8\t0.7\n\n");
  ASSERT_TRUE(table);
  EXPECT_DOUBLE_EQ(table->right("line", 0.2), 0.1);
  EXPECT_DOUBLE_EQ(table->right("line", 0.5), 0.4);
  EXPECT_DOUBLE_EQ(table->right("line", 0.0), 0.1);
  EXPECT_DOUBLE_EQ(table->right("line", 1.0), 0.7);
}

TEST(Calibration, leaves_what_is_stated_where_there_is_no_curve) {
  EXPECT_DOUBLE_EQ(Calibration().right("line", 0.42), 0.42);
  EXPECT_DOUBLE_EQ(Calibration().right("line", 1.5), 1.0);
}

TEST(Calibration, refuses_a_table_that_is_broken_and_names_the_line) {
  for (const char* text : {"line\t0.5\n", "line\t0.5\tmuch\n", "line\t0.5\t1.5\n", "\t0.5\t0.5\n",
                           "line\t0.5\t0.5 \n"}) {
    const auto table = Calibration::parse(std::string("# first\n") + text);
    ASSERT_FALSE(table) << text;
    EXPECT_EQ(table.error().reason, "calibration_invalid");
    EXPECT_NE(table.error().message.find("line 2"), std::string::npos) << table.error().message;
  }
}

TEST(Calibration, refuses_a_curve_that_falls) {
  EXPECT_FALSE(Calibration::parse("line\t0.5\t0.9\nline\t0.6\t0.8\n"));
  EXPECT_FALSE(Calibration::parse("line\t0.5\t0.9\nline\t0.5\t0.9\n"));
}

}  // namespace
}  // namespace postkamer
