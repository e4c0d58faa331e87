// SPDX-License-Identifier: EUPL-1.2
#include "workers/broker/shell.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>

#include "tests/support/forking.h"
#include "tests/unit/workers/broker/mailroom_house.h"
#include "workers/broker/record_desk.h"
#include "workers/host/socket.h"
#include "workers/journal/sqlite_journal.h"
#include "workers/publisher/subscriber.h"

namespace postkamer::broker {
namespace {

using nlohmann::json;
using publisher::StreamEvent;
using publisher::Subscriber;

// All events up to `count`, or fewer when none comes for ten seconds.
std::vector<StreamEvent> events_of(Subscriber& subscriber, std::size_t count) {
  std::vector<StreamEvent> all;
  while (all.size() < count) {
    const auto some = subscriber.next(10'000);
    if (!some || some->empty()) break;
    all.insert(all.end(), some->begin(), some->end());
  }
  return all;
}

Subscriber subscribe(MailroomHouse& house, const std::string& name,
                     std::optional<std::uint64_t> from) {
  return Subscriber::connect({house.layout().events_endpoint(), name, from, 4}, 30'000).value();
}

std::vector<std::string> many_files(int count) {
  std::vector<std::string> contents;
  for (int n = 0; n < count; ++n) contents.push_back("uskbu" + std::string(1 + n % 3, 'u'));
  return contents;
}

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

using Mailroom = test::Forking;

TEST_F(Mailroom, files_become_records_on_the_stream) {
  MailroomHouse house;
  const pid_t broker = house.start_broker();
  const pid_t worker = house.start_worker();
  house.start_publisher();
  const std::string batch = house.read({"usu", "", "bu"}, "settled");
  const json ledger = house.wait_closed(batch);
  EXPECT_EQ(ledger.at("balanced"), true);
  EXPECT_EQ(ledger.at("files"),
            (json{{"claimed", 3}, {"read", 2}, {"rejected", 1}, {"reading", 0}}));
  EXPECT_EQ(ledger.at("rejected_files").at(0).at("reason"), "scan_empty");
  EXPECT_EQ(ledger.at("documents").at("published"), 3);

  Subscriber subscriber = subscribe(house, "test", 0);
  const auto events = events_of(subscriber, 3);
  ASSERT_EQ(events.size(), 3u);
  std::uint64_t sequence = 0;
  for (const StreamEvent& event : events) {
    EXPECT_EQ(event.sequence, ++sequence);
    const json body = json::parse(event.text);
    EXPECT_EQ(body.at("id"), event.id);
    EXPECT_EQ(body.at("type"), "nl.poststukken.poststuk-ontvangen.v1");
    EXPECT_TRUE(body.contains("sequence") && body.contains("time"));
  }
  EXPECT_TRUE(WIFEXITED(house.end(worker, SIGTERM)));
  const int status = house.end(broker, SIGTERM);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST_F(Mailroom, what_is_asked_again_of_a_closed_batch_is_answered_as_before) {
  MailroomHouse house;
  house.start_broker();
  house.start_worker();
  auto& client = house.client();
  const auto opened = client.ask(
      "open_batch", {{"class", "test"}, {"date_of_receipt", "2026-11-23"}}, nullptr, 30'000);
  const std::string batch = opened->at("batch");
  const auto submit = [&](const std::string& content, int copy) {
    return client.ask("submit", {{"batch", batch},
                                 {"name", "a.pdf"},
                                 {"sha256", house.blobs().put(bytes_of(content)).value()},
                                 {"size", content.size()},
                                 {"copy", copy}});
  };
  const auto refuse = [&](const std::string& name) {
    return client.ask("refuse", {{"batch", batch}, {"name", name}, {"reason", "file_type"}});
  };
  const json once = *submit("u", 0);
  const json twice = *submit("u", 1);
  const json refused = *refuse("a.txt");
  ASSERT_TRUE(client.ask("close_batch", {{"batch", batch}}));
  ASSERT_EQ(house.wait_closed(batch).at("state"), "closed");
  const auto again = [](const Result<json>& answer) {
    return answer ? *answer : json(answer.error().reason);
  };
  EXPECT_EQ(again(client.ask("close_batch", {{"batch", batch}})), (json{{"batch", batch}}));
  EXPECT_EQ(again(submit("u", 0)), (json{{"scan", once.at("scan")}, {"known", true}}));
  EXPECT_EQ(again(submit("u", 1)), (json{{"scan", twice.at("scan")}, {"known", true}}));
  EXPECT_EQ(again(refuse("a.txt")), (json{{"scan", refused.at("scan")}, {"known", true}}));
  EXPECT_EQ(again(submit("u", 2)), "batch_closed");
  EXPECT_EQ(again(submit("uu", 0)), "batch_closed");
  EXPECT_EQ(again(refuse("b.txt")), "batch_closed");
  EXPECT_EQ(again(client.ask("close_batch", {{"batch", "B0"}})), "batch_unknown");
}

TEST_F(Mailroom, a_document_in_doubt_is_settled_by_a_person) {
  MailroomHouse house;
  house.start_broker();
  house.start_worker();
  const std::string batch = house.read({"k"}, "settled");
  EXPECT_EQ(house.wait_closed(batch).at("documents").at("review"), 1);
  auto& client = house.client();
  const auto listed = client.ask("documents", {{"state", "review"}});
  ASSERT_TRUE(listed);
  ASSERT_EQ(listed->at("documents").size(), 1u);
  const std::string document = listed->at("documents").at(0).at("document");
  EXPECT_EQ(client.ask("document", {{"document", document}})->at("record").at("status"), "review");
  const auto rejected = client.ask(
      "review_reject", {{"document", document}, {"person", "jan"}, {"why", "niet voor ons"}});
  ASSERT_TRUE(rejected) << rejected.error().message;
  EXPECT_EQ(rejected->at("state"), "rejected");
  EXPECT_EQ(client.ask("status", {})->at("head"), 1);
  EXPECT_FALSE(client.ask("review_accept", {{"document", document}, {"person", "jan"}}));
  EXPECT_EQ(client.ask("ledger", {{"batch", batch}})->at("balanced"), true);
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

TEST_F(Mailroom, kills_of_broker_and_worker_lose_nothing_and_double_nothing) {
  MailroomHouse house;
  pid_t broker = house.start_broker();
  pid_t worker = house.start_worker();
  house.start_worker();
  const std::vector<std::string> contents = many_files(60);
  const std::string batch = house.read(contents, "settled");
  for (int kill = 0; kill < 4; ++kill) {
    (void)house.client().ask("status", {}, nullptr, 50);
    house.end(broker, SIGKILL);
    broker = house.start_broker();
    if (kill % 2 == 0) {
      house.end(worker, SIGKILL);
      worker = house.start_worker();
    }
  }
  const json ledger = house.wait_closed(batch);
  EXPECT_EQ(ledger.at("balanced"), true) << ledger.dump();
  EXPECT_EQ(ledger.at("files").at("read"), 60);
  EXPECT_EQ(ledger.at("pages").at("quarantined"), 0);
  house.start_publisher();
  Subscriber subscriber = subscribe(house, "test", 0);
  std::set<std::string> ids;
  std::uint64_t sequence = 0;
  for (const StreamEvent& event : events_of(subscriber, subscriber.head())) {
    EXPECT_EQ(event.sequence, ++sequence);
    EXPECT_TRUE(ids.insert(event.id).second);
  }
  EXPECT_EQ(sequence, ledger.at("documents").at("published").get<std::uint64_t>());
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

TEST_F(Mailroom, nothing_is_forgotten_by_a_clock_that_is_behind_the_audit_until_the_next_start) {
  MailroomHouse house;
  pid_t broker = house.start_broker();
  house.start_worker();
  house.wait_closed(house.read({"u"}, "settled"));
  house.end(broker, SIGTERM);
  commit(house, {journal::Audit{"broker_stopped", "broker", ""}}, "2999-01-01T12:00:00.000Z");
  host::RetentionSettings keep;
  keep.drop_intermediate_when_archived = true;
  const auto dropped = [&]() -> json {
    (void)house.client().ask("status", json::object(), nullptr, 30'000);
    // Whoever answers a second time has looked in between for what is due.
    return house.client().ask("status", json::object())->at("retention").at("scans_dropped");
  };
  broker = house.start_broker(keep);
  EXPECT_EQ(dropped(), 0);
  house.end(broker, SIGTERM);
  house.start_broker(keep);
  EXPECT_EQ(dropped(), 1);
}

TEST_F(Mailroom, a_subscriber_goes_on_where_it_committed_and_survives_a_new_publisher) {
  MailroomHouse house;
  house.start_broker();
  house.start_worker();
  const pid_t publisher = house.start_publisher();
  house.wait_closed(house.read({"u", "usu", "u"}, "settled"));
  {
    Subscriber first = subscribe(house, "zaken", std::nullopt);
    EXPECT_EQ(first.position(), 0u);
    ASSERT_EQ(events_of(first, 4).size(), 4u);
    ASSERT_TRUE(first.commit(2));
    EXPECT_EQ(first.commit(99).error().reason, "stream_beyond_head");
    house.end(publisher, SIGKILL);
    house.start_publisher();
    house.wait_closed(house.read({"uu"}, "settled"));
    const auto more = events_of(first, 1);
    ASSERT_EQ(more.size(), 1u);
    EXPECT_EQ(more.front().sequence, 5u);
  }
  Subscriber again = subscribe(house, "zaken", std::nullopt);
  EXPECT_EQ(again.position(), 2u);
  EXPECT_EQ(events_of(again, 1).front().sequence, 3u);
  const auto beyond = Subscriber::connect({house.layout().events_endpoint(), "x", 1000, 4}, 10'000);
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().reason, "stream_beyond_head");
}

TEST_F(Mailroom, nonsense_at_every_door_harms_nobody) {
  MailroomHouse house;
  house.start_broker();
  house.start_publisher();
  ASSERT_TRUE(house.client().ask("status", {}, nullptr, 30'000));
  ASSERT_TRUE(Subscriber::connect({house.layout().events_endpoint(), "a", 0, 4}, 30'000));
  zmq::context_t context;
  for (const std::string& door :
       {house.layout().workers_endpoint(), house.layout().control_endpoint(),
        house.layout().events_endpoint()}) {
    zmq::socket_t socket(context, zmq::socket_type::dealer);
    host::set_options(socket, 1 << 20);
    socket.connect(door);
    socket.set(zmq::sockopt::sndtimeo, 10'000);
    for (int type = 0; type < 256; ++type)
      for (const char* body : {"{}", "[]", "{\"holding\":{\"job\":[]},\"kinds\":7}", "\xff"})
        for (const wire::Frames& frames :
             {wire::Frames{{'P', 'K', 'M', 1, static_cast<std::uint8_t>(type), 0, 0, 0},
                           Bytes(bytes_of(body).begin(), bytes_of(body).end())},
              wire::Frames{{static_cast<std::uint8_t>(type)}}})
          for (std::size_t i = 0; i < frames.size(); ++i)
            (void)socket.send(zmq::buffer(frames[i]), i + 1 == frames.size()
                                                          ? zmq::send_flags::none
                                                          : zmq::send_flags::sndmore);
    while (host::receive(socket)) continue;
  }
  EXPECT_TRUE(house.client().ask("status", {}, nullptr, 30'000));
  EXPECT_TRUE(Subscriber::connect({house.layout().events_endpoint(), "b", 0, 4}, 30'000));
}

}  // namespace
}  // namespace postkamer::broker
