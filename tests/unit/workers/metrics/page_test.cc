// SPDX-License-Identifier: EUPL-1.2
#include "workers/metrics/page.h"

#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include <gmock/gmock.h>

namespace postkamer::metrics {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

json a_status() {
  return {
      {"kinds",
       {{"ocr",
         {{"waiting", 3}, {"running", 1}, {"oldest_ms", 2500}, {"done", 40}, {"failed", 2}}}}},
      {"workers",
       {{{"kinds", {"ocr"}}, {"state", "executing"}},
        {{"kinds", {"ocr"}}, {"state", "idle"}},
        {{"kinds", {"something new"}}, {"state", "idle"}}}},
      {"batches", {{{"state", "open"}}, {{"state", "closing"}}, {{"state", "closing"}}}},
      {"subscribers", {{{"name", "zaaksysteem"}, {"behind", 7}, {"lost", 1}}}},
      {"head", 120},
      {"oldest", 11},
      {"wires",
       {{"malformed", 5}, {"unsupported", 3}, {"gate", {{"malformed", 6}, {"unsupported", 4}}}}},
      {"draining", true}};
}

Figures all_figures() {
  Figures figures;
  figures.broker = broker_figures(a_status());
  figures.backlog = journal::Backlog{4, 5, 6, "", "", 2};
  figures.unread_by_publisher = {7, 8};
  figures.unread_s = 61;
  figures.backup_s = 3600;
  figures.inboxes["post"] = {1, 2, 3, 45, 6, true};
  figures.sinks["zaken"] = {8, 9, true};
  figures.wanted_workers["ocr"] = 2;
  figures.disk_free = 1'000'000'000'000;
  figures.disk_size = 2;
  figures.journal_bytes = 3;
  return figures;
}

TEST(MetricsPage, tells_what_the_broker_answers) {
  const std::string page = page_of(all_figures());
  for (const char* line : {"# TYPE postkamer_jobs_done_total counter",
                           "postkamer_up 1",
                           "postkamer_jobs_waiting{kind=\"ocr\"} 3",
                           "postkamer_jobs_oldest_waiting_seconds{kind=\"ocr\"} 2.5",
                           "postkamer_jobs_failed_total{kind=\"ocr\"} 2",
                           "postkamer_workers{kind=\"ocr\",state=\"executing\"} 1",
                           "postkamer_batches{state=\"closing\"} 2",
                           "postkamer_subscriber_behind_events{subscriber=\"zaaksysteem\"} 7",
                           "postkamer_events_total 120",
                           "postkamer_messages_refused_total{reader=\"broker\"} 5",
                           "postkamer_messages_refused_total{reader=\"gate\"} 6",
                           "postkamer_messages_refused_total{reader=\"publisher\"} 7",
                           "postkamer_messages_unsupported_total{reader=\"broker\"} 3",
                           "postkamer_messages_unsupported_total{reader=\"gate\"} 4",
                           "postkamer_messages_unsupported_total{reader=\"publisher\"} 8",
                           "postkamer_oldest_unpublished_seconds{waits_for=\"machine\"} 61",
                           "postkamer_documents{state=\"review\"} 6",
                           "postkamer_inbox_stopped{inbox=\"post\"} 1",
                           "postkamer_sink_held_events{sink=\"zaken\",state=\"parked\"} 9",
                           "postkamer_backup_age_seconds 3600",
                           "postkamer_disk_free_bytes 1000000000000"})
    EXPECT_THAT(page, HasSubstr(std::string(line) + "\n"));
  EXPECT_THAT(page, Not(HasSubstr("something new"))) << "a label that nobody bounds";
}

TEST(MetricsPage, says_that_no_broker_answers_and_tells_the_rest) {
  Figures figures = all_figures();
  figures.broker.reset();
  const std::string page = page_of(figures);
  EXPECT_THAT(page, HasSubstr("postkamer_up 0\n"));
  EXPECT_THAT(page, HasSubstr("postkamer_disk_free_bytes"));
  EXPECT_THAT(page, Not(HasSubstr("postkamer_jobs_waiting")));
}

TEST(MetricsPage, takes_a_status_of_any_shape) {
  for (const json& status : {json(), json(7), json::array(), json{{"kinds", 7}},
                             json{{"kinds", {{"ocr", "many"}}}, {"workers", {1, "x", json()}}},
                             json{{"subscribers", {{{"behind", -3}}}}, {"head", "x"}},
                             json{{"wires", 7}}, json{{"wires", {{"gate", nullptr}}}}})
    EXPECT_EQ(broker_figures(status).head, 0u);
}

std::set<std::string> names_in(const std::string& text, const char* pattern) {
  const std::regex expression(pattern);
  std::set<std::string> names;
  for (auto found = std::sregex_iterator(text.begin(), text.end(), expression);
       found != std::sregex_iterator(); ++found)
    names.insert((*found)[1]);
  return names;
}

TEST(MetricsPage, is_told_whole_in_the_readme_and_nothing_else_is) {
  std::ifstream file(POSTKAMER_SOURCE_DIR "/workers/metrics/README.md");
  const std::string readme{std::istreambuf_iterator<char>(file), {}};
  std::set<std::string> told;
  for (const auto& row : names_in(readme, "\n\\| (`[^|]*) \\|"))
    told.merge(names_in(row, "`([a-z_]+)`"));
  EXPECT_EQ(told, names_in(page_of(all_figures()), "# HELP postkamer_([a-z_]+) "));
}

TEST(MetricsPage, ages_are_never_negative) {
  EXPECT_EQ(age_of("1970-01-01T00:01:00.000Z", 100), 40);
  EXPECT_EQ(age_of("1970-01-01T00:02:00.000Z", 100), 0);
  EXPECT_EQ(age_of("", 100), 0);
  EXPECT_EQ(age_of("yesterday", 100), 0);
}

}  // namespace
}  // namespace postkamer::metrics
