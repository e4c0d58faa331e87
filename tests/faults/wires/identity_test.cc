// SPDX-License-Identifier: EUPL-1.2
//
// Test 24: nobody gets or finishes another's work, by whatever it calls itself, and who tries is in
// the audit log.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "tests/faults/wires/wires_house.h"
#include "workers/host/socket.h"

namespace postkamer::faults {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using wire::MessageType;
using wire::Role;

class Identity : public testing::Test {
 protected:
  Identity() {
    wires_.house().start_broker();
    honest_ = wires_.key({"honest", Role::worker, {"decode"}, {}, {}});
    other_ = wires_.key({"other", Role::worker, {"decode", "ocr"}, {}, {}});
    wires_.start_gate();
  }

  // What a worker is given of a batch of one file.
  std::optional<wire::Message> task_of(Peer& worker) {
    wires_.house().read({"u"}, "settled");
    worker.say(MessageType::ready, ready_of({"decode"}));
    return worker.hear(MessageType::task);
  }
  json scan_counts() {
    const auto status = wires_.house().client().ask("status", {});
    return status ? status->at("kinds").at("decode") : json();
  }

  WiresHouse wires_;
  Key honest_, other_;
};

json claim_in(const wire::Message& task) { return wire::to_json(*wire::claim_from(task.body)); }

TEST_F(Identity, an_address_that_a_peer_chose_gets_nothing) {
  Peer squatter(wires_.endpoint(), other_, "worker-1");
  squatter.say(MessageType::ready, ready_of({"decode"}));
  EXPECT_FALSE(squatter.hear(MessageType::pong, 1s));
  EXPECT_TRUE(wait_until([&] { return wires_.is_audited("gate/other", "address_chosen"); }));
  Peer local(wires_.house().layout().workers_endpoint(), nullptr, "worker-1");
  local.say(MessageType::ready, ready_of({"decode"}));
  EXPECT_FALSE(local.hear(MessageType::pong, 1s));
  EXPECT_TRUE(wait_until([&] { return wires_.is_audited("local/", "address_chosen"); }));
  Peer worker(wires_.endpoint(), honest_);
  EXPECT_TRUE(task_of(worker));
}

TEST_F(Identity, the_token_of_another_finishes_nothing_and_keeps_nothing) {
  Peer worker(wires_.endpoint(), honest_);
  const auto task = task_of(worker);
  ASSERT_TRUE(task);
  json stolen = claim_in(*task);
  Peer thief(wires_.endpoint(), other_);
  thief.say(MessageType::ready, ready_of({"ocr"}));
  ASSERT_TRUE(thief.hear(MessageType::pong));
  thief.say(MessageType::ping, {{"holding", json::array({stolen})}});
  json answer = stolen;
  answer["body"] = {{"page_count", 1}, {"pages", json::array()}};
  thief.say(MessageType::result, answer);
  EXPECT_TRUE(thief.hear(MessageType::stale));
  json failure = stolen;
  failure["error"] = {{"code", "invalid_document"}, {"reason", "x"}, {"message", "x"}};
  thief.say(MessageType::failure, failure);
  EXPECT_TRUE(thief.hear(MessageType::stale));
  EXPECT_TRUE(wait_until([&] { return wires_.is_audited("gate/other", "claim_of_another"); }));
  EXPECT_EQ(scan_counts().at("running"), 1);
  worker.say(MessageType::failure, failure);
  EXPECT_TRUE(worker.hear(MessageType::ack)) << "it is still the honest one's";
}

TEST_F(Identity, a_token_that_never_was_is_no_late_answer_but_a_try) {
  Peer worker(wires_.endpoint(), honest_);
  const auto task = task_of(worker);
  ASSERT_TRUE(task);
  json guessed = claim_in(*task);
  guessed["token"] = "0000000000000000";
  guessed["body"] = json::object();
  Peer guesser(wires_.endpoint(), other_);
  guesser.say(MessageType::ready, ready_of({"ocr"}));
  guesser.say(MessageType::result, guessed);
  EXPECT_TRUE(guesser.hear(MessageType::stale));
  EXPECT_TRUE(wait_until([&] { return wires_.is_audited("gate/other", "claim_of_another"); }));
  EXPECT_EQ(scan_counts().at("running"), 1);
}

TEST_F(Identity, a_key_for_one_kind_gets_no_task_of_another) {
  Peer worker(wires_.endpoint(), honest_);
  wires_.house().read({"u"}, "settled");
  worker.say(MessageType::ready, ready_of({"decode", "ocr", "archive"}));
  EXPECT_TRUE(wait_until([&] { return wires_.is_audited("gate/honest", "kind_not_granted"); }));
  const auto status = wires_.house().client().ask("status", {});
  ASSERT_TRUE(status);
  EXPECT_EQ(status->at("workers").at(0).at("kinds"), json::array({"decode"}));
}

TEST_F(Identity, a_role_says_only_what_is_its_own) {
  const auto reader = wires_.key({"reader", Role::subscriber, {}, {"test"}, {}});
  ASSERT_TRUE(
      wait_until([&] { return knock(wires_.endpoint(), reader.get()) == Outcome::let_in; }));
  Peer subscriber(wires_.endpoint(), reader);
  subscriber.say(MessageType::ready, ready_of({"decode"}));
  const auto refused = subscriber.hear(MessageType::unsupported);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->body.at("reason"), "not_granted");
  subscriber.say(MessageType::ask, {{"id", 1}, {"verb", "status"}, {"body", json::object()}});
  EXPECT_TRUE(subscriber.hear(MessageType::unsupported));
  Peer worker(wires_.endpoint(), honest_);
  worker.say(MessageType::fetch, {{"name", "test"}, {"after", 0}, {"credit", 1}});
  EXPECT_TRUE(worker.hear(MessageType::unsupported));
  worker.say(MessageType::report, {{"refusals", json::array()}});
  EXPECT_TRUE(worker.hear(MessageType::unsupported));
  EXPECT_TRUE(wait_until([&] { return wires_.is_audited("gate/reader", "role_not_granted"); }));
  EXPECT_TRUE(wait_until([&] { return wires_.is_audited("gate/honest", "role_not_granted"); }));
  EXPECT_EQ(wires_.house().client().ask("status", {})->at("workers").size(), 0u);
}

