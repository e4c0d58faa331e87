// SPDX-License-Identifier: EUPL-1.2
//
// The broker on what becomes of its journal, blobs and clock.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "tests/support/forking.h"
#include "tests/unit/workers/broker/mailroom_house.h"
#include "workers/broker/record_desk.h"
#include "workers/journal/sqlite_journal.h"

namespace postkamer::broker {
namespace {

using nlohmann::json;
using Mailroom = test::Forking;

// To be called when no broker runs.
void commit(MailroomHouse& house, const journal::Operations& operations, const char* now) {
  const auto journal = journal::open_journal(house.layout().journal(), RecordDesk::stamp).value();
  EXPECT_TRUE(journal->commit(operations, now));
}

// The broker ends, and begins again with the first events dropped, as `keep_days` does.
pid_t drop_events(MailroomHouse& house, pid_t broker, std::uint64_t up_to) {
  house.end(broker, SIGTERM);
  commit(house, {journal::DropEvents{up_to}}, "2027-11-23T12:00:00.000Z");
  return house.start_broker();
}

TEST_F(Mailroom, a_change_is_told_also_when_what_was_told_before_is_dropped) {
  MailroomHouse house;
  pid_t broker = house.start_broker();
  house.start_worker();
  EXPECT_EQ(house.wait_closed(house.read({"k"}, "doubtful-too")).at("documents").at("review"), 1);
  auto& client = house.client();
  const std::string document =
      client.ask("documents", {{"state", "review"}})->at("documents").at(0).at("document");
  broker = drop_events(house, broker, 1);
  EXPECT_TRUE(client.ask("review_accept", {{"document", document}, {"person", "jan"}}));
  EXPECT_EQ(client.ask("status", json::object())->at("head"), 2);
  broker = drop_events(house, broker, 2);
  const auto withdrawn =
      client.ask("review_withdraw", {{"document", document}, {"person", "jan"}, {"why", "dubbel"}});
  ASSERT_TRUE(withdrawn) << withdrawn.error().message;
  EXPECT_EQ(withdrawn->at("revision"), 3);
  EXPECT_EQ(client.ask("status", json::object())->at("head"), 3);
}

TEST_F(Mailroom, blobs_that_are_away_end_the_broker_and_cost_nothing) {
  MailroomHouse house;
  const pid_t broker = house.start_broker();
  const std::string batch = house.read({"u", "uu"}, "settled");
  const auto blobs = house.layout().blobs();
  const auto away = house.layout().dir / "away";
  std::filesystem::rename(blobs, away);
  house.start_worker();
  EXPECT_EQ(WEXITSTATUS(house.end(broker, 0)), 1);
  EXPECT_EQ(WEXITSTATUS(house.end(house.start_broker(), 0)), 1) << "an empty folder is no store";
  std::filesystem::remove_all(blobs);
  std::filesystem::rename(away, blobs);
  house.start_broker();
  EXPECT_EQ(house.wait_closed(batch).at("files"),
            (json{{"claimed", 2}, {"read", 2}, {"rejected", 0}, {"reading", 0}}));
}

TEST_F(Mailroom, an_act_is_refused_while_the_one_before_it_finds_no_room) {
  MailroomHouse house;
  house.start_broker();
  house.start_worker();
  const std::string batch = house.read({"u"}, "settled");
  house.wait_closed(batch);
  const auto redated = [&](const char* date) {
    return host::ControlClient::Question{
        "redate_batch",
        {{"batch", batch}, {"date_of_receipt", date}, {"person", "jan"}, {"why", "stempel"}}};
  };
  const auto full = house.layout().dir / "full";
  std::ofstream(full).flush();
  auto& client = house.client();
  const auto answers = client.ask_all({redated("2026-11-21"), redated("2026-11-20")}, 5'000);
  EXPECT_EQ(answers.at(0).error().reason, "control_timeout") << "it waits for room";
  EXPECT_EQ(answers.at(1).error().reason, "disk_full");
  std::filesystem::remove(full);
  const auto head = [&] {
    return client.ask("status", json::object(), nullptr, 30'000)->at("head");
  };
  for (int turn = 0; turn < 1'000 && head() != 2; ++turn) continue;
  EXPECT_EQ(head(), 2) << "the first one is told";
  const auto again = redated("2026-11-20");
  EXPECT_TRUE(client.ask(again.verb, again.body));
  EXPECT_EQ(head(), 3) << "it changes what the first one left";
}

TEST_F(Mailroom, what_a_person_decides_without_room_is_kept_or_refused_and_given_again_told_once) {
  MailroomHouse house;
  house.start_broker();
  house.start_worker();
  house.wait_closed(house.read({"k", "k"}, "doubtful-too"));
  auto& client = house.client();
  const auto waiting = [&] {
    return client.ask("documents", {{"state", "review"}})->at("documents");
  };
  const json documents = waiting();
  ASSERT_EQ(documents.size(), 2u);
  std::vector<host::ControlClient::Question> decided;
  for (const json& one : documents)
    decided.push_back({"review_accept", {{"document", one.at("document")}, {"person", "jan"}}});
  const auto full = house.layout().dir / "full";
  std::ofstream(full).flush();
  const auto answers = client.ask_all(decided, 5'000);
  EXPECT_EQ(answers.at(0).error().reason, "control_timeout") << "it waits for room";
  EXPECT_EQ(answers.at(1).error().reason, "disk_full");
  std::filesystem::remove(full);
  // Whoever heard no yes says it again, until there is another answer than "no room".
  const auto again = [&](const host::ControlClient::Question& question) {
    for (int turn = 0;; ++turn) {
      auto answer = client.ask(question.verb, question.body, nullptr, 30'000);
      if (answer || answer.error().reason != "disk_full" || turn == 1'000) return answer;
    }
  };
  const auto kept = again(decided.at(0));
  ASSERT_FALSE(kept);
  EXPECT_EQ(kept.error().reason, "review_not_open") << "it was kept";
  EXPECT_TRUE(again(decided.at(1)));
  EXPECT_TRUE(waiting().empty());
  EXPECT_EQ(client.ask("status", json::object())->at("head"), 4) << "each told once, and once more";
}

TEST_F(Mailroom, a_record_changes_after_its_originals_are_dropped_and_keeps_its_copy) {
  MailroomHouse house;
  const pid_t broker = house.start_broker();
  house.start_worker();
  const std::string batch = house.read({"u"}, "settled");
  house.wait_closed(batch);
  auto& client = house.client();
  const auto document = [&] {
    return client.ask("documents", {{"batch", batch}}, nullptr, 30'000)->at("documents").at(0);
  };
  const std::string copy = document().at("pdf_sha256");
  house.end(broker, SIGTERM);
  commit(house, {journal::Drop{journal::Kept::originals, 1}}, "2027-11-23T12:00:00.000Z");
  EXPECT_TRUE(std::filesystem::remove(house.blobs().path(sha256_hex(bytes_of("u")))));
  house.start_broker();
  const auto withdrawn =
      client.ask("review_withdraw",
                 {{"document", document().at("document")}, {"person", "jan"}, {"why", "dubbel"}},
                 nullptr, 30'000);
  ASSERT_TRUE(withdrawn) << withdrawn.error().message;
  for (int turn = 0; turn < 10'000 && document().at("archive_failure") == ""; ++turn) continue;
  EXPECT_EQ(document().at("archive_failure"), "originals_dropped");
  EXPECT_EQ(document().at("copy_due"), false);
  EXPECT_EQ(document().at("pdf_sha256"), copy);
  EXPECT_EQ(client.ask("status", json::object())->at("head"), 2);
}

// A mailroom that last believed another time than the clock shows.
class DoubtfulClock : public Mailroom, public testing::WithParamInterface<std::int64_t> {};

TEST_P(DoubtfulClock, forgets_nothing_at_any_start_until_a_person_confirms_it) {
  MailroomHouse house;
  pid_t broker = house.start_broker();
  house.start_worker();
  house.wait_closed(house.read({"u"}, "settled"));
  house.end(broker, SIGTERM);
  commit(house, {journal::SawClock{GetParam()}}, "2999-01-01T12:00:00.000Z");
  host::RetentionSettings keep;
  keep.drop_intermediate_when_archived = true;
  auto& client = house.client();
  const auto retention = [&]() -> json {
    (void)client.ask("status", json::object(), nullptr, 30'000);
    // Whoever answers a second time has looked in between for what is due.
    return client.ask("status", json::object())->at("retention");
  };
  for (int start = 0; start < 3; ++start) {
    broker = house.start_broker(keep);
    EXPECT_EQ(retention().at("scans_dropped"), 0);
    EXPECT_EQ(retention().at("clock_in_doubt"), true);
    house.end(broker, SIGTERM);
  }
  broker = house.start_broker(keep);
  (void)retention();
  EXPECT_FALSE(client.ask("confirm_clock", json::object())) << "nobody said so";
  ASSERT_TRUE(client.ask("confirm_clock", {{"person", "jan"}}));
  for (int turn = 0; turn < 10'000 && retention().at("scans_dropped") == 0; ++turn) continue;
  EXPECT_EQ(retention().at("scans_dropped"), 1);
  house.end(broker, SIGTERM);
  house.start_broker(keep);
  EXPECT_EQ(retention().at("clock_in_doubt"), false);
}

INSTANTIATE_TEST_SUITE_P(Mailroom, DoubtfulClock,
                         testing::Values(32'472'144'000,   // 2999: it is behind
                                         1'000'000'000));  // 2001: it is years ahead

}  // namespace
}  // namespace postkamer::broker
