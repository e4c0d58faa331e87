// SPDX-License-Identifier: EUPL-1.2
#include "workers/broker/shell.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <chrono>
#include <csignal>
#include <set>

#include "tests/support/forking.h"
#include "tests/unit/workers/broker/mailroom_house.h"
#include "workers/host/socket.h"
#include "workers/journal/sqlite_journal.h"
#include "workers/publisher/subscriber.h"
#include "workers/wire/grant.h"

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

// Speaks for a peer from outside, as the gate does.
class Outside {
 public:
  Outside(MailroomHouse& house, wire::Grant grant) : grant_(std::move(grant)) {
    (void)house.client().ask("status", {}, nullptr, 30'000);  // the broker is there
    host::set_options(socket_, 4 << 20);
    socket_.set(zmq::sockopt::sndtimeo, 30'000);
    socket_.connect(house.layout().gate_endpoint());
  }

  void say(wire::MessageType type, const json& body) {
    wire::Message message;
    message.type = type;
    message.body = body;
    wire::Frames frames = wire::encode(std::move(message)).value();
    for (const std::string& text : {wire::to_json(grant_).dump(), grant_.name + "/00ff"})
      frames.emplace(frames.begin(), text.begin(), text.end());
    send(frames);
  }
  void send(const wire::Frames& frames) {
    for (std::size_t i = 0; i < frames.size(); ++i)
      (void)socket_.send(zmq::buffer(frames[i]),
                         i + 1 == frames.size() ? zmq::send_flags::none : zmq::send_flags::sndmore);
  }
  // The broker's next message; an empty one when none comes.
  wire::Message hear() {
    zmq::pollitem_t item{socket_.handle(), 0, ZMQ_POLLIN, 0};
    zmq::poll(&item, 1, std::chrono::seconds(30));
    auto frames = host::receive(socket_);
    if (!frames || frames->size() < 3) return {};
    frames->erase(frames->begin());
    return wire::decode(std::move(*frames)).value_or(wire::Message{});
  }
  json ask(const std::string& verb, const json& body) {
    say(wire::MessageType::ask, {{"id", 1}, {"verb", verb}, {"body", body}});
    return hear().body;
  }

 private:
  wire::Grant grant_;
  zmq::context_t context_;
  zmq::socket_t socket_{context_, zmq::socket_type::dealer};
};

std::vector<journal::AuditRow> audit_of(const MailroomHouse& house, const std::string& what) {
  auto rows =
      journal::open_reader(house.layout().journal()).value()->audit_after(0, 100'000).value();
  std::erase_if(rows, [&](const journal::AuditRow& row) { return row.what != what; });
  return rows;
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

TEST_F(Mailroom, a_record_about_another_document_is_told_to_nobody) {
  MailroomHouse house;
  house.start_broker();
  house.start([&house] {
    host::WorkerOptions options;
    options.endpoint = house.layout().workers_endpoint();
    options.kinds = {"decode", "deskew", "classify", "assemble", "ocr", "archive"};
    return host::run_worker(options, [](const host::Task& task) {
      auto outcome = MailroomHouse::do_task(task);
      if (outcome && task.kind == "assemble") outcome->body["record"]["document"] = "PK-other";
      return outcome;
    });
  });
  const json ledger = house.wait_closed(house.read({"u"}, "settled"));
  EXPECT_EQ(ledger.at("documents").at("published"), 0);
  EXPECT_EQ(ledger.at("documents").at("review"), 1) << "unread, it waits for a person";
  EXPECT_EQ(house.client().ask("status", {})->at("head"), 0);
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

TEST_F(Mailroom, a_verb_that_cannot_be_cut_where_it_is_too_long_harms_nobody) {
  MailroomHouse house;
  house.start_broker();
  Outside client(house, {"balie", wire::Role::client, {}, {}, {"status"}});
  const std::string verb = std::string(31, 'v') + "\u00e9";
  EXPECT_EQ(client.ask(verb, json::object()).at("error").at("reason"), "control_not_granted");
  EXPECT_TRUE(client.ask("status", json::object()).at("ok"));
  const auto refused = audit_of(house, "peer_refused");
  ASSERT_EQ(refused.size(), 1u);
  EXPECT_EQ(json::parse(refused.front().detail).at("verb"), std::string(31, 'v'));
}

TEST_F(Mailroom, what_is_done_with_a_key_has_its_name_in_the_audit) {
  MailroomHouse house;
  house.start_broker();
  house.start_worker();
  house.wait_closed(house.read({"k"}, "settled"));
  const std::string document =
      house.client().ask("documents", {{"state", "review"}})->at("documents").at(0).at("document");
  Outside client(house, {"balie", wire::Role::client, {}, {}, {"review", "batches"}});

  EXPECT_TRUE(client.ask("document", {{"document", document}}).at("body").contains("record"));
  const auto shown = audit_of(house, "document_shown");
  ASSERT_EQ(shown.size(), 1u);
  EXPECT_EQ(shown.front().subject, document);
  EXPECT_EQ(shown.front().actor, "person:(balie)");
  EXPECT_FALSE(client.ask("document", {{"document", "PK-none"}}).at("ok"));
  EXPECT_EQ(audit_of(house, "document_shown").size(), 1u) << "nothing was shown";

  const json opened = client.ask(
      "open_batch", {{"class", "test"}, {"date_of_receipt", "2026-11-23"}, {"source", "inbox:a"}});
  EXPECT_EQ(audit_of(house, "batch_opened").back().actor, "person:(balie)");
  client.ask("close_batch", {{"batch", opened.at("body").at("batch")}, {"person", "jan"}});
  EXPECT_EQ(audit_of(house, "batch_closing").back().actor, "person:jan (balie)");

  const std::string padded = "jan" + std::string(200, ' ');
  const json done = client.ask(
      "review_reject", {{"document", document}, {"person", padded}, {"why", "niet voor ons"}});
  EXPECT_TRUE(done.at("ok"));
  EXPECT_TRUE(audit_of(house, "record_reviewed").back().actor.ends_with(" (balie)"));
}

TEST_F(Mailroom, of_all_that_a_worker_says_only_a_result_may_be_large) {
  MailroomHouse house;
  house.start_broker();
  Outside worker(house, {"ocr-2", wire::Role::worker, {"ocr"}, {}, {}});
  json large = wire::to_json(wire::Claim{7, 1, 1, 1});
  large["padding"] = std::string(2 << 20, 'x');
  for (const auto type : {wire::MessageType::ping, wire::MessageType::failure}) {
    worker.say(type, large);
    EXPECT_EQ(wire::text_at(worker.hear().body, "reason"), "wire_too_large");
  }
  worker.say(wire::MessageType::result, large);
  EXPECT_EQ(worker.hear().type, wire::MessageType::stale) << "read, and of no job there is";
}

TEST_F(Mailroom, what_cannot_be_read_at_the_gates_door_is_counted_too) {
  MailroomHouse house;
  house.start_broker();
  Outside gate(house, {"balie", wire::Role::client, {}, {}, {"status"}});
  const Bytes nothing, braces{'{', '}'}, header{'P', 'K', 'M', 1, 1, 0, 0, 0};
  gate.send({braces});                              // neither peer nor grant
  gate.send({Bytes{'x'}, braces, header, braces});  // a peer without a grant
  gate.send({nothing, braces, header, braces});     // of the gate itself, and no report
  EXPECT_EQ(gate.ask("status", json::object()).at("body").at("wires").at("malformed"), 3);
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
