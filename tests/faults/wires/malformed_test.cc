// SPDX-License-Identifier: EUPL-1.2
//
// Test 21: messages that are wrong in every way, from peers with a key and without, at every door.
// Every process lives, the counters of /metrics rise, whoever keeps at it is not listened to, and
// the others do not notice. POSTKAMER_NIGHTLY=1: a million messages; POSTKAMER_SEED=N: others, or
// those again.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "tests/faults/seed.h"
#include "tests/faults/wires/wires_house.h"
#include "tests/support/random.h"
#include "workers/host/control_client.h"
#include "workers/metrics/figures.h"
#include "workers/metrics/page.h"
#include "workers/wire/pieces.h"

namespace postkamer::faults {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using wire::MessageType;
using wire::Role;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kSeed = 20261126;
constexpr const char* kRefused = "messages_refused_total";
constexpr const char* kUnsupported = "messages_unsupported_total";
constexpr int kKeys = 16;  // of each role

class Dice : public support::Random {
 public:
  using Random::Random;
  std::size_t below(std::size_t count) {
    return static_cast<std::size_t>(bits() % std::max<std::size_t>(count, 1));
  }
};

int how_many() {
  const char* nightly = std::getenv("POSTKAMER_NIGHTLY");
  return nightly != nullptr && std::string_view(nightly) == "1" ? 1'000'000 : 30'000;
}

// Right messages of every kind that a peer may send: what mutations start from.
std::vector<wire::Frames> right_messages() {
  const json claim = wire::to_json(wire::Claim{1, 1, 1, 0x00c0ffee});
  json result = claim;
  result["body"] = {{"page_count", 1}, {"pages", json::array({json::object()})}};
  json failure = claim;
  failure["error"] = {{"code", "internal"}, {"reason", "r"}, {"message", "m"}};
  const std::pair<MessageType, json> bodies[] = {
      {MessageType::ready, ready_of({"decode", "ocr"}, 2)},
      {MessageType::ping, {{"holding", json::array({claim, claim})}}},
      {MessageType::started, claim},
      {MessageType::result, result},
      {MessageType::failure, failure},
      {MessageType::bye, json::object()},
      {MessageType::ask, {{"id", 7}, {"verb", "ledger"}, {"body", {{"batch", "20261123A1"}}}}},
      {MessageType::ask,
       {{"id", 8},
        {"verb", "review_correct"},
        {"body", {{"document", "PK-1"}, {"values", {{"a", "b"}}}, {"why", "x"}}}}},
      {MessageType::subscribe, {{"name", "test"}, {"from", 0}}},
      {MessageType::fetch, {{"name", "test"}, {"after", 0}, {"credit", 4}}},
      {MessageType::commit, {{"name", "test"}, {"seq", 1}}},
  };
  std::vector<wire::Frames> all;
  for (const auto& [type, body] : bodies) {
    wire::Message message;
    message.type = type;
    message.body = body;
    if (type == MessageType::result) message.blobs = {Bytes(9, 1), Bytes{}};
    all.push_back(wire::encode(std::move(message)).value());
  }
  return all;
}

void mutate_bytes(Dice& random, Bytes& bytes) {
  if (bytes.empty()) return bytes.push_back(static_cast<std::uint8_t>(random.below(256)));
  const std::size_t at = random.below(bytes.size());
  const auto there = bytes.begin() + static_cast<std::ptrdiff_t>(at);
  switch (random.below(6)) {
    case 0: *there ^= static_cast<std::uint8_t>(1u << random.below(8)); return;
    case 1: *there = static_cast<std::uint8_t>(random.below(256)); return;
    case 2: bytes.erase(there, bytes.end()); return;
    case 3:
      bytes.insert(there, 1 + random.below(40),
                   static_cast<std::uint8_t>("[{\"9-"[random.below(5)]));
      return;
    case 4: {
      const Bytes again(bytes.begin(), there);
      bytes.insert(bytes.end(), again.begin(), again.end());
      return;
    }
    default: bytes.erase(there); return;
  }
}

wire::Frames mutated(Dice& random, wire::Frames frames) {
  for (auto times = 1 + random.below(4); times > 0; --times) {
    if (frames.empty()) frames.emplace_back();
    const std::size_t at = random.below(frames.size());
    const auto there = frames.begin() + static_cast<std::ptrdiff_t>(at);
    switch (random.below(10)) {
      case 0: frames.erase(there); break;
      case 1: frames.insert(there, Bytes(random.below(20), 0)); break;
      case 2: frames.push_back(frames[at]); break;
      case 3: std::swap(frames[at], frames.front()); break;
      default: mutate_bytes(random, frames[at]);
    }
  }
  if (frames.empty()) frames.emplace_back();
  return frames;
}

class Malformed : public testing::Test {
 protected:
  Malformed() {
    broker_ = wires_.house().start_broker();
    publisher_ = wires_.house().start_publisher();
    honest_ = wires_.key({"honest", Role::worker, {"ocr"}, {}, {}});
    // A key is not listened to after its eleventh offence: many keys, so that much is read.
    for (int n = 0; n < kKeys; ++n)
      for (const Role role : {Role::worker, Role::subscriber, Role::client})
        hostile_.push_back(wires_.key(grant_of(role, n)));
    gate_ = wires_.start_gate([](host::GateSettings& s) { s.messages_a_second = 1'000'000; });
  }
  static wire::Grant grant_of(Role role, int number) {
    wire::Grant grant{
        "hostile-" + std::string(wire::name_of(role)) + std::to_string(number), role, {}, {}, {}};
    if (role == Role::worker) grant.kinds = {"decode", "ocr"};
    if (role == Role::subscriber) grant.subscribers = {"test"};
    if (role == Role::client) grant.scopes = {"status", "review"};
    return grant;
  }

