// SPDX-License-Identifier: EUPL-1.2
#include "workers/wire/message.h"

#include <random>

#include <gtest/gtest.h>

namespace postkamer::wire {
namespace {

Message sample() {
  Message message;
  message.type = MessageType::task;
  message.body = {{"job", 7}, {"kind", "ocr"}, {"body", {{"page", 2}}}};
  message.blobs = {Bytes{1, 2, 3}, Bytes{}, Bytes(1000, 9)};
  return message;
}

TEST(Wire, a_message_comes_back_as_it_was) {
  const auto frames = encode(sample());
  ASSERT_TRUE(frames);
  const auto back = decode(*frames);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->type, MessageType::task);
  EXPECT_EQ(back->body, sample().body);
  EXPECT_EQ(back->blobs, sample().blobs);
}

TEST(Wire, the_worked_example_of_the_protocol_page_holds) {
  Message message;
  message.type = MessageType::pong;
  const auto frames = encode(message);
  ASSERT_TRUE(frames);
  const Frames expected{{'P', 'K', 'M', 1, 9, 0, 0, 0}, {'{', '}'}};
  EXPECT_EQ(*frames, expected);
}

TEST(Wire, a_header_that_is_not_ours_is_refused) {
  const auto good = encode(sample()).value();
  const auto refused = [&](auto change) {
    Frames bad = good;
    change(bad);
    const auto read = decode(std::move(bad));
    return read ? std::string("taken") : read.error().reason;
  };
  EXPECT_EQ(refused([](Frames& f) { f.clear(); }), "wire_malformed");
  EXPECT_EQ(refused([](Frames& f) { f.resize(1); }), "wire_malformed");
  EXPECT_EQ(refused([](Frames& f) { f[0][0] = 'X'; }), "wire_malformed");
  EXPECT_EQ(refused([](Frames& f) { f[0].push_back(0); }), "wire_malformed");
  EXPECT_EQ(refused([](Frames& f) { f[0][3] = kProtocolVersion + 1; }), "wire_version");
  EXPECT_EQ(refused([](Frames& f) { f[0][4] = 250; }), "wire_unknown_type");
  EXPECT_EQ(refused([](Frames& f) { f[0][7] = 2; }), "wire_malformed");
  EXPECT_EQ(refused([](Frames& f) { f.pop_back(); }), "wire_malformed");
}

TEST(Wire, a_message_goes_out_in_the_version_in_which_its_type_came_up) {
  Message message;
  EXPECT_EQ(encode(message).value()[0][3], 1) << "so that processes of an older release read it";
  message.type = MessageType::leaving;
  EXPECT_EQ(encode(message).value()[0][3], 2);
  EXPECT_EQ(decode(encode(message).value())->type, MessageType::leaving);
}

TEST(Wire, two_ends_agree_on_the_newest_version_of_both) {
  EXPECT_EQ(agreed_version(1, 1), 1);
  EXPECT_EQ(agreed_version(1, 2), 2);
  EXPECT_EQ(agreed_version(2, 9), kProtocolVersion);
  EXPECT_EQ(agreed_version(kProtocolVersion + 1, 9), std::nullopt);
  EXPECT_EQ(agreed_version(0, 0), std::nullopt);
  EXPECT_EQ(agreed_version(2, 1), std::nullopt);
}

TEST(Wire, a_body_must_be_a_shallow_json_object) {
  const auto reason = [](const std::string& text) {
    const ByteView view = bytes_of(text);
    const auto read = decode({{'P', 'K', 'M', 1, 8, 0, 0, 0}, Bytes(view.begin(), view.end())});
    return read ? std::string("taken") : read.error().reason;
  };
  EXPECT_EQ(reason("{}"), "taken");
  EXPECT_EQ(reason(R"({"a":"[[[[[[[[{{{{\"[["})"), "taken");
  EXPECT_EQ(reason("[]"), "wire_malformed");
  EXPECT_EQ(reason(""), "wire_malformed");
  EXPECT_EQ(reason("{\"a\":"), "wire_malformed");
  EXPECT_EQ(reason("{\"a\":\"\xff\xfe\"}"), "wire_malformed");
  EXPECT_EQ(reason("{\"a\":" + std::string(100'000, '[')), "wire_malformed");
}

TEST(Wire, limits_are_kept_on_both_sides) {
  const WireLimits limits{100, 500, 2, 8};
  EXPECT_EQ(encode(sample(), limits).error().reason, "wire_too_large");
  EXPECT_EQ(decode(encode(sample()).value(), limits).error().reason, "wire_too_large");
}

TEST(Wire, no_bytes_whatever_do_harm) {
  std::mt19937 random(20261123);
  const auto good = encode(sample()).value();
  int taken = 0;
  for (int round = 0; round < 20'000; ++round) {
    Frames frames = good;
    for (int change = 0; change < 3; ++change) {
      Bytes& frame = frames[random() % 2];
      if (frame.empty()) continue;
      switch (random() % 3) {
        case 0: frame[random() % frame.size()] = static_cast<std::uint8_t>(random()); break;
        case 1: frame.resize(random() % (frame.size() + 4)); break;
        default: frame.insert(frame.begin(), static_cast<std::uint8_t>(random()));
      }
    }
    if (const auto read = decode(std::move(frames))) {
      ++taken;
      claim_from(read->body);
    }
  }
  EXPECT_LT(taken, 20'000);
}

TEST(Wire, a_claim_comes_back_as_it_was_and_nothing_else_is_one) {
  const Claim claim{12, 3, 1, 0xfedcba9876543210u};
  EXPECT_EQ(claim_from(to_json(claim)), claim);
  EXPECT_EQ(to_json(claim).at("token"), "fedcba9876543210");
  auto body = to_json(claim);
  body["token"] = "fedcba987654321g";
  EXPECT_FALSE(claim_from(body));
  body["token"] = 7;
  EXPECT_FALSE(claim_from(body));
  body = to_json(claim);
  body.erase("attempt");
  EXPECT_FALSE(claim_from(body));
  EXPECT_FALSE(claim_from(nlohmann::json("text")));
}

TEST(Wire, an_error_comes_back_as_it_was) {
  const Error error{ErrorCode::resource_limit, "limit_file_pages", "2001 pages, limit 2000"};
  const Error back = error_from(to_json(error));
  EXPECT_EQ(back.code, error.code);
  EXPECT_EQ(back.reason, error.reason);
  EXPECT_EQ(back.message, error.message);
}

}  // namespace
}  // namespace postkamer::wire
