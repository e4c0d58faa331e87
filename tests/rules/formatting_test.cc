// SPDX-License-Identifier: EUPL-1.2
//
// All sources are as clang-format leaves them.
#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

#include "tests/rules/source_tree.h"

namespace postkamer::rules {
namespace {

TEST(Formatting, is_that_of_clang_format) {
  if (std::system("command -v clang-format > /dev/null") != 0)
    GTEST_SKIP() << "clang-format is not installed; it is in config/debian-packages.txt";
  std::string command = "cd '" POSTKAMER_SOURCE_DIR "' && (clang-format --dry-run -Werror";
  for (const SourceFile& file : everything()) command += " '" + file.path + "'";
  // The names of the files are enough; grep fails when there are none.
  command += " 2>&1 | grep 'error:' | cut -d: -f1 | sort -u | grep .)";
  EXPECT_NE(std::system(command.c_str()), 0) << "run clang-format -i on the files named above";
}

}  // namespace
}  // namespace postkamer::rules