  // How long an honest peer waits for an answer, the second longest of twenty.
  std::chrono::microseconds honest_wait() {
    Peer worker(wires_.endpoint(), honest_);
    worker.say(MessageType::ready, ready_of({"ocr"}));
    EXPECT_TRUE(worker.hear(MessageType::pong));
    std::vector<std::chrono::microseconds> waits;
    for (int n = 0; n < 20; ++n) {
      const auto start = Clock::now();
      worker.say(MessageType::ping, {{"holding", json::array()}});
      EXPECT_TRUE(worker.hear(MessageType::pong));
      waits.push_back(std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start));
    }
    std::ranges::sort(waits);
    return waits[18];
  }

  // What /metrics shows of a counter: of the messages that this reader did not take.
  double shown(const std::string& counter, const std::string& reader) {
    if (!figures_)
      figures_.emplace(metrics::Gatherer::open(wires_.house().layout().dir, {}).value());
    const std::string page = metrics::page_of(figures_->gather());
    const std::string line = "postkamer_" + counter + "{reader=\"" + reader + "\"} ";
    const auto at = page.find(line);
    return at == std::string::npos ? -1.0 : std::stod(page.substr(at + line.size()));
  }
  bool is_shown(const std::string& counter, const std::string& reader, double least) {
    return wait_until([&] { return shown(counter, reader) >= least; });
  }

