// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/base/error.h"

#include <memory>

#include <gtest/gtest.h>

namespace postkamer {
namespace {

TEST(ErrorCode, has_a_name_that_leads_back_to_it) {
  for (const ErrorCode code :
       {ErrorCode::unavailable, ErrorCode::invalid_document, ErrorCode::resource_limit,
        ErrorCode::unsupported, ErrorCode::invalid_config, ErrorCode::corrupt_store,
        ErrorCode::internal})
    EXPECT_EQ(error_code_named(name_of(code)), code);
  EXPECT_EQ(name_of(ErrorCode::resource_limit), "resource_limit");
}

TEST(ErrorCode, is_internal_for_a_name_nobody_knows) {
  EXPECT_EQ(error_code_named("explosion"), ErrorCode::internal);
  EXPECT_EQ(error_code_named(""), ErrorCode::internal);
}

TEST(Error, gathers_what_was_being_done_on_its_way_up) {
  const Error error = while_doing("reading page 3", {ErrorCode::unsupported, "scan_jbig2", "x"});
  EXPECT_EQ(error.message, "while reading page 3: x");
  EXPECT_EQ(error.code, ErrorCode::unsupported);
  EXPECT_EQ(error.reason, "scan_jbig2");
}

Result<int> half(int number) {
  if (number % 2 != 0) return fail(ErrorCode::unsupported, "odd", "the number is odd");
  return number / 2;
}

Result<void> must_be_even(int number) {
  PK_CHECK(half(number));
  return {};
}

Result<int> quarter(int number) {
  PK_TRY(once, half(number));
  PK_TRY(twice, half(once));
  return twice;
}

TEST(Try, gives_the_value_or_returns_the_first_error) {
  EXPECT_EQ(quarter(12).value(), 3);
  EXPECT_EQ(quarter(6).error().reason, "odd");
  EXPECT_EQ(quarter(5).error().reason, "odd");
}

TEST(Check, returns_the_error_of_what_it_checks) {
  EXPECT_TRUE(must_be_even(4));
  EXPECT_EQ(must_be_even(3).error().code, ErrorCode::unsupported);
}

Result<std::unique_ptr<int>> boxed(int number) { return std::make_unique<int>(number); }

Result<int> unboxed(int number) {
  PK_TRY(box, boxed(number));
  return *box;
}

TEST(Try, moves_values_that_cannot_be_copied) { EXPECT_EQ(unboxed(7).value(), 7); }

}  // namespace
}  // namespace postkamer
