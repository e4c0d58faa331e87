// SPDX-License-Identifier: EUPL-1.2
//
// Gives a fuzz target every file of its corpus: what once was found stays mended, in every build
// and with any compiler.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include <gtest/gtest.h>

#include "tests/fuzz/target.h"

namespace {

TEST(Corpus, ends_without_a_crash_or_a_broken_promise) {
  int inputs = 0;
  for (const auto& entry : std::filesystem::directory_iterator(FUZZ_CORPUS)) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
    // Told before, because a crash tells nothing after.
    RecordProperty("last", entry.path().filename().string());
    std::cout << entry.path().filename().string() << std::endl;
    // A copy of its own on the heap: a sanitizer sees one byte too far.
    const std::vector<std::uint8_t> data(bytes.begin(), bytes.end());
    EXPECT_EQ(LLVMFuzzerTestOneInput(data.data(), data.size()), 0);
    ++inputs;
  }
  EXPECT_GE(inputs, 5) << "of " FUZZ_CORPUS;
}

TEST(Corpus, is_not_needed_for_no_bytes_at_all) {
  EXPECT_EQ(LLVMFuzzerTestOneInput(nullptr, 0), 0);
}

}  // namespace
