// SPDX-License-Identifier: EUPL-1.2
//
// Test 27 of README.md: what comes out of a box is believed in nothing. A box that has been taken
// over says whatever it likes; the side outside ends it, gives the job a reason, and works on.
#include <chrono>
#include <filesystem>
#include <limits>

#include <gmock/gmock.h>

#include "workers/host/box.h"
#include "workers/host/box_check.h"

namespace postkamer::faults {
namespace {

namespace fs = std::filesystem;
using host::BoxedHandler;
using host::BoxTerms;
using host::Outcome;
using host::Task;
using nlohmann::json;

host::BoxProgram hostile_box(const std::string& lie) {
  return {fs::read_symlink("/proc/self/exe").parent_path() / "hostile_box", {lie}};
}

BoxTerms short_terms() {
  BoxTerms terms;
  terms.load = std::chrono::seconds(20);
  terms.job = std::chrono::seconds(20);
  terms.answer.total_bytes = 1 << 20;
  terms.questions = 3;
  return terms;
}

Result<void> check(const Task& task, Outcome& outcome) {
  return host::check_outcome(task, outcome, {});
}

Result<std::vector<Bytes>> answer_nothing(const Task&, const json&) { return std::vector<Bytes>{}; }

BoxedHandler handler_of(const std::string& lie, const BoxTerms& terms) {
  return {hostile_box(lie), terms, check, answer_nothing};
}

struct Lie {
  const char* name;
  const char* reason;
};

void PrintTo(const Lie& lie, std::ostream* out) { *out << lie.name; }

class HostileBox : public testing::TestWithParam<Lie> {};

TEST_P(HostileBox, is_refused_and_the_worker_works_on) {
  BoxTerms terms = short_terms();
  const std::string lie = GetParam().name;
  if (lie == "silence" || lie == "short_and_silent") terms.job = std::chrono::milliseconds(300);
  BoxedHandler handler = handler_of(lie, terms);
  ASSERT_TRUE(handler.open());
  for (int again = 0; again < 2; ++again) {
    Task task{"decode", {{"first_page", 0}, {"max_pages", 16}}, {Bytes{1, 2, 3}}};
    const auto outcome = handler(task);
    ASSERT_FALSE(outcome) << "believed";
    EXPECT_EQ(outcome.error().reason, GetParam().reason) << outcome.error().message;
    EXPECT_LT(outcome.error().message.size(), 5'000u);
    EXPECT_EQ(task.blobs, std::vector<Bytes>({Bytes{1, 2, 3}})) << "the task is the worker's still";
  }
}

INSTANTIATE_TEST_SUITE_P(
    Says, HostileBox,
    testing::Values(
        Lie{"wrong_magic", "box_nonsense"}, Lie{"unknown_type", "box_nonsense"},
        Lie{"type_zero", "box_nonsense"}, Lie{"hidden_bytes", "box_nonsense"},
        Lie{"a_task", "box_nonsense"}, Lie{"an_answer", "box_nonsense"},
        Lie{"ready_again", "box_nonsense"}, Lie{"huge_body", "limit_answer_bytes"},
        Lie{"no_body", "box_nonsense"}, Lie{"huge_blob_count", "box_nonsense"},
        Lie{"huge_blob", "limit_answer_bytes"}, Lie{"sizes_that_wrap", "limit_answer_bytes"},
        Lie{"many_sizes_too_large", "limit_answer_bytes"}, Lie{"short_and_gone", "box_ended"},
        Lie{"short_and_silent", "limit_job_ms"}, Lie{"promised_blob_missing", "box_ended"},
        Lie{"socket_closed", "box_crashed"}, Lie{"silence", "limit_job_ms"},
        Lie{"no_json", "box_nonsense"}, Lie{"an_array", "box_nonsense"},
        Lie{"not_a_number", "box_nonsense"}, Lie{"infinite", "box_nonsense"},
        Lie{"zero_bytes", "box_nonsense"}, Lie{"deep", "box_nonsense"},
        Lie{"cut_text", "box_nonsense"}, Lie{"questions_without_end", "box_nonsense"},
        Lie{"error_that_is_none", "box_nonsense"}, Lie{"error_of_a_megabyte", "box_nonsense"},
        Lie{"an_error_with_blobs", "box_nonsense"}),
    [](const auto& lie) { return std::string(lie.param.name); });

TEST(HostileBox, gets_no_more_of_its_worker_s_time_than_its_share) {
  BoxTerms terms = short_terms();
  terms.questions = 50;
  terms.service = std::chrono::milliseconds(1);
  int served = 0;
  const auto slow = [&](const Task&, const json&) -> Result<std::vector<Bytes>> {
    ++served;
    const auto end = std::chrono::steady_clock::now() + terms.service;
    while (std::chrono::steady_clock::now() < end) continue;
    return std::vector<Bytes>{};
  };
  BoxedHandler handler{hostile_box("questions_without_end"), terms, check, slow};
  ASSERT_TRUE(handler.open());
  Task task{"decode", {{"first_page", 0}, {"max_pages", 16}}, {Bytes{1, 2, 3}}};
  EXPECT_FALSE(handler(task));
  EXPECT_EQ(served, 1);
}

TEST(HostileBox, that_is_never_ready_is_not_waited_for) {
  BoxTerms terms = short_terms();
  terms.load = std::chrono::milliseconds(300);
  const auto opened = handler_of("never_ready", terms).open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().reason, "box_not_ready");
  EXPECT_EQ(opened.error().code, ErrorCode::unavailable);
}

TEST(HostileBox, that_begins_with_something_else_is_not_opened) {
  EXPECT_FALSE(handler_of("first_word_is_a_task", short_terms()).open());
  const auto gone = handler_of("gone_at_once", short_terms()).open();
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().reason, "box_ended");
  const auto config = handler_of("config_is_wrong", short_terms()).open();
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().code, ErrorCode::invalid_config);
  Task task{"decode", {{"first_page", 0}, {"max_pages", 16}}, {Bytes{1, 2, 3}}};
  const auto given_back = handler_of("config_is_wrong", short_terms())(task);
  ASSERT_FALSE(given_back);
  EXPECT_EQ(given_back.error().code, ErrorCode::unavailable) << "no task is at fault for it";
}

