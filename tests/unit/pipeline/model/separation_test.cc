// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/model/separation.h"

#include <gtest/gtest.h>

namespace postkamer {
namespace {

TEST(Marks, are_named_and_read_back) {
  for (unsigned marks = 0; marks < 2 * mark::sticker; ++marks)
    EXPECT_EQ(marks_named(names_of_marks(marks)), marks);
  EXPECT_EQ(names_of_marks(mark::sheet | mark::patch_bars), "sheet+patch_bars");
}

TEST(Marks, that_nobody_knows_are_none) {
  EXPECT_EQ(marks_named("hologram"), 0u);
  EXPECT_EQ(marks_named("+sheet++hologram+"), mark::sheet);
}

}  // namespace
}  // namespace postkamer
