// SPDX-License-Identifier: EUPL-1.2
//
// Test 20 of README.md: every process replaced in the midst of work, one after the other, by one of
// the same release or of the release before it. Nothing is lost, and no job is counted as failed.
#include <signal.h>

#include <algorithm>
#include <iostream>

#include <gmock/gmock.h>

#include "tests/faults/program_house.h"
#include "tests/faults/wire_proxy.h"
#include "tests/support/stream_oracles.h"

namespace postkamer::faults {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using wire::MessageType;

constexpr auto kDeadline = 240s;
constexpr const char* kProgram = "faults_letter_worker";
constexpr int kWorkers = 3;

// Plays a release that knows only version 1, on the side of the broker or of the workers: it is
// told of no other, and tells of none. What it would not have understood is counted: the other side
// should not have said it.
class Older {
 public:
  enum class Side {
    neither,
    broker,
    workers
  };
  explicit Older(Side side) : side_(side) {}

  bool judge(const Seen& seen, wire::Message& message) {
    if (side_ == Side::neither) return true;
    const bool is_to_older = seen.is_to_broker == (side_ == Side::broker);
    if (is_to_older && seen.version > 1) {
      ++not_understood_;
      return false;
    }
    if (seen.type == MessageType::pong) message.body = json::object();  // as version 1 has it
    if (seen.type == MessageType::ready) {
      message.body["proto_min"] = 1;
      message.body["proto_max"] = 1;
    }
    return true;
  }
  [[nodiscard]] int not_understood() const { return not_understood_; }

 private:
  Side side_;
  int not_understood_ = 0;  // used by the proxy's thread; read when that has ended
};

struct Roll {
  const char* name;
  Older::Side older;
};

class Rolling : public testing::TestWithParam<Roll> {
 protected:
  // Files of letters, so many that they outlast every round; some pages want all stages.
  void submit(int files) {
    for (int n = 0; n < files; ++n) {
      const std::string letters = n % 3 == 0 ? "uuuuuu" : n % 3 == 1 ? "usubu" : "u";
      house_.submit(batch_, {letters.begin(), letters.end()}, submitted_++);
    }
  }
  [[nodiscard]] bool wait_until_it_has_joined(const WireProxy& proxy,
                                              const std::string& name) const {
    return test::wait_until(
        [&] {
          const auto joined = proxy.seen(MessageType::ready);
          return std::ranges::find(joined, house_.pid(name), &Seen::pid) != joined.end();
        },
        60s);
  }
  [[nodiscard]] int documents() const {
    int count = 0;
    for (int n = 0; n < submitted_; ++n) count += n % 3 == 1 ? 2 : 1;
    return count;
  }

  ProgramHouse house_{"rolling"};
  std::string batch_;
  int submitted_ = 0;
};

TEST_P(Rolling, replaces_every_process_under_load_and_no_job_fails_or_is_lost) {
  const int rounds = is_nightly() ? 20 : 3;
  Older older(GetParam().older);
  house_.start_broker();
  batch_ = house_.open_batch();
  std::optional<WireProxy> proxy;
  proxy.emplace(
      house_.socket("proxy"), house_.layout().workers_endpoint(),
      [&](const Seen& seen, wire::Message& message) { return older.judge(seen, message); });
  for (int n = 0; n < kWorkers; ++n)
    house_.start("worker-" + std::to_string(n), kProgram, proxy->endpoint());
  for (int round = 0; round < rounds; ++round) {
    submit(60);
    for (int n = 0; n < kWorkers; ++n) {
      const std::string name = "worker-" + std::to_string(n);
      ASSERT_TRUE(wait_until_it_has_joined(*proxy, name)) << house_.log(name);
      EXPECT_EQ(house_.end(name, SIGTERM), 0) << house_.log(name);
      house_.start_again(name);
    }
    submit(30);
    EXPECT_EQ(house_.end("broker", SIGTERM), 0) << house_.log("broker");
    house_.start_again("broker");
  }
  house_.close_batch(batch_);
  ASSERT_TRUE(house_.wait_closed(batch_, kDeadline)) << house_.log("broker");
  const json ledger = house_.ledger(batch_);
  EXPECT_TRUE(ledger.at("balanced").get<bool>()) << ledger;
  EXPECT_EQ(ledger.at("files").at("read"), submitted_);
  EXPECT_EQ(ledger.at("documents").at("published"), documents());
  EXPECT_TRUE(house_.audited("job_failed").empty());
  EXPECT_THAT(test::stream_oracles(house_.layout().dir), testing::IsEmpty());
  EXPECT_TRUE(proxy->seen(MessageType::failure).empty());

  const bool has_left_in_words = !proxy->seen(MessageType::leaving).empty();
  EXPECT_EQ(has_left_in_words, GetParam().older == Older::Side::neither)
      << "LEAVING is of version 2: it is said when both speak it";
  proxy.reset();
  EXPECT_EQ(older.not_understood(), 0);
}

INSTANTIATE_TEST_SUITE_P(Each, Rolling,
                         testing::Values(Roll{"same_release", Older::Side::neither},
                                         Roll{"older_broker", Older::Side::broker},
                                         Roll{"older_workers", Older::Side::workers}),
                         [](const auto& roll) { return std::string(roll.param.name); });

TEST(Versions, a_worker_that_is_too_new_for_the_broker_is_told_so_and_ends) {
  ProgramHouse house("too_new");
  house.start_broker();
  const WireProxy proxy(house.socket("proxy"), house.layout().workers_endpoint(),
                        [](const Seen& seen, wire::Message& message) {
                          if (seen.type == MessageType::ready) {
                            message.body["proto_min"] = wire::kProtocolVersion + 1;
                            message.body["proto_max"] = wire::kProtocolVersion + 2;
                          }
                          return true;
                        });
  house.start("worker", kProgram, proxy.endpoint());
  ASSERT_TRUE(test::wait_until([&] { return house.has_ended("worker"); }, 60s));
  EXPECT_EQ(house.end("worker", 0), 76);
  EXPECT_THAT(house.log("worker"), testing::HasSubstr("speaks versions"));
  EXPECT_TRUE(house.ask("status", json::object()).at("workers").empty());
}

}  // namespace
}  // namespace postkamer::faults
