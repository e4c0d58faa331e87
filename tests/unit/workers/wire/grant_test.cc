// SPDX-License-Identifier: EUPL-1.2
#include "workers/wire/grant.h"

#include <gtest/gtest.h>

namespace postkamer::wire {
namespace {

TEST(Grant, comes_through_json_unchanged) {
  const Grant grant{"ocr-2", Role::subscriber, {"ocr"}, {"zaken"}, {"bsn"}};
  EXPECT_EQ(grant_from(to_json(grant)), grant);
}

TEST(Grant, is_not_made_of_anything_else) {
  for (const char* text : {"[]", "7", "{}", R"({"name":"a"})", R"({"name":"","role":"worker"})",
                           R"({"name":"a","role":"root"})", R"({"name":7,"role":"worker"})"})
    EXPECT_FALSE(grant_from(nlohmann::json::parse(text))) << text;
  const auto odd = grant_from(
      nlohmann::json::parse(R"({"name":"a","role":"worker","kinds":[1,"ocr",{}],"scopes":"all"})"));
  ASSERT_TRUE(odd);
  EXPECT_EQ(odd->kinds, std::vector<std::string>{"ocr"});
  EXPECT_TRUE(odd->scopes.empty());
}

TEST(Grant, lets_each_role_say_only_what_is_its_own) {
  EXPECT_EQ(role_that_says(MessageType::result), Role::worker);
  EXPECT_EQ(role_that_says(MessageType::leaving), Role::worker);
  EXPECT_EQ(role_that_says(MessageType::fetch), Role::subscriber);
  EXPECT_EQ(role_that_says(MessageType::ask), Role::client);
  for (const MessageType ours : {MessageType::task, MessageType::ack, MessageType::event,
                                 MessageType::report, MessageType::answer, MessageType::drain})
    EXPECT_FALSE(role_that_says(ours)) << name_of(ours);
}

TEST(Grant, lets_a_client_ask_within_its_scopes) {
  const Grant looks{"a", Role::client, {}, {}, {"status"}};
  EXPECT_TRUE(may_ask(looks, "status"));
  EXPECT_FALSE(may_ask(looks, "document"));
  const Grant all{"a", Role::client, {}, {}, scopes_of(Role::client)};
  EXPECT_TRUE(may_ask(all, "review_accept"));
  for (const char* of_this_machine : {"submit", "commit_cursor", "drain", "refuse", "", "stat"})
    EXPECT_FALSE(may_ask(all, of_this_machine)) << of_this_machine;
  const Grant worker{"a", Role::worker, {"ocr"}, {}, scopes_of(Role::client)};
  EXPECT_FALSE(may_ask(worker, "status"));
}

TEST(Grant, names_its_key_behind_every_person_however_long_the_name) {
  const Grant grant{"balie", Role::client, {}, {}, {"review"}};
  EXPECT_EQ(person_with_key(grant, "jan"), "jan (balie)");
  EXPECT_EQ(person_with_key(grant, ""), "(balie)");
  EXPECT_EQ(person_with_key(grant, std::string(200, 'x')), std::string(56, 'x') + " (balie)");
  EXPECT_EQ(person_with_key(grant, std::string(55, 'x') + "é"), std::string(55, 'x') + " (balie)");
  for (const std::size_t size : {60u, 61u, 62u, 63u, 64u}) {
    const Grant longest{std::string(size, 'k'), Role::client, {}, {}, {}};
    const std::string told = person_with_key(longest, "jan");
    EXPECT_LE(told.size(), kMostActor);
    EXPECT_NE(told.find(longest.name), std::string::npos);
  }
}

}  // namespace
}  // namespace postkamer::wire
