// SPDX-License-Identifier: EUPL-1.2
//
// Test 22: who has no good key is refused within two seconds, whatever it tries; and without
// anybody who judges keys, everybody is.
#include <gtest/gtest.h>

#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <future>

#include "tests/faults/wires/wires_house.h"
#include "tests/support/temporary_folder.h"
#include "workers/gate/gate.h"
#include "workers/gate/listener.h"
#include "workers/gate/zap_desk.h"
#include "workers/host/control_client.h"
#include "workers/host/socket.h"
#include "workers/publisher/subscriber.h"

namespace postkamer::faults {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using wire::MessageType;
using wire::Role;

const wire::Grant kWorker{"ocr-2", Role::worker, {"decode", "ocr"}, {}, {}};
const std::vector<std::string> kEveryKind{"decode",   "deskew", "classify", "extract",
                                          "assemble", "ocr",    "archive"};

TEST(Keys, a_worker_with_a_key_does_the_work_of_a_mailroom_elsewhere) {
  WiresHouse wires;
  wires.house().start_broker();
  wires.house().start_publisher();
  const auto key = wires.key({"all-1", Role::worker, kEveryKind, {}, {}});
  wires.start_gate();
  wires.start_remote_worker(key, kEveryKind);
  const std::string batch = wires.house().read({"usu", "ku", std::string(40, 'u')}, "settled");
  const json ledger = wires.house().wait_closed(batch);
  EXPECT_EQ(ledger.at("balanced"), true) << ledger.dump();
  EXPECT_EQ(ledger.at("files").at("read"), 3) << ledger.dump();
}

TEST(Keys, a_subscriber_with_a_key_follows_the_stream_under_its_own_name_only) {
  WiresHouse wires;
  wires.house().start_broker();
  wires.house().start_publisher();
  wires.house().start_worker();
  const auto key = wires.key({"test-1", Role::subscriber, {}, {"test", "zaken"}, {}});
  wires.start_gate();
  wires.house().wait_closed(wires.house().read({"usu"}, "settled"));
  auto subscriber = publisher::Subscriber::connect(
      {.endpoint = wires.endpoint(), .name = "test", .from = 0, .credit = 4, .key = key}, 30'000);
  ASSERT_TRUE(subscriber) << subscriber.error().message;
  std::size_t got = 0;
  wait_until([&] {
    const auto events = subscriber->next(1'000);
    got += events ? events->size() : 0;
    return got >= 2;
  });
  EXPECT_EQ(got, 2u);
  EXPECT_TRUE(subscriber->commit(2, 30'000));
  const auto other = publisher::Subscriber::connect(
      {.endpoint = wires.endpoint(), .name = "a", .from = 0, .credit = 4, .key = key}, 30'000);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().reason, "not_granted");
  const auto whole = publisher::Subscriber::connect(
      {.endpoint = wires.endpoint(), .name = "zaken", .from = 0, .credit = 4, .key = key}, 30'000);
  ASSERT_FALSE(whole) << "its profile has whole BSNs, and the key no scope for them";
  EXPECT_EQ(whole.error().reason, "not_granted");
  EXPECT_TRUE(wait_until([&] { return wires.is_audited("gate/test-1", "subscriber_of_another"); }));
  EXPECT_TRUE(wait_until([&] { return wires.is_audited("gate/test-1", "scope_bsn"); }));
}

TEST(Keys, a_client_with_a_key_asks_what_its_scopes_are_for) {
  WiresHouse wires;
  wires.house().start_broker();
  const auto key = wires.key({"balie", Role::client, {}, {}, {"status"}});
  wires.start_gate();
  auto client = host::ControlClient::connect(wires.endpoint(), key).value();
  EXPECT_TRUE(client.ask("status", {}, nullptr, 30'000));
  EXPECT_EQ(client.ask("documents", {}, nullptr, 30'000).error().reason, "control_not_granted");
  EXPECT_EQ(client.ask("drain", {}, nullptr, 30'000).error().reason, "control_not_granted");
  EXPECT_TRUE(wait_until([&] { return wires.is_audited("gate/balie", "verb_not_granted"); }));
}

TEST(Keys, an_unknown_key_a_wrong_server_key_an_expired_key_and_no_key_are_refused) {
  WiresHouse wires;
  wires.house().start_broker();
  const auto good = wires.key(kWorker);
  const auto expired = wires.key({"old", Role::worker, {"ocr"}, {}, {}}, "2020-01-01");
  wires.key({"gone", Role::worker, {"ocr"}, {}, {}});
  const auto revoked = wires.key({"out", Role::worker, {"ocr"}, {}, {}});
  wires.revoke("out");
  wires.start_gate();
  EXPECT_EQ(knock(wires.endpoint(), good.get()), Outcome::let_in);
  EXPECT_EQ(knock(wires.endpoint(), wires.stranger().get()), Outcome::refused);
  EXPECT_EQ(knock(wires.endpoint(), expired.get()), Outcome::refused);
  EXPECT_EQ(knock(wires.endpoint(), revoked.get()), Outcome::refused);
  EXPECT_NE(knock(wires.endpoint(), nullptr, 2s), Outcome::let_in);
  const host::KeyFile wrong_server{host::SecretKey::from(good->secret.z85()).value(), "ocr-2",
                                   host::new_secret_key()->public_key(), ""};
  EXPECT_NE(knock(wires.endpoint(), &wrong_server, 2s), Outcome::let_in);
  EXPECT_TRUE(wait_until([&] { return wires.wires()["gate"].value("knocks_refused", 0) >= 3; }));
  EXPECT_TRUE(wait_until([&] { return wires.is_audited("stranger", "unknown_key"); }));
}

TEST(Keys, a_key_that_is_revoked_while_its_holder_is_connected_is_not_heard_any_more) {
  WiresHouse wires;
  wires.house().start_broker();
  const auto key = wires.key(kWorker);
  const pid_t gate = wires.start_gate();
  Peer worker(wires.endpoint(), key);
  worker.say(MessageType::ready, ready_of({"ocr"}));
  ASSERT_TRUE(worker.hear(MessageType::pong));
  const auto seats = [&] {
    const auto status = wires.house().client().ask("status", {});
    return status ? status->at("workers").size() : 99u;
  };
  ASSERT_EQ(seats(), 1u);
  wires.revoke("ocr-2");
  const auto start = std::chrono::steady_clock::now();
  ASSERT_EQ(::kill(gate, SIGHUP), 0);
  EXPECT_TRUE(wait_until([&] { return seats() == 0; }));
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - start);
  std::printf("not heard any more after %lld ms\n", static_cast<long long>(took.count()));
  while (worker.hear(MessageType::pong, 1ms)) continue;
  worker.say(MessageType::ready, ready_of({"ocr"}));
  worker.say(MessageType::ping, {{"holding", json::array()}});
  EXPECT_FALSE(worker.hear(MessageType::pong, 1'500ms));
  EXPECT_EQ(seats(), 0u);
  EXPECT_TRUE(wait_until([&] { return wires.is_audited("gate/ocr-2", "key_not_good"); }));
  EXPECT_EQ(knock(wires.endpoint(), key.get()), Outcome::refused);
}

TEST(Keys, a_changed_file_is_seen_without_a_signal) {
  WiresHouse wires;
  wires.house().start_broker();
  wires.start_gate();
  const auto key = wires.key(kWorker);
  EXPECT_TRUE(wait_until([&] { return knock(wires.endpoint(), key.get()) == Outcome::let_in; }));
  wires.revoke("ocr-2");
  EXPECT_TRUE(wait_until([&] { return knock(wires.endpoint(), key.get()) == Outcome::refused; }));
}

// A listening socket as the gate's, in this process, so that its desk can be taken away.
class Desk : public testing::Test {
 protected:
  Desk() {
    settings_.listen = "tcp://127.0.0.1:*";
    settings_.handshake_ms = 500;
    desk_ = gate::ZapDesk::open(context_).value();
    endpoint_ = gate::listen(socket_, *desk_, settings_, server_).value();
  }
  [[nodiscard]] host::KeyFile peer() const {
    return {host::new_secret_key().value(), "", server_.public_key(), ""};
  }

  host::GateSettings settings_;
  host::SecretKey server_ = host::new_secret_key().value();
  zmq::context_t context_{1};
  std::unique_ptr<gate::ZapDesk> desk_;
  zmq::socket_t socket_{context_, zmq::socket_type::router};
  std::string endpoint_;
};

TEST_F(Desk, that_is_gone_lets_in_nobody) {
  desk_.reset();
  const auto key = peer();
  EXPECT_EQ(knock(endpoint_, &key), Outcome::refused);
}

TEST_F(Desk, that_does_not_answer_lets_in_nobody) {
  const auto key = peer();
  EXPECT_NE(knock(endpoint_, &key, 2s), Outcome::let_in);
}

TEST_F(Desk, is_asked_for_the_key_and_what_it_lets_in_carries_it) {
  const auto key = peer();
  zmq::context_t context{1};
  zmq::socket_t client(context, zmq::socket_type::dealer);
  ASSERT_TRUE(host::dial(client, endpoint_, &key, 0));
  std::optional<host::Arrival> arrival;
  EXPECT_TRUE(wait_until([&] {
    desk_->answer([&](const std::string& public_key, const std::string& from) {
      EXPECT_EQ(from, "127.0.0.1");
      return public_key == key.secret.public_key();
    });
    host::send(client, "", {{1}, {2}});
    arrival = host::receive_arrival(socket_);
    return arrival.has_value();
  }));
  ASSERT_TRUE(arrival);
  EXPECT_EQ(arrival->user, key.secret.public_key());
  EXPECT_EQ(arrival->origin, "127.0.0.1");
  EXPECT_TRUE(host::is_own_address(arrival->peer));
}

TEST_F(Desk, of_a_library_that_does_not_enforce_it_would_be_found_out) {
  EXPECT_TRUE(gate::check_enforcement());
  const auto refused = gate::check_refusal(endpoint_, server_.public_key(), [&] {
    desk_->answer([](const std::string&, const std::string&) { return false; });
  });
  EXPECT_TRUE(refused) << refused.error().message;
  const auto let_in = gate::check_refusal(endpoint_, server_.public_key(), [&] {
    desk_->answer([](const std::string&, const std::string&) { return true; });
  });
  ASSERT_FALSE(let_in);
  EXPECT_EQ(let_in.error().reason, "gate_lets_in_strangers");
}

// What `open` fails with when the gate is to listen there.
Error refusal_at(const std::string& listen) {
  zmq::context_t context{1};
  const auto desk = gate::ZapDesk::open(context).value();
  zmq::socket_t socket(context, zmq::socket_type::router);
  host::GateSettings settings;
  settings.listen = listen;
  const auto listening = gate::listen(socket, *desk, settings, host::new_secret_key().value());
  return listening ? Error{ErrorCode::internal, "it listens", ""} : listening.error();
}

TEST_F(Desk, at_an_address_that_is_not_there_yet_or_taken_may_be_tried_again) {
  for (const std::string& listen : {std::string("tcp://192.0.2.1:7700"), endpoint_}) {
    const Error error = refusal_at(listen);
    EXPECT_EQ(error.code, ErrorCode::unavailable) << error.message;
    EXPECT_EQ(error.reason, "gate_endpoint");
  }
  EXPECT_EQ(refusal_at("carrier-pigeon://127.0.0.1:7700").code, ErrorCode::invalid_config);
}

TEST_F(Desk, whose_self_test_has_no_answer_is_not_one_that_lets_in_strangers) {
  // Not the fixture's address: its socket closes a little later, and hanging up is no silence.
  const std::string nobody = "tcp://127.0.0.1:" + std::to_string(free_port());
  const auto unproven = gate::check_refusal(
      nobody, server_.public_key(), [] {}, 200ms);
  ASSERT_FALSE(unproven) << "nobody answered";
  EXPECT_EQ(unproven.error().code, ErrorCode::unavailable) << unproven.error().message;
}

TEST_F(Desk, that_holds_the_address_is_waited_for_by_a_gate) {
  const test::TemporaryFolder folder;
  host::GateSettings settings = settings_;
  settings.listen = endpoint_;
  const gate::GateOptions options{host::prepare_layout(folder.path()).value(), settings, {}};
  std::array<int, 2> stop{};
  ASSERT_EQ(::pipe(stop.data()), 0);
  const auto given_up = gate::Gate::open_patiently(options, server_, stop[0], 0ms);
  ASSERT_FALSE(given_up);
  EXPECT_EQ(given_up.error().code, ErrorCode::unavailable);
  auto opened = std::async(std::launch::async, [&] {
    const auto gate = gate::Gate::open_patiently(options, server_, stop[0], 60s);
    return gate && *gate != nullptr;
  });
  socket_.close();
  EXPECT_TRUE(opened.get());
  ASSERT_EQ(::write(stop[1], "s", 1), 1);
  zmq::socket_t other(context_, zmq::socket_type::router);
  ASSERT_TRUE(wait_until([&] { return zmq_bind(other.handle(), endpoint_.c_str()) == 0; }));
  const auto stopped = gate::Gate::open_patiently(options, server_, stop[0], 60s);
  ASSERT_TRUE(stopped);
  EXPECT_EQ(*stopped, nullptr);
}

}  // namespace
}  // namespace postkamer::faults