  void expect_all_live() {
    for (const pid_t process : {broker_, publisher_, gate_}) {
      int status = 0;
      EXPECT_EQ(::waitpid(process, &status, WNOHANG), 0) << "it ended with " << status;
    }
    EXPECT_TRUE(wires_.house().client().ask("status", {}, nullptr, 30'000));
    EXPECT_LT(honest_wait(), 1s);
  }

  WiresHouse wires_;
  pid_t broker_ = 0, publisher_ = 0, gate_ = 0;
  Key honest_;
  std::vector<Key> hostile_;
  std::optional<metrics::Gatherer> figures_;
};

TEST_F(Malformed, messages_of_peers_with_keys_harm_nobody_and_are_counted) {
  const auto quiet = honest_wait();
  EXPECT_TRUE(is_shown(kRefused, "gate", 0)) << "and so it is seen to rise";
  Dice random(printed_seed(kSeed));
  const auto right = right_messages();
  std::vector<std::unique_ptr<Peer>> peers;
  for (const Key& key : hostile_) peers.push_back(std::make_unique<Peer>(wires_.endpoint(), key));
  const auto before = wires_.wires();
  std::chrono::microseconds worst{0};
  const int count = how_many();
  for (int n = 0; n < count; ++n) {
    Peer& peer = *peers[random.below(peers.size())];
    peer.say_frames(mutated(random, right[random.below(right.size())]));
    if (n % (count / 4) == count / 8) worst = std::max(worst, honest_wait());
  }
  std::printf("%d messages; an honest peer waited %lld us before, %lld us meanwhile\n", count,
              static_cast<long long>(quiet.count()), static_cast<long long>(worst.count()));
  expect_all_live();
  const auto total = [](const json& told) {
    const json& gate = told["gate"];
    return told.value("malformed", 0) + told.value("refused", 0) + gate.value("malformed", 0) +
           gate.value("refused", 0);
  };
  EXPECT_TRUE(wait_until([&] { return total(wires_.wires()) > total(before) + 20; }));
  EXPECT_TRUE(wait_until([&] { return wires_.wires()["gate"].value("ignored_peers", 0) >= 2; }));
  EXPECT_GT(wires_.wires()["gate"].value("ignored", 0), 0);
  EXPECT_TRUE(is_shown(kRefused, "gate", 20));
  EXPECT_TRUE(is_shown(kUnsupported, "gate", 1));
}

TEST_F(Malformed, messages_at_the_local_doors_harm_nobody_and_are_counted) {
  Dice random(printed_seed(kSeed + 1));
  const auto right = right_messages();
  const auto& layout = wires_.house().layout();
  const std::string doors[] = {layout.workers_endpoint(), layout.control_endpoint(),
                               layout.gate_endpoint(), layout.events_endpoint()};
  const int count = how_many();
  // A fresh connection has a fresh budget, so that most of it is really read.
  for (int n = 0; n < count; n += 200)
    for (const std::string& door : doors) {
      Peer peer(door, nullptr);
      for (int m = 0; m < 50; ++m)
        peer.say_frames(mutated(random, right[random.below(right.size())]));
      while (peer.hear(MessageType::event, 0ms)) continue;
    }
  expect_all_live();
  for (const char* reader : {"broker", "publisher"}) {
    EXPECT_TRUE(is_shown(kRefused, reader, count / 100.0)) << reader;
    EXPECT_TRUE(is_shown(kUnsupported, reader, 1)) << reader;
  }
  EXPECT_TRUE(wait_until([&] { return wires_.is_audited("local/", "malformed_too_often"); }));
}

TEST_F(Malformed, bytes_on_the_port_harm_nobody) {
  Dice random(printed_seed(kSeed + 2));
  Bytes greeting(64, 0);
  greeting[0] = 0xff;
  greeting[9] = 0x7f;
  greeting[10] = 3;
  std::ranges::copy(std::string_view("CURVE"), greeting.begin() + 12);
  const int count = std::max(500, how_many() / 100);
  for (int n = 0; n < count; ++n) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(wires_.port()));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    Bytes bytes = greeting;
    const char* const commands[] = {"\x05HELLO", "\x05READY", "\x08INITIATE", "\x05ERROR",
                                    "GET / "};
    for (const char* command : {commands[random.below(5)], commands[random.below(5)]}) {
      bytes.push_back(static_cast<std::uint8_t>(random.below(8)));
      bytes.push_back(static_cast<std::uint8_t>(random.below(256)));
      std::ranges::copy(std::string_view(command), std::back_inserter(bytes));
      for (auto more = random.below(300); more > 0; --more)
        bytes.push_back(static_cast<std::uint8_t>(random.below(256)));
    }
    for (auto times = random.below(5); times > 0; --times) mutate_bytes(random, bytes);
    (void)::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    ::close(fd);
  }
  expect_all_live();
}

}  // namespace
}  // namespace postkamer::faults
