// SPDX-License-Identifier: EUPL-1.2
//
// The judge judged: runs and truths made by hand, with one thing wrong at a time.
#include "tests/corpus/floors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/corpus/values_equal.h"

namespace postkamer::corpus {
namespace {

using Json = nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kTruth = R"({"documents": [
  {"form": "sepa", "version": "1", "pages": [{"page_index": 0, "mm_to_px": [11.8, 0, 5, 0, 11.8, 9, 0, 0, 1]}],
   "fields": {"bsn": "900026236", "bedrag": "12.50", "akkoord": true, "naam": "J. Bakker"},
   "expected_findings": [{"code": "bsn_invalid", "field": "bsn"}]}],
  "separators": [], "blanks": []})";

Json good_record() {
  return Json::parse(R"({"form": {"id": "sepa"}, "pages": [{"file": "a.tif", "index": 0,
      "mmToPx": [11.8, 0, 8, 0, 11.8, 9, 0, 0, 1]}],
    "fields": {
      "bsn": {"value": "900026236", "accepted": false, "findings": [{"code": "bsn_invalid"}]},
      "bedrag": {"value": 12.5, "accepted": true},
      "akkoord": {"value": true, "accepted": true},
      "naam": {"value": "J.  BAKKER", "accepted": false}}})");
}

Score score_of(const Json& record, const std::string& ledger = "{}") {
  return scored({{"a.tif", "typed", kTruth}}, {{record.dump()}, ledger}).at("typed");
}

TEST(Floors, count_what_is_right_about_a_document) {
  Score score = score_of(good_record());
  EXPECT_EQ(score.right["form"].got, 1);
  EXPECT_EQ(score.right["split"].got, 1);
  EXPECT_EQ(score.right["field"].got, 3);
  EXPECT_EQ(score.right["field"].of, 3) << "the field with the slip is counted as a finding";
  EXPECT_EQ(score.right["accepted"].got, 2);
  EXPECT_EQ(score.right["finding"].got, 1);
  EXPECT_THAT(score.wrong, IsEmpty());
}

TEST(Floors, call_a_wrong_value_harm_only_when_it_was_accepted) {
  Json record = good_record();
  record["fields"]["naam"]["value"] = "J. Bokker";
  EXPECT_EQ(score_of(record).wrong["accepted_wrong"], 0);
  record["fields"]["naam"]["accepted"] = true;
  Score score = score_of(record);
  EXPECT_EQ(score.wrong["accepted_wrong"], 1);
  EXPECT_EQ(score.right["field"].got, 2);
}

TEST(Floors, call_an_accepted_mistake_harm) {
  Json record = good_record();
  record["fields"]["bsn"]["accepted"] = true;
  EXPECT_EQ(score_of(record).wrong["accepted_wrong"], 1);
}

TEST(Floors, give_nothing_for_the_fields_of_another_form) {
  Json record = good_record();
  record["form"]["id"] = "verhuis";
  Score score = score_of(record);
  EXPECT_EQ(score.wrong["form_wrong"], 1);
  EXPECT_EQ(score.right["field"].got, 0);
  record["form"] = Json();
  EXPECT_EQ(score_of(record).wrong["form_wrong"], 0) << "unknown is honest";
}

TEST(Floors, see_a_page_too_many) {
  Json record = good_record();
  record["pages"].push_back({{"file", "a.tif"}, {"index", 1}});
  EXPECT_EQ(score_of(record).right["split"].got, 0);
  record["pages"][1] = {{"file", "b.tif"}, {"index", 0}};
  EXPECT_EQ(score_of(record).right["split"].got, 0);
}

TEST(Floors, measure_registration_in_millimetres_on_the_page) {
  Json record = good_record();
  EXPECT_EQ(score_of(record).right["place"].got, 1) << "3 px of 11.8 a mm";
  record["pages"][0]["mmToPx"][0] = 11.85;
  EXPECT_EQ(score_of(record).right["place"].got, 0) << "0.4 % too wide is 0.8 mm at the far side";
  record["pages"][0]["mmToPx"] = Json::array();
  EXPECT_EQ(score_of(record).right["place"].got, 0);
}

TEST(Floors, see_a_lost_file_and_a_missing_record) {
  const Score score = scored({{"a.tif", "typed", kTruth}},
                             {{}, R"({"rejected_files": [{"name": "a.tif", "reason": "x"}]})"})
                          .at("typed");
  EXPECT_EQ(score.wrong.at("file_lost"), 1);
  EXPECT_EQ(score.right.at("form").got, 0);
  EXPECT_EQ(score.right.at("field").of, 3);
}

TEST(Floors, want_the_right_reason_for_a_broken_file) {
  const std::vector<Sample> samples{{"x.tif", "broken", R"({"reject": "scan_cut|scan_damaged"})"}};
  const auto with = [&](const char* reason) {
    const Json ledger{{"rejected_files", {{{"name", "x.tif"}, {"reason", reason}}}}};
    return scored(samples, {{}, ledger.dump()}).at("broken").right.at("rejected").got;
  };
  EXPECT_EQ(with("scan_damaged"), 1);
  EXPECT_EQ(with("scan_cut"), 1);
  EXPECT_EQ(with("scan"), 0);
  EXPECT_EQ(with(""), 0);
}