TEST_F(Identity, another_user_of_this_machine_is_not_heard_even_where_the_folder_is_open) {
  if (::geteuid() != 0) GTEST_SKIP() << "becoming another user needs root";
  const auto& layout = wires_.house().layout();
  namespace fs = std::filesystem;
  for (const fs::path& folder : {layout.dir, layout.run()}) fs::permissions(folder, fs::perms::all);
  for (const char* door : {"workers.sock", "gate.sock", "control.sock"})
    fs::permissions(layout.run() / door, fs::perms::all);
  const pid_t nobody = wires_.house().start([&] {
    if (::setuid(65534) != 0) return 3;
    Peer worker(layout.workers_endpoint(), nullptr);
    worker.say(MessageType::ready, ready_of({"decode"}));
    if (worker.hear(MessageType::pong, 1s)) return 1;
    Peer gate(layout.gate_endpoint(), nullptr);
    const auto text = [](std::string_view t) { return Bytes(t.begin(), t.end()); };
    wire::Message ready;
    ready.type = MessageType::ready;
    ready.body = ready_of({"decode"});
    auto frames = wire::encode(ready).value();
    const auto grant = wire::to_json({"honest", Role::worker, {"decode"}, {}, {}}).dump();
    frames.insert(frames.begin(), {text("honest/00ff"), text(grant)});
    gate.say_frames(frames);
    return gate.hear(MessageType::pong, 1s) ? 2 : 0;
  });
  EXPECT_TRUE(wait_until([&] { return wires_.is_audited("local/", "wrong_user"); }));
  const int status = wires_.house().end(nobody, 0);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0) << "1: heard as a worker, 2: as the gate, 3: is nobody else";
  EXPECT_EQ(wires_.house().client().ask("status", {})->at("workers").size(), 0u);
}

}  // namespace
}  // namespace postkamer::faults