// One good outcome of each kind, as the real boxes give them.
struct Good {
  Task task;
  Outcome outcome;
};

const Bytes kTiff{'I', 'I', '*', 0, 8, 0, 0, 0};

json good_picture() {
  return {{"format", "tiff"}, {"width", 2480},      {"height", 3508},
          {"dpi", 300.0},     {"is_bilevel", true}, {"origin", "whole_file"}};
}

json good_finding() {
  return {{"code", "resolution_low"},
          {"field", ""},
          {"page", 1},
          {"severity", "notice"},
          {"evidence", "150"}};
}

json good_page(int index) {
  return {{"index", index},
          {"original", good_picture()},
          {"codes", json::array({{{"symbology", "qr"},
                                  {"text", "PK"},
                                  {"box", {1.0, 2.0, 3.0, 4.0}},
                                  {"orientation", 90.0}}})},
          {"kind", "separator"},
          {"separator", {{"kind", "code"}, {"text", "PK-SEP|"}}},
          {"ink_share", 0.1},
          {"findings", json::array({good_finding()})}};
}

const json kTransform = {1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0};

json good_upright() {
  return {{"dpi", 300.0},
          {"is_bilevel", true},
          {"original_to_upright", kTransform},
          {"skew", 0.5},
          {"skew_confidence", 0.9},
          {"quality",
           {{"effective_dpi", 300.0},
            {"focus", 0.5},
            {"contrast", 0.5},
            {"clipped_share", 0.0},
            {"missing_corners", 0}}},
          {"findings", json::array({good_finding()})}};
}

json good_candidate() {
  return {{"form", "verhuisaangifte"},
          {"version", "2026-01"},
          {"page", 1},
          {"turn", 0},
          {"probability", 0.99},
          {"evidence", "code"},
          {"mm_to_upright", kTransform}};
}

json good_words() {
  return {{"words", json::array({json::array({"woord", 1.0, 2.0, 3.0, 4.0, 0.9, 0, 0})})},
          {"turn", 0},
          {"engine", "tesseract"}};
}

json good_reading() {
  const json alternative{{"text", "1"}, {"probability", 0.9}};
  return {{"field", "bsn"},
          {"page", 1},
          {"value", "1"},
          {"raw", "1"},
          {"alternatives", json::array({alternative})},
          {"cells",
           json::array({{{"candidates", json::array({alternative})}, {"empty_probability", 0.1}}})},
          {"probability", 0.9},
          {"method", "handprint"},
          {"box", {1.0, 2.0, 3.0, 4.0}},
          {"findings", json::array()}};
}

