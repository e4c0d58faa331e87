// SPDX-License-Identifier: EUPL-1.2
//
// For tests that fork a process of this program which then has threads of its own. ThreadSanitizer
// cannot follow that: such a child hangs. The same programs, started properly, run under it in the
// system suites.
#pragma once

#include <gtest/gtest.h>

#include "pipeline/base/sanitized.h"

namespace postkamer::test {

class Forking : public testing::Test {
 protected:
  void SetUp() override {
    if (kIsThreadSanitized) GTEST_SKIP() << "ThreadSanitizer cannot follow a fork with threads";
  }
};

}  // namespace postkamer::test
