// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/validate/sums.h"

#include <algorithm>

#include <gmock/gmock.h>

#include "pipeline/validate/validate.h"

namespace postkamer::validate {
namespace {

using forms::FieldType;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

constexpr const char* kReceipt = "2026-11-23";

// A bill of three amounts, of which the total is the sum.
forms::Form bill() {
  forms::Form form;
  for (const char* name : {"een", "twee", "drie", "totaal"}) {
    forms::Field field;
    field.name = name;
    field.type = FieldType::amount;
    form.fields.push_back(field);
  }
  forms::Rule sum;
  sum.kind = "sum";
  sum.field = "totaal";
  sum.fields = {"een", "twee", "drie"};
  form.rules = {sum};
  return form;
}

struct Amount {
  std::string text;
  double probability = 0.98;
};

std::vector<FieldResult> judged_bill(const std::vector<Amount>& amounts) {
  const forms::Form form = bill();
  std::vector<Reading> readings;
  for (std::size_t i = 0; i < amounts.size(); ++i) {
    Reading reading;
    reading.field = form.fields[i].name;
    if (!amounts[i].text.empty()) reading.value = amounts[i].text;
    reading.raw = amounts[i].text;
    reading.probability = amounts[i].probability;
    reading.method = Method::printed_text;
    readings.push_back(std::move(reading));
  }
  return validate(form, readings, kReceipt).fields;
}

std::vector<std::string> codes(const FieldResult& result) {
  std::vector<std::string> out;
  for (const Finding& each : result.findings) out.push_back(each.code);
  return out;
}

TEST(LetSumsConfirm, makes_amounts_sure_that_add_up) {
  const auto results = judged_bill({{"10,05"}, {"20,05"}, {"", 0.999}, {"30,10"}});
  for (const std::size_t i : {0U, 1U, 3U}) {
    EXPECT_GT(results[i].probability, 0.996) << i;
    EXPECT_TRUE(results[i].accepted) << i;
    EXPECT_THAT(codes(results[i]), ElementsAre("confirmed_by_sum")) << i;
  }
  EXPECT_EQ(results[2].probability, 0.999) << "what is surer already stays";
}

TEST(LetSumsConfirm, leaves_doubt_where_much_of_it_is_doubtful) {
  const auto results = judged_bill({{"10,05", 0.7}, {"20,05", 0.7}, {"1", 0.7}, {"31,10", 0.7}});
  for (const FieldResult& each : results) {
    EXPECT_GT(each.probability, 0.7);
    EXPECT_FALSE(each.accepted);
  }
}

TEST(LetSumsConfirm, says_nothing_of_amounts_that_do_not_add_up) {
  EXPECT_THAT(judged_bill({{"10,05"}, {"20,05"}, {""}, {"30,11"}}),
              Each(Field(&FieldResult::probability, 0.98)));
}

TEST(LetSumsConfirm, needs_two_parts_because_one_hand_misreads_a_copy_alike) {
  EXPECT_THAT(judged_bill({{"15,00"}, {""}, {""}, {"15,00"}}),
              Each(Field(&FieldResult::probability, 0.98)));
}

TEST(LetSumsConfirm, says_nothing_of_what_is_no_number) {
  EXPECT_THAT(judged_bill({{"10,05"}, {"veel"}, {"20,05"}, {"30,10"}}),
              Each(Field(&FieldResult::probability, 0.98)));
}

TEST(LetSumsConfirm, is_heard_once) {
  const forms::Form form = bill();
  const auto once = judged_bill({{"10,05", 0.9}, {"20,05", 0.9}, {"1", 0.9}, {"31,10", 0.9}});
  std::vector<Reading> readings;
  for (const FieldResult& each : once) {
    Reading reading;
    reading.field = each.field;
    reading.value = each.value;
    reading.raw = each.raw;
    reading.probability = each.probability;
    reading.method = each.method;
    reading.findings = each.findings;
    readings.push_back(std::move(reading));
  }
  const auto twice = validate(form, readings, kReceipt).fields;
  for (std::size_t i = 0; i < once.size(); ++i)
    EXPECT_EQ(twice[i].probability, once[i].probability) << i;
}

TEST(LetSumsConfirm, passes_over_rules_of_fields_that_do_not_exist) {
  forms::Form form = bill();
  form.rules[0].fields = {"een", "vier"};
  std::vector<Judged> judged(form.fields.size());
  const std::vector<const Reading*> readings(form.fields.size(), nullptr);
  let_sums_confirm(form, readings, judged);
  for (const Judged& each : judged) EXPECT_THAT(each.notices, IsEmpty());
}

}  // namespace
}  // namespace postkamer::validate