std::vector<Good> good_outcomes() {
  const Bytes pdf{'%', 'P', 'D', 'F', '-', '1'};
  const Bytes provenance{'{', '}'};
  return {
      {{"decode", {{"first_page", 16}, {"max_pages", 16}}, {Bytes{1}}},
       {{{"page_count", 18},
         {"pages", json::array({good_page(16), good_page(17)})},
         {"findings", json::array({good_finding()})},
         {"picture_is_scan", false}},
        {kTiff, kTiff}}},
      {{"deskew", json::object(), {}},
       {{{"upright", good_upright()}, {"picture", good_picture()}}, {kTiff}}},
      {{"classify", json::object(), {}},
       {{{"classification",
          {{"form", good_candidate()},
           {"alternatives", json::array({good_candidate()})},
           {"findings", json::array()}}}},
        {}}},
      {{"ocr", json::object(), {}}, {{{"recognised", good_words()}}, {}}},
      {{"extract", json::object(), {}},
       {{{"registered", true},
         {"registration",
          {{"mm_to_upright", kTransform},
           {"mm_to_original", kTransform},
           {"residual_mm", 0.1},
           {"match", 0.9},
           {"points", 40}}},
         {"readings", json::array({good_reading()})},
         {"recognised", good_words()},
         {"findings", json::array()}},
        {}}},
      {{"archive", json::object(), {}}, {json::object(), {pdf, provenance}}},
  };
}

TEST(CleanSide, lets_pass_what_an_honest_box_says) {
  for (Good& good : good_outcomes()) {
    const json before = good.outcome.body;
    const auto checked = check(good.task, good.outcome);
    EXPECT_TRUE(checked) << good.task.kind << ": " << checked.error().message;
    EXPECT_EQ(good.outcome.body, before) << good.task.kind;
  }
}

// Values that no member may have, whatever it means.
std::vector<json> poisons() {
  return {nullptr,
          -1,
          -1e300,
          1e300,
          std::numeric_limits<std::int64_t>::min(),
          std::numeric_limits<std::uint64_t>::max(),
          std::numeric_limits<double>::quiet_NaN(),
          std::string(1 << 20, 'x'),
          json::array({1, json::array()}),
          json::object({{"x", 1}})};
}

// Members that may be absent (null), hold any number or any text.
bool may_be(const std::string& pointer, const json& poison) {
  const auto ends = [&](const char* tail) { return pointer.ends_with(tail); };
  if (poison.is_null())
    return ends("/separator") || ends("/mm_to_upright") || ends("/form") || ends("/value");
  if (poison == -1)
    return ends("/skew") || ends("/orientation") || pointer.find("_to_") != std::string::npos ||
           ends("/effective_dpi") || ends("/box/0") || ends("/box/1") || ends("/0/1") ||
           ends("/0/2");
  return false;
}

TEST(CleanSide, refuses_poison_in_every_member) {
  int refused = 0;
  for (const Good& good : good_outcomes()) {
    const json leaves = good.outcome.body.flatten();
    for (const auto& [pointer, leaf] : leaves.items()) {
      if (leaf.is_null() || pointer.empty()) continue;
      for (const json& poison : poisons()) {
        Outcome outcome = good.outcome;
        outcome.body[json::json_pointer(pointer)] = poison;
        const bool is_believed = check(good.task, outcome).has_value();
        refused += is_believed ? 0 : 1;
        EXPECT_TRUE(!is_believed || may_be(pointer, poison))
            << good.task.kind << pointer << " = " << poison.dump().substr(0, 40);
      }
    }
  }
  EXPECT_GT(refused, 1000);
}

TEST(CleanSide, refuses_an_outcome_from_which_a_member_is_missing) {
  for (const Good& good : good_outcomes())
    for (const auto& [name, value] : good.outcome.body.items()) {
      Outcome outcome = good.outcome;
      outcome.body.erase(name);
      EXPECT_FALSE(check(good.task, outcome)) << good.task.kind << " without " << name;
    }
}

TEST(CleanSide, lets_nothing_travel_on_that_it_does_not_know) {
  for (Good& good : good_outcomes()) {
    if (good.task.kind == "archive") continue;
    const json before = good.outcome.body;
    good.outcome.body["stowaway"] = "x";
    ASSERT_TRUE(check(good.task, good.outcome)) << good.task.kind;
    EXPECT_EQ(good.outcome.body, before);
  }
}

