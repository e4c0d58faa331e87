// SPDX-License-Identifier: EUPL-1.2
//
// Whose job it is: a worker's key, not what it knows of a claim.
#include <gtest/gtest.h>

#include "tests/unit/workers/broker/core_house.h"

namespace postkamer::broker {
namespace {

using wire::MessageType;

bool has_signal(const std::vector<Outgoing>& messages, MessageType type) {
  for (const Outgoing& message : messages)
    if (const auto* signal = std::get_if<SendSignal>(&message); signal && signal->type == type)
      return true;
  return false;
}

class Principals : public testing::Test {
 protected:
  Principals() {
    house_.ready("gate/honest/01", {flow::JobKind::decode});
    house_.submit(house_.open(), "u");
    task_ = house_.take(flow::JobKind::decode).value();
  }
  CoreHouse house_;
  SendTask task_;
};

TEST(Principal, is_the_key_of_a_peer_from_outside_and_one_for_all_local_workers) {
  EXPECT_EQ(principal_of("gate/ocr-2/00ff"), "gate/ocr-2");
  EXPECT_EQ(principal_of(std::string("\0abcd", 5)), "");
  EXPECT_EQ(principal_of("gate/"), "");
  EXPECT_EQ(principal_of(""), "");
}

TEST_F(Principals, another_key_with_the_right_token_finishes_nothing) {
  EXPECT_TRUE(house_.core().is_forged("gate/other/02", task_.claim));
  EXPECT_TRUE(house_.core().is_forged(std::string("\0abcd", 5), task_.claim));
  const auto answer =
      house_.step(Failed{"gate/other/02", task_.claim, {ErrorCode::invalid_document, "x", "x"}});
  EXPECT_TRUE(has_signal(answer, MessageType::stale));
  EXPECT_TRUE(house_.core().is_current(task_.claim));
}

TEST_F(Principals, another_key_cannot_keep_or_take_a_job_by_a_ping) {
  house_.ready("gate/other/02", {flow::JobKind::ocr});
  house_.step(Ping{"gate/other/02", {task_.claim}});
  EXPECT_FALSE(house_.core().is_forged("gate/honest/01", task_.claim)) << "it is still its own";
  EXPECT_TRUE(house_.core().is_forged("gate/other/02", task_.claim));
}

TEST_F(Principals, the_same_key_under_another_address_keeps_its_job) {
  house_.ready("gate/honest/09", {flow::JobKind::decode});
  house_.step(Ping{"gate/honest/09", {task_.claim}});
  EXPECT_TRUE(has_signal(
      house_.step(Failed{"gate/honest/09", task_.claim, {ErrorCode::internal, "x", "x"}}),
      MessageType::ack));
}

TEST_F(Principals, a_token_or_an_attempt_that_never_was_is_forged_and_a_late_one_is_not) {
  wire::Claim guessed = task_.claim;
  ++guessed.token;
  EXPECT_TRUE(house_.core().is_forged("gate/honest/01", guessed));
  wire::Claim ahead = task_.claim;
  ++ahead.attempt;
  EXPECT_TRUE(house_.core().is_forged("gate/honest/01", ahead));
  wire::Claim unknown = task_.claim;
  unknown.job += 100;
  EXPECT_FALSE(house_.core().is_forged("gate/honest/01", unknown));
  house_.step(Bye{"gate/honest/01"});
  EXPECT_FALSE(house_.core().is_forged("gate/honest/01", task_.claim)) << "given back meanwhile";
}

TEST_F(Principals, after_a_restart_the_token_says_who_holds_it) {
  house_.restart();
  house_.ready("gate/honest/05", {flow::JobKind::decode});
  house_.step(Ping{"gate/honest/05", {task_.claim}});
  EXPECT_TRUE(house_.core().is_forged("gate/other/02", task_.claim));
  EXPECT_FALSE(house_.core().is_forged("gate/honest/05", task_.claim));
}

}  // namespace
}  // namespace postkamer::broker
