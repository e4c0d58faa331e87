// SPDX-License-Identifier: EUPL-1.2
#include "workers/sinks/webhook.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

#include "pipeline/base/bytes.h"
#include "tests/unit/workers/sinks/http_double.h"

namespace postkamer::sinks {
namespace {

using Kind = Outcome::Kind;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const Parcel kParcel{7, "D7.gelezen.r1", R"({"id":"D7.gelezen.r1"})",
                     "application/cloudevents+json; charset=utf-8"};

// What the reference implementations of Standard Webhooks test themselves with.
constexpr const char* kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

class WebhookTo : public testing::Test {
 protected:
  WebhookTo() {
    std::string pattern = (std::filesystem::temp_directory_path() / "pk-hook-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    settings_.kind = host::SinkKind::webhook;
    settings_.handshake = false;
    settings_.timeout_ms = 300;
  }
  ~WebhookTo() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path secret(const std::string& text, mode_t mode = 0600) {
    const auto file = folder_ / "secret";
    std::ofstream(file) << text;
    ::chmod(file.c_str(), mode);
    return file;
  }
  Outcome deliver(const HttpDouble& receiver) {
    settings_.url = receiver.url();
    auto webhook = Webhook::open(settings_, "postkamer.example");
    EXPECT_TRUE(webhook);
    return (*webhook)->deliver(kParcel, [] { return false; });
  }
  Outcome answered(const std::string& status, const std::string& header = "") {
    const HttpDouble receiver([&](const HttpRequest&) { return http_answer(status, header); });
    return deliver(receiver);
  }

  std::filesystem::path folder_;
  host::SinkSettings settings_;
};

TEST_F(WebhookTo, a_receiver_posts_the_event_in_structured_mode_and_signs_it) {
  settings_.secret = secret(std::string(kSecret) + "\n");
  settings_.token = settings_.secret;
  const HttpDouble receiver([](const HttpRequest&) { return http_answer("202 Accepted"); });
  EXPECT_EQ(deliver(receiver).kind, Kind::delivered);
  const auto requests = receiver.requests();
  ASSERT_THAT(requests, SizeIs(1));
  const auto& headers = requests[0].headers;
  EXPECT_EQ(requests[0].method, "POST");
  EXPECT_EQ(requests[0].body, kParcel.body);
  EXPECT_EQ(headers.at("content-type"), kParcel.content_type);
  EXPECT_EQ(headers.at("authorization"), std::string("Bearer ") + kSecret);
  EXPECT_EQ(headers.at("webhook-id"), kParcel.id);
  EXPECT_EQ(headers.at("webhook-signature"),
            signature_of(*signing_key(kSecret), kParcel.id,
                         std::stoll(headers.at("webhook-timestamp")), kParcel.body));
}

TEST_F(WebhookTo, a_receiver_tells_what_its_answer_means) {
  EXPECT_EQ(answered("200 OK").kind, Kind::delivered);
  EXPECT_EQ(answered("204 No Content").kind, Kind::delivered);
  EXPECT_EQ(answered("410 Gone").kind, Kind::gone);
  EXPECT_EQ(answered("500 Oops").kind, Kind::refused);
  EXPECT_EQ(answered("415 What").kind, Kind::refused);
  EXPECT_EQ(answered("504 Late").kind, Kind::unreachable);
  const Outcome later = answered("429 Slow Down", "Retry-After: 120");
  EXPECT_EQ(later.kind, Kind::later);
  EXPECT_EQ(later.wait, std::chrono::seconds(120));
}

TEST_F(WebhookTo, another_place_is_not_followed) {
  const HttpDouble elsewhere([](const HttpRequest&) { return http_answer("200 OK"); });
  const Outcome outcome = answered("307 Temporary Redirect", "Location: " + elsewhere.url());
  EXPECT_EQ(outcome.kind, Kind::refused);
  EXPECT_EQ(outcome.detail, "HTTP 307");
  EXPECT_THAT(elsewhere.requests(), IsEmpty()) << "a letter went to where nobody sent it";
}

TEST_F(WebhookTo, one_that_hangs_or_is_not_there_is_everybodys_trouble) {
  const HttpDouble silent([](const HttpRequest&) { return std::string(); });
  EXPECT_EQ(deliver(silent).kind, Kind::unreachable);
  settings_.url = "http://127.0.0.1:1/";
  auto webhook = *Webhook::open(settings_, "postkamer.example");
  const Outcome outcome = webhook->deliver(kParcel, [] { return false; });
  EXPECT_EQ(outcome.kind, Kind::unreachable);
  EXPECT_EQ(outcome.reason, "sink_unreachable");
}

TEST_F(WebhookTo, a_receiver_that_answers_without_end_does_not_fill_us) {
  const HttpDouble endless([](const HttpRequest&) {
    return "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + std::string(1'000'000, 'x');
  });
  EXPECT_EQ(deliver(endless).kind, Kind::delivered);
}

TEST_F(WebhookTo, stops_when_asked_in_the_middle) {
  const HttpDouble silent([](const HttpRequest&) { return std::string(); });
  settings_.url = silent.url();
  settings_.timeout_ms = 60'000;
  auto webhook = *Webhook::open(settings_, "postkamer.example");
  EXPECT_EQ(webhook->deliver(kParcel, [] { return true; }).kind, Kind::stopped);
}

TEST_F(WebhookTo, a_receiver_is_asked_first_and_its_pace_is_kept) {
  settings_.handshake = true;
  const HttpDouble receiver([](const HttpRequest& request) {
    return request.method == "OPTIONS" ? http_answer("200 OK",
                                                     "WebHook-Allowed-Origin: postkamer.example\r\n"
                                                     "WebHook-Allowed-Rate: 60")
                                       : http_answer("201 Created");
  });
  settings_.url = receiver.url();
  auto webhook = *Webhook::open(settings_, "postkamer.example");
  const auto start = std::chrono::system_clock::now();
  EXPECT_EQ(webhook->deliver(kParcel, [] { return false; }).kind, Kind::delivered);
  EXPECT_EQ(webhook->deliver(kParcel, [] { return false; }).kind, Kind::delivered);
  EXPECT_GE(webhook->ready_at(), start + std::chrono::milliseconds(999)) << "one a second";
  const auto requests = receiver.requests();
  ASSERT_THAT(requests, SizeIs(3)) << "one question, two events";
  EXPECT_EQ(requests[0].headers.at("webhook-request-origin"), "postkamer.example");
}

TEST_F(WebhookTo, a_receiver_that_does_not_allow_us_gets_nothing) {
  settings_.handshake = true;
  const HttpDouble receiver([](const HttpRequest&) {
    return http_answer("200 OK", "WebHook-Allowed-Origin: somebody.else");
  });
  const Outcome outcome = deliver(receiver);
  EXPECT_EQ(outcome.kind, Kind::unreachable);
  EXPECT_EQ(outcome.reason, "sink_not_allowed");
  for (const auto& request : receiver.requests()) EXPECT_EQ(request.method, "OPTIONS");
}

TEST_F(WebhookTo, a_secret_that_others_may_read_is_refused) {
  settings_.secret = secret(kSecret, 0644);
  const auto webhook = Webhook::open(settings_, "postkamer.example");
  ASSERT_FALSE(webhook);
  EXPECT_EQ(webhook.error().reason, "sink_secret");
  EXPECT_THAT(webhook.error().message, HasSubstr("chmod 600"));
}

TEST_F(WebhookTo, a_secret_that_is_no_key_is_refused_with_how_to_make_one) {
  for (const char* text :
       {"s3cret", "whsec_", "c2hvcnQ=", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS"}) {
    settings_.secret = secret(text);
    const auto webhook = Webhook::open(settings_, "postkamer.example");
    ASSERT_FALSE(webhook) << text;
    EXPECT_EQ(webhook.error().reason, "sink_secret");
    EXPECT_THAT(webhook.error().message, HasSubstr("openssl rand -base64 32"));
    EXPECT_THAT(webhook.error().message, testing::Not(HasSubstr(text)));
  }
}

TEST(Signature, is_that_of_the_reference_implementations) {
  const std::string wanted = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
  for (const std::string_view secret : {kSecret, kSecret + 6}) {
    const auto key = signing_key(secret);
    ASSERT_TRUE(key);
    EXPECT_EQ(
        signature_of(*key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, R"({"test": 2432232314})"),
        wanted);
  }
}

TEST(Signature, takes_a_key_of_several_lines) {  // as openssl writes a long one
  const std::string line(64, 'A');
  EXPECT_EQ(signing_key(line + "\n" + line), Bytes(96, 0));
}

}  // namespace
}  // namespace postkamer::sinks