// Lies about how much there is: each is believed nowhere.
TEST(CleanSide, counts_pages_pictures_and_bytes_itself) {
  const Good good = good_outcomes().front();
  const auto is_believed = [&](const std::function<void(Outcome&)>& change) {
    Outcome outcome = good.outcome;
    change(outcome);
    return check(good.task, outcome).has_value();
  };
  EXPECT_TRUE(is_believed([](Outcome&) {}));
  EXPECT_FALSE(is_believed([](Outcome& o) { o.blobs.pop_back(); })) << "a picture too few";
  EXPECT_FALSE(is_believed([](Outcome& o) { o.blobs.push_back(kTiff); })) << "a picture too many";
  EXPECT_FALSE(is_believed([](Outcome& o) {
    o.blobs[1] = Bytes{'%', 'P', 'D', 'F'};
  })) << "another format";
  EXPECT_FALSE(is_believed([](Outcome& o) { o.blobs[1].clear(); })) << "no bytes";
  EXPECT_FALSE(is_believed([](Outcome& o) { o.body["pages"][1]["index"] = 16; })) << "a page twice";
  EXPECT_FALSE(is_believed([](Outcome& o) { std::swap(o.body["pages"][0], o.body["pages"][1]); }));
  EXPECT_FALSE(is_believed([](Outcome& o) {
    o.body["pages"].push_back(good_page(18));
    o.blobs.push_back(kTiff);
  })) << "a page beyond the count";
  EXPECT_FALSE(is_believed([](Outcome& o) { o.body["page_count"] = 2'001; })) << "limit file_pages";
  EXPECT_FALSE(is_believed([](Outcome& o) { o.body["page_count"] = 0; }));
  EXPECT_FALSE(is_believed([](Outcome& o) {
    o.body["pages"] = json::array();
    o.blobs.clear();
  }));
  EXPECT_FALSE(is_believed([](Outcome& o) { o.body["picture_is_scan"] = true; })) << "of two pages";
  EXPECT_FALSE(is_believed([](Outcome& o) { o.body["pages"][0]["original"]["width"] = 0; }));
  EXPECT_FALSE(is_believed([](Outcome& o) { o.body["pages"][0]["original"]["width"] = 32'768; }));
  EXPECT_FALSE(is_believed([](Outcome& o) {
    o.body["pages"][0]["original"]["width"] = 30'000;
    o.body["pages"][0]["original"]["height"] = 30'000;
  })) << "limit page_pixels";
  EXPECT_FALSE(is_believed([](Outcome& o) { o.body["pages"][0]["original"]["format"] = "gif"; }));
  EXPECT_FALSE(is_believed([](Outcome& o) { o.body["pages"][0]["kind"] = "content"; }))
      << "with a separator";
  EXPECT_FALSE(is_believed([](Outcome& o) { o.body["findings"][0]["code"] = "<script>"; }));
}

// More pages than were asked for, all of them well-formed.
TEST(CleanSide, takes_no_more_pages_than_it_asked_for) {
  Good good = good_outcomes().front();
  good.task.body["max_pages"] = 1;
  EXPECT_FALSE(check(good.task, good.outcome));
}

TEST(CleanSide, refuses_a_record_of_another_document) {
  Task task{"assemble", {{"document", "PK-1-1"}}, {}};
  Outcome outcome{{{"record", {{"document", "PK-1-2"}}}}, {}};
  EXPECT_FALSE(check(task, outcome));
}

TEST(CleanSide, refuses_a_job_it_does_not_know) {
  Outcome outcome;
  EXPECT_FALSE(check({"format_disk", json::object(), {}}, outcome));
}

// The whole way: what a hostile process says, well-formed but false, is held up outside.
TEST(HostileBox, that_lies_in_good_form_is_found_out) {
  for (const Good& good : good_outcomes()) {
    BoxedHandler handler = handler_of("as_told", short_terms());
    ASSERT_TRUE(handler.open());
    Task honest = good.task;
    honest.body["say"] = good.outcome.body;
    honest.blobs = good.outcome.blobs;
    const auto believed = handler(honest);
    ASSERT_TRUE(believed) << good.task.kind << ": " << believed.error().message;
    Task lying = honest;
    lying.blobs.push_back(kTiff);
    const auto refused = handler(lying);
    ASSERT_FALSE(refused) << good.task.kind;
    EXPECT_EQ(refused.error().reason, "box_nonsense");
  }
}

}  // namespace
}  // namespace postkamer::faults