TEST(Floors, accept_a_broken_page_that_a_person_gets_with_the_reason) {
  Json record{{"pages", {{{"file", "x.tif"}, {"index", 0}}}},
              {"status", "review"},
              {"findings", {{{"code", "scan_cut"}}}}};
  const auto score = [&] {
    return scored({{"x.tif", "broken", R"({"reject": "scan_cut"})"}}, {{record.dump()}, "{}"})
        .at("broken");
  };
  EXPECT_EQ(score().right.at("rejected").got, 1);
  EXPECT_THAT(score().wrong, IsEmpty());
  record["status"] = "ready";
  EXPECT_EQ(score().wrong.at("broken_read"), 1);
}

TEST(Floors, see_a_document_made_of_a_broken_file) {
  const Json record{{"pages", {{{"file", "x.tif"}, {"index", 0}}}}};
  const Score score =
      scored({{"x.tif", "broken", R"({"reject": "scan_cut"})"}}, {{record.dump()}, "{}"})
          .at("broken");
  EXPECT_EQ(score.wrong.at("broken_read"), 1);
}

TEST(Floors, find_the_facts_of_a_letter_under_any_number) {
  const std::string truth = R"({"documents": [{"form": "", "pages": [{"page_index": 0}],
      "letter": {"date": ["2026-09-03", "2026-09-20"], "bsn": ["900026236"]}}]})";
  const Json record = Json::parse(R"({"form": null, "pages": [{"file": "l.tif", "index": 0}],
      "fields": {"date": {"value": "2026-09-20"}, "date_2": {"value": "2026-09-03"}}})");
  const Score score = scored({{"l.tif", "letters", truth}}, {{record.dump()}, "{}"}).at("letters");
  EXPECT_EQ(score.right.at("fact").got, 2);
  EXPECT_EQ(score.right.at("fact").of, 3);
}

TEST(Floors, fail_below_the_floor_and_above_the_ceiling_and_name_slack) {
  Scores scores{{"typed", score_of(good_record())}};
  EXPECT_THAT(judged(scores, floors_text(scores)).failures, IsEmpty());
  EXPECT_THAT(judged(scores, floors_text(scores)).slack, IsEmpty());

  Scores worse = scores;
  worse["typed"].right["field"].got = 2;
  worse["typed"].wrong["accepted_wrong"] = 1;
  EXPECT_THAT(judged(worse, floors_text(scores)).failures,
              ElementsAre(HasSubstr("field right is 2 of 3, floor 3"),
                          HasSubstr("accepted_wrong is 1, ceiling 0")));
  EXPECT_THAT(
      judged(scores, floors_text(worse)).slack,
      ElementsAre(HasSubstr("raise the floor from 2"), HasSubstr("lower the ceiling from 1")));
}

TEST(Floors, refuse_what_has_no_floor) {
  const Scores scores{{"typed", score_of(good_record())}};
  EXPECT_FALSE(judged(scores, "{}").failures.empty());
  EXPECT_FALSE(judged({}, floors_text(scores)).failures.empty());
}

TEST(ValuesEqual, knows_the_ways_a_twin_writes_a_value) {
  EXPECT_TRUE(values_equal("1234.50", 1234.5));
  EXPECT_FALSE(values_equal("1234.50", 1234.51));
  EXPECT_TRUE(values_equal("3", 3));
  EXPECT_TRUE(values_equal(Json::array({"b", "a"}), Json{{"a", true}, {"b", true}, {"c", false}}));
  EXPECT_FALSE(values_equal(Json::array({"a"}), Json{{"a", true}, {"b", true}}));
  EXPECT_TRUE(values_equal(nullptr, ""));
  EXPECT_TRUE(values_equal(false, nullptr));
  EXPECT_FALSE(values_equal(false, true));
  EXPECT_TRUE(values_equal(true, "data:image/png;base64,AAAA"));
  EXPECT_FALSE(values_equal("a", nullptr));
  EXPECT_TRUE(values_equal("J. de Boer", "j. DE  boer"));
  EXPECT_FALSE(values_equal("J. de Boer", "J. de Boor"));
}

TEST(Calibration, is_the_mean_distance_between_what_is_stated_and_what_is_right) {
  Scores scores;
  scores["typed"].stated = {{0.95, true}, {0.95, true}, {0.95, false}, {0.95, true}};
  scores["letters"].stated = {{0.2, false}, {0.25, true}};
  EXPECT_NEAR(calibration_error(scores), (4 * 0.2 + 0.55) / 6, 1e-9);
  EXPECT_EQ(calibration_error({}), 0.0);
}

}  // namespace
}  // namespace postkamer::corpus
