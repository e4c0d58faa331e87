// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/review/review.h"

#include <gmock/gmock.h>

#include "pipeline/validate/validate.h"

namespace postkamer::review {
namespace {

using forms::FieldType;
using forms::Verify;

forms::Form form() {
  forms::Form out;
  out.id = "aanvraag";
  const auto add = [&](const char* name, FieldType type, bool required, Verify verify) {
    forms::Field field;
    field.name = name;
    field.type = type;
    field.required = required;
    field.verify = verify;
    out.fields.push_back(field);
  };
  add("bsn", FieldType::bsn, true, Verify::doubt);
  add("van", FieldType::date, false, Verify::doubt);
  add("tot", FieldType::date, false, Verify::doubt);
  add("bedrag", FieldType::amount, false, Verify::twice);
  forms::Rule rule;
  rule.kind = "date_order";
  rule.fields = {"van", "tot"};
  out.rules.push_back(rule);
  return out;
}

Reading reading(const char* field, const char* text, double probability) {
  Reading out;
  out.field = field;
  if (*text != '\0') out.value = std::string(text);
  out.raw = text;
  out.probability = probability;
  out.method = Method::handprint;
  out.box = {10, 20, 30, 40};
  return out;
}

Record record_of(const std::vector<Reading>& readings) {
  const auto validated = validate::validate(form(), readings, "2026-11-23");
  Record out;
  out.document = "PK-1-1";
  out.form = "aanvraag";
  out.date_of_receipt = "2026-11-23";
  out.fields = validated.fields;
  out.findings = validated.findings;
  return out;
}

Record doubtful() {
  return record_of({reading("bsn", "123456782", 0.7), reading("van", "3-5-2026", 1.0),
                    reading("tot", "2-5-2026", 1.0), reading("bedrag", "", 1.0)});
}

const FieldResult& field(const Record& record, std::string_view name) {
  return *std::ranges::find(record.fields, name, &FieldResult::field);
}

std::vector<std::string> codes(const Findings& findings) {
  std::vector<std::string> out;
  for (const Finding& finding : findings) out.push_back(finding.code);
  return out;
}

template <class T>
std::string reason(const Result<T>& result) {
  return result ? "accepted" : result.error().reason;
}

TEST(Review, needs_a_person_as_long_as_a_doubt_stands) {
  const forms::Form the_form = form();
  Record record = doubtful();
  EXPECT_TRUE(needs_person(record));
  record = *set_field(record, &the_form, "bsn", "123456782", "anna");
  EXPECT_TRUE(needs_person(record)) << "dates are still in the wrong order";
  record = *set_field(record, &the_form, "tot", "4-5-2026", "anna");
  EXPECT_TRUE(needs_person(record)) << "the amount is to be seen by two";
  record = *set_field(record, &the_form, "bedrag", "", "anna");
  record = *set_field(record, &the_form, "bedrag", "", "bert");
  EXPECT_FALSE(needs_person(record));
  EXPECT_EQ(record.status, RecordStatus::review) << "only accept closes it";
}

TEST(Review, sets_a_field_to_its_canonical_value_and_keeps_what_was_seen) {
  const forms::Form the_form = form();
  const auto out = set_field(doubtful(), &the_form, "bsn", "1112.22.333", "anna");
  ASSERT_TRUE(out);
  const FieldResult& bsn = field(*out, "bsn");
  EXPECT_EQ(std::get<std::string>(bsn.value), "111222333");
  EXPECT_EQ(bsn.raw, "123456782");
  EXPECT_EQ(bsn.box, (Rect{10, 20, 30, 40}));
  EXPECT_EQ(bsn.verified_by, "anna");
  EXPECT_EQ(bsn.method, Method::person);
  EXPECT_EQ(bsn.probability, 1.0);
  EXPECT_TRUE(bsn.accepted);
  EXPECT_TRUE(bsn.findings.empty());
}

TEST(Review, takes_a_wrong_number_that_is_really_written_but_says_so) {
  const forms::Form the_form = form();
  const auto out = set_field(doubtful(), &the_form, "bsn", "123456789", "anna");
  ASSERT_TRUE(out);
  EXPECT_EQ(std::get<std::string>(field(*out, "bsn").value), "123456789");
  EXPECT_THAT(codes(field(*out, "bsn").findings), ::testing::Contains("bsn_invalid"));
  EXPECT_FALSE(field(*out, "bsn").accepted);
}

TEST(Review, checks_the_rules_between_fields_again) {
  const forms::Form the_form = form();
  const Record before = doubtful();
  EXPECT_THAT(codes(before.findings), ::testing::ElementsAre("date_order"));
  const auto better = set_field(before, &the_form, "tot", "4-5-2026", "anna");
  EXPECT_TRUE(better->findings.empty());
  const auto worse = set_field(*better, &the_form, "van", "5-5-2026", "anna");
  EXPECT_THAT(codes(worse->findings), ::testing::ElementsAre("date_order"));
}

TEST(Review, leaves_findings_of_the_document_alone) {
  const forms::Form the_form = form();
  Record before = doubtful();
  before.findings.push_back({"page_missing", "", 0, Severity::doubt, ""});
  const auto out = set_field(before, &the_form, "tot", "4-5-2026", "anna");
  EXPECT_THAT(codes(out->findings), ::testing::ElementsAre("page_missing"));
}

TEST(Review, changes_nothing_of_the_record_it_was_given) {
  const forms::Form the_form = form();
  const Record before = doubtful();
  (void)set_field(before, &the_form, "bsn", "111222333", "anna");
  (void)accept(before, &the_form, "anna");
  EXPECT_EQ(std::get<std::string>(field(before, "bsn").value), "123456782");
  EXPECT_EQ(before.status, RecordStatus::review);
}

TEST(Review, puts_a_field_that_was_not_there_in_form_order) {
  const forms::Form the_form = form();
  Record before = doubtful();
  std::erase_if(before.fields, [](const FieldResult& each) { return each.field == "van"; });
  const auto out = set_field(before, &the_form, "van", "1-5-2026", "anna");
  ASSERT_EQ(out->fields.size(), 4u);
  EXPECT_EQ(out->fields[1].field, "van");
}

TEST(Review, refuses_a_field_that_is_not_on_the_form) {
  const forms::Form the_form = form();
  EXPECT_EQ(reason(set_field(doubtful(), &the_form, "iban", "x", "anna")), "review_unknown_field");
  EXPECT_EQ(reason(set_field(doubtful(), nullptr, "iban", "x", "anna")), "review_unknown_field");
}

TEST(Review, refuses_everything_on_a_closed_record) {
  const forms::Form the_form = form();
  for (const RecordStatus status : {RecordStatus::ready, RecordStatus::rejected}) {
    Record closed = doubtful();
    closed.status = status;
    EXPECT_EQ(reason(set_field(closed, &the_form, "bsn", "", "anna")), "review_not_open");
    EXPECT_EQ(reason(accept(closed, &the_form, "anna")), "review_not_open");
    EXPECT_EQ(reason(reject(closed, "anna", "why")), "review_not_open");
  }
}

TEST(Review, wants_two_different_people_for_a_field_that_needs_two) {
  const forms::Form the_form = form();
  const auto once = set_field(doubtful(), &the_form, "bedrag", "12,50", "anna");
  EXPECT_THAT(codes(field(*once, "bedrag").findings), ::testing::Contains("verify_second"));
  EXPECT_EQ(reason(accept(*once, &the_form, "anna")), "review_second_person");
  const auto same = set_field(*once, &the_form, "bedrag", "12,50", "anna");
  EXPECT_EQ(field(*same, "bedrag").verified_by, "anna");
  EXPECT_FALSE(field(*same, "bedrag").accepted);
  const auto other = set_field(*once, &the_form, "bedrag", "13,50", "bert");
  EXPECT_THAT(codes(field(*other, "bedrag").findings), ::testing::Contains("verify_second"))
      << "two people, two values: nobody confirmed";
  const auto twice = set_field(*once, &the_form, "bedrag", "12.50", "bert");
  EXPECT_EQ(field(*twice, "bedrag").verified_by, "anna, bert");
  EXPECT_TRUE(field(*twice, "bedrag").accepted);
  EXPECT_TRUE(accept(*twice, &the_form, "anna"));
  EXPECT_TRUE(accept(*once, &the_form, "bert")) << "who accepts is the second";
  EXPECT_EQ(reason(accept(doubtful(), &the_form, "anna")), "review_second_person");
  const auto alone = set_field(doubtful(), &the_form, "bedrag", "12,50", "anna, bert");
  EXPECT_EQ(reason(accept(*alone, &the_form, "anna, bert")), "review_second_person")
      << "one name is one person, whatever stands in it";
}

TEST(Review, accepts_only_when_required_fields_are_filled_or_verified_empty) {
  forms::Form the_form = form();
  the_form.fields[3].verify = Verify::doubt;
  Record empty = doubtful();
  empty.fields[0].value = {};
  EXPECT_EQ(reason(accept(empty, &the_form, "anna")), "review_required_missing");
  const auto verified = set_field(empty, &the_form, "bsn", "", "anna");
  ASSERT_TRUE(verified);
  EXPECT_FALSE(field(*verified, "bsn").value != Value{});
  EXPECT_TRUE(accept(*verified, &the_form, "anna"));
}

TEST(Review, accepting_verifies_what_was_doubtful_and_nothing_else) {
  forms::Form the_form = form();
  the_form.fields[3].verify = Verify::doubt;
  Record before = record_of({reading("bsn", "123456782", 0.7), reading("van", "3-5-2026", 1.0),
                             reading("tot", "2-5-2026", 1.0), reading("bedrag", "", 1.0)});
  const auto out = accept(before, &the_form, "anna");
  ASSERT_TRUE(out);
  EXPECT_EQ(out->status, RecordStatus::ready);
  EXPECT_EQ(field(*out, "bsn").verified_by, "anna");
  EXPECT_EQ(field(*out, "van").verified_by, "") << "the machine was sure, nobody had to look";
  EXPECT_FALSE(needs_person(*out));
  EXPECT_THAT(codes(out->findings), ::testing::ElementsAre("date_order"));
  EXPECT_EQ(out->findings[0].severity, Severity::notice);
}

TEST(Review, rejects_with_the_reason_on_record) {
  const auto out = reject(doubtful(), "anna", "hoort bij een andere gemeente");
  ASSERT_TRUE(out);
  EXPECT_EQ(out->status, RecordStatus::rejected);
  EXPECT_EQ(out->findings.back().code, "review_rejected");
  EXPECT_EQ(out->findings.back().evidence, "anna: hoort bij een andere gemeente");
}

TEST(Review, lets_any_text_stand_in_an_unknown_document) {
  Record letter;
  letter.document = "PK-1-2";
  FieldResult date;
  date.field = "date";
  date.value = std::string("2026-05-03");
  letter.fields = {date};
  const auto out = set_field(letter, nullptr, "date", "3 mei", "anna");
  ASSERT_TRUE(out);
  EXPECT_EQ(std::get<std::string>(out->fields[0].value), "3 mei");
  EXPECT_EQ(accept(*out, nullptr, "anna")->status, RecordStatus::ready);
}

// A record as it was published: the office's amount confirmed by two people.
Record published() {
  const forms::Form the_form = form();
  Record record = doubtful();
  for (const char* person : {"anna", "bert"})
    record = *set_field(record, &the_form, "bedrag", "12,50", person);
  return *accept(record, &the_form, "anna");
}

TEST(Review, corrects_a_published_record_in_all_fields_or_none) {
  const forms::Form the_form = form();
  const Record before = published();
  const auto out =
      correct(before, &the_form, {{{"bsn", "999990342"}, {"van", "1-5-2026"}}, "carla", ""});
  ASSERT_TRUE(out) << out.error().message;
  EXPECT_EQ(out->status, RecordStatus::ready);
  EXPECT_EQ(std::get<std::string>(field(*out, "bsn").value), "999990342");
  EXPECT_EQ(field(*out, "bsn").verified_by, "carla");
  EXPECT_EQ(field(*out, "tot").verified_by, field(before, "tot").verified_by);
  EXPECT_THAT(codes(out->findings), ::testing::IsEmpty()) << "the dates are in order now";
  EXPECT_EQ(reason(correct(before, &the_form, {{{"bsn", "1"}, {"kleur", "rood"}}, "carla", ""})),
            "review_unknown_field");
}

TEST(Review, corrects_what_two_people_must_see_with_two_people) {
  const forms::Form the_form = form();
  const Record before = published();
  EXPECT_EQ(reason(correct(before, &the_form, {{{"bedrag", "13,50"}}, "carla", ""})),
            "review_second_person");
  EXPECT_EQ(reason(correct(before, &the_form, {{{"bedrag", "13,50"}}, "carla", "carla"})),
            "review_second_person");
  const auto out = correct(before, &the_form, {{{"bedrag", "13,50"}}, "carla", "dirk"});
  ASSERT_TRUE(out) << out.error().message;
  EXPECT_EQ(field(*out, "bedrag").verified_by, "carla, dirk");
}

TEST(Review, withdraws_a_published_record_for_good) {
  const forms::Form the_form = form();
  const auto out = withdraw(published(), "carla", "dubbel gescand");
  ASSERT_TRUE(out);
  EXPECT_EQ(out->status, RecordStatus::withdrawn);
  EXPECT_EQ(out->findings.back().evidence, "carla: dubbel gescand");
  EXPECT_EQ(reason(withdraw(*out, "carla", "nog eens")), "review_not_published");
  EXPECT_EQ(reason(correct(*out, &the_form, {})), "review_not_published");
  EXPECT_EQ(reason(correct(doubtful(), &the_form, {})), "review_not_published");
}

TEST(Review, puts_a_page_between_the_others_and_lets_page_numbers_follow) {
  Record letter;
  letter.pages.resize(2);
  letter.findings = {{"focus_poor", "", 1, Severity::notice, ""},
                     {"clipped", "", 2, Severity::notice, ""},
                     {"form_unknown", "", 0, Severity::notice, ""}};
  letter.fields.resize(1);
  letter.fields[0].page = 2;
  RecordPage back;
  back.index = 7;
  const Record out = with_page(letter, back, 1);
  ASSERT_EQ(out.pages.size(), 3u);
  EXPECT_EQ(out.pages[1].index, 7);
  EXPECT_EQ(out.findings[0].page, 1);
  EXPECT_EQ(out.findings[1].page, 3);
  EXPECT_EQ(out.findings[2].page, 0) << "about the whole document";
  EXPECT_EQ(out.findings.back().code, "page_put_back");
  EXPECT_EQ(out.findings.back().page, 2);
  EXPECT_EQ(out.fields[0].page, 3);
  EXPECT_FALSE(needs_person(out)) << "who put it back has looked at it";
  letter.form = "f";
  EXPECT_EQ(with_page(letter, back, 1).fields[0].page, 2) << "the form's own page";
  EXPECT_EQ(with_page(letter, back, 9).pages.back().index, 7);
}

}  // namespace
}  // namespace postkamer::review
