// SPDX-License-Identifier: EUPL-1.2
//
// Test 19: a peer with a good key that asks for more than it can hold, never reads, or never stops
// talking. Nothing is lost in silence, nobody's process ends, and the others go on.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>

#include "tests/faults/wires/wires_house.h"
#include "workers/broker/core.h"
#include "workers/host/socket.h"

namespace postkamer::faults {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using wire::MessageType;
using wire::Role;

const std::vector<std::string> kEveryKind{"decode",   "deskew", "classify", "extract",
                                          "assemble", "ocr",    "archive"};

class Credit : public testing::Test {
 protected:
  Credit() {
    broker_ = wires_.house().start_broker();
    key_ = wires_.key({"all", Role::worker, kEveryKind, {}, {}});
    gate_ = wires_.start_gate();
  }
  // Its processes are those that were started, and a batch still goes through.
  void expect_unharmed() {
    expect_work_goes_on();
    EXPECT_TRUE(lives(gate_));
  }
  void expect_work_goes_on() {
    wires_.house().start_worker();
    const std::string batch = wires_.house().read({"usu"}, "settled");
    const json ledger = wires_.house().wait_closed(batch);
    EXPECT_EQ(ledger.value("balanced", false), true) << ledger.dump();
    EXPECT_TRUE(lives(broker_));
  }
  static bool lives(pid_t process) {
    int status = 0;
    return ::waitpid(process, &status, WNOHANG) == 0;
  }
  std::int64_t running() {
    const auto status = wires_.house().client().ask("status", {});
    return status ? status->at("kinds").at("decode").at("running").get<std::int64_t>() : -1;
  }

  WiresHouse wires_;
  Key key_;
  pid_t broker_ = 0, gate_ = 0;
};

TEST_F(Credit, beyond_reason_is_cut_to_the_most_there_is) {
  Peer greedy(wires_.endpoint(), key_);
  greedy.say(MessageType::ready, ready_of({"decode"}, 1'000'000'000));
  ASSERT_TRUE(greedy.hear(MessageType::pong));
  wires_.house().read(std::vector<std::string>(broker::kMaxCredit + 50, "u"), "settled");
  EXPECT_TRUE(wait_until([&] {
    greedy.say(MessageType::ping, {{"holding", json::array()}});
    while (greedy.hear(MessageType::task, 10ms)) continue;
    return running() > 0;
  }));
  EXPECT_LE(running(), broker::kMaxCredit);
  expect_unharmed();
}

TEST_F(Credit, of_one_who_never_reads_is_given_back_and_done_by_another) {
  {
    Peer deaf(wires_.endpoint(), key_);
    deaf.say(MessageType::ready, ready_of({"decode"}, 256));
    ASSERT_TRUE(deaf.hear(MessageType::pong));
    wires_.house().read(std::vector<std::string>(64, "bbbb"), "settled");
    for (int n = 0; n < 5; ++n) deaf.say(MessageType::ready, ready_of({"decode"}, 256));
    EXPECT_TRUE(wait_until([&] { return running() > 0; }));
  }
  expect_unharmed();
  EXPECT_TRUE(wait_until([&] {
    const auto status = wires_.house().client().ask("status", {});
    return status && status->at("batches").empty();
  }));
}

TEST_F(Credit, a_flood_is_refused_with_a_word_and_holds_up_nobody) {
  const long before = resident_kib(broker_);
  Peer flooder(wires_.endpoint(), key_);
  flooder.say(MessageType::ready, ready_of({"ocr"}));
  ASSERT_TRUE(flooder.hear(MessageType::pong));
  for (int n = 0; n < 100'000; ++n) flooder.say(MessageType::ping, {{"holding", json::array()}});
  EXPECT_TRUE(wait_until([&] {  // a broker that is busy with the first of them may be "away"
    const auto word = flooder.hear(MessageType::unsupported);
    return word && word->body.at("reason") == "wire_flood";
  }));
  EXPECT_TRUE(wait_until([&] { return wires_.wires()["gate"].value("flooding", 0) > 0; }));
  EXPECT_TRUE(wait_until([&] { return wires_.is_audited("gate/all", "flooding"); }));
  std::printf("flooding %lld of 100000, broker +%ld KiB\n",
              static_cast<long long>(wires_.wires()["gate"].value("flooding", 0)),
              resident_kib(broker_) - before);
  EXPECT_LT(resident_kib(broker_) - before, 32 << 10);
  expect_unharmed();
}

// A worker's results without a task are no news to the broker and cost it nothing on disk.
TEST_F(Credit, results_for_which_there_was_no_task_are_stale) {
  Peer liar(wires_.endpoint(), key_);
  liar.say(MessageType::ready, ready_of({"ocr"}));
  json answer = wire::to_json(wire::Claim{99, 1, 1, 7});
  answer["body"] = json::object();
  for (int n = 0; n < 50; ++n) liar.say(MessageType::result, answer, {Bytes(100'000, 1)});
  for (int n = 0; n < 50; ++n) EXPECT_TRUE(liar.hear(MessageType::stale));
  const auto half_written = wires_.house().layout().blobs() / "tmp";
  EXPECT_TRUE(!std::filesystem::exists(half_written) || std::filesystem::is_empty(half_written));
  expect_unharmed();
}

// ZeroMQ's own heartbeats are off on our side. What a peer that has them on may bring about ends
// the gate at most.
TEST_F(Credit, a_peer_with_heartbeats_of_its_own_under_back_pressure_does_not_reach_the_broker) {
  // In a process of its own, because its own is the one that such a peer ends.
  const pid_t pushing = wires_.house().start([&] {
    zmq::context_t context{1};
    zmq::socket_t pushy(context, zmq::socket_type::dealer);
    pushy.set(zmq::sockopt::heartbeat_ivl, 100);
    pushy.set(zmq::sockopt::heartbeat_ttl, 300);
    if (!host::dial(pushy, wires_.endpoint(), key_.get(), 1 << 20)) return 1;
    wire::Message ping;
    ping.body = {{"holding", json::array()}};
    const auto frames = wire::encode(ping).value();
    const auto end = std::chrono::steady_clock::now() + 4s;
    while (std::chrono::steady_clock::now() < end) {
      zmq::pollitem_t item{pushy.handle(), 0, ZMQ_POLLOUT, 0};
      zmq::poll(&item, 1, 10ms);
      host::send(pushy, "", frames);
    }
    return 0;
  });
  const int status = wires_.house().end(pushing, 0);
  EXPECT_FALSE(WIFEXITED(status) && WEXITSTATUS(status) == 1);
  std::printf("the gate %s\n", lives(gate_) ? "lived" : "ended, and would be started again");
  expect_work_goes_on();
}

TEST(Heartbeats, of_zeromq_are_off_on_every_socket) {
  zmq::context_t context{1};
  for (const auto type : {zmq::socket_type::router, zmq::socket_type::dealer,
                          zmq::socket_type::xpub, zmq::socket_type::rep}) {
    zmq::socket_t socket(context, type);
    host::set_options(socket, 1'000);
    EXPECT_EQ(socket.get(zmq::sockopt::heartbeat_ivl), 0);
    host::set_tcp_options(socket);
    EXPECT_EQ(socket.get(zmq::sockopt::heartbeat_ivl), 0);
  }
}

}  // namespace
}  // namespace postkamer::faults
