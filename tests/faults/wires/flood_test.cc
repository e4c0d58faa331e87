// SPDX-License-Identifier: EUPL-1.2
//
// Test 23: who has not shown a key yet can take no memory, no processor and nobody's place.
#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <functional>
#include <thread>

#include "tests/faults/wires/wires_house.h"

namespace postkamer::faults {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using wire::MessageType;
using wire::Role;

constexpr long kMostGrowthKib = 8 << 10;

// A tcp connection to the gate that says what it likes, without ZeroMQ.
class Raw {
 public:
  // One that does not wait is connected once the gate's machine has room for it.
  explicit Raw(int port, bool waits = true)
      : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (!waits) ::fcntl(fd_, F_SETFL, O_NONBLOCK);
    is_open_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 ||
               errno == EINPROGRESS;
    ::fcntl(fd_, F_SETFL, O_NONBLOCK);
  }
  ~Raw() { ::close(fd_); }
  Raw(Raw&& other) noexcept : fd_(std::exchange(other.fd_, -1)), is_open_(other.is_open_) {}
  Raw& operator=(Raw&&) = delete;

  // What the kernel takes of it.
  void send(const Bytes& bytes) {
    if (::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0 && errno != EAGAIN)
      is_open_ = false;
  }
  // False once the gate has hung up.
  bool is_open() {
    std::array<char, 256> buffer{};
    const ssize_t got = ::recv(fd_, buffer.data(), buffer.size(), 0);
    if (got == 0 || (got < 0 && errno != EAGAIN)) is_open_ = false;
    return is_open_;
  }

 private:
  int fd_;
  bool is_open_;
};

// The greeting of ZMTP 3.1 with the CURVE mechanism.
Bytes greeting() {
  Bytes bytes(64, 0);
  bytes[0] = 0xff;
  bytes[9] = 0x7f;
  bytes[10] = 3;
  bytes[11] = 1;
  for (std::size_t i = 0; i < 5; ++i) bytes[12 + i] = static_cast<std::uint8_t>("CURVE"[i]);
  return bytes;
}

// A frame that says it has so many bytes.
Bytes announced(std::uint64_t size, std::uint8_t flags) {
  Bytes bytes{flags};
  for (int shift = 56; shift >= 0; shift -= 8)
    bytes.push_back(static_cast<std::uint8_t>(size >> shift));
  return bytes;
}

// Strangers who knock for as long as this lives, each round of them 20 ms after the last: so many
// sockets at a time, made again as the gate hangs up. The first ones wait until they are let into
// the machine; if all did, a round of many would last for minutes.
class Strangers {
 public:
  using Make = std::function<Raw(bool waits)>;
  Strangers(std::size_t count, Make make, std::function<void(Raw&)> again)
      : count_(count),
        make_(std::move(make)),
        again_(std::move(again)),
        thread_([this](const std::stop_token& stop) {
          while (!stop.stop_requested()) {
            knock();
            ::poll(nullptr, 0, 20);
          }
        }) {}

  // Rounds in which all of them knocked.
  [[nodiscard]] int rounds() const { return rounds_; }
  // Whether as many as there are were connected once.
  [[nodiscard]] bool all_came() const { return came_ >= count_; }

 private:
  void knock() {
    std::vector<Raw> open;
    for (Raw& raw : raws_)
      if (raw.is_open()) open.push_back(std::move(raw));
    raws_ = std::move(open);
    while (raws_.size() < count_) {
      raws_.push_back(make_(rounds_ == 0));
      if (rounds_ == 0 && raws_.back().is_open()) ++came_;
    }
    for (Raw& raw : raws_) again_(raw);
    ++rounds_;
  }

  std::size_t count_;
  Make make_;
  std::function<void(Raw&)> again_;
  std::vector<Raw> raws_;
  std::atomic<int> rounds_ = 0;
  std::atomic<std::size_t> came_ = 0;
  std::jthread thread_;  // the last: it uses what stands above
};

class Flood : public testing::Test {
 protected:
  Flood() {
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
    broker_ = wires_.house().start_broker();
    key_ = wires_.key({"ocr-2", Role::worker, {"ocr"}, {}, {}});
    gate_ = wires_.start_gate();
    {
      Peer first(wires_.endpoint(), key_);  // what one peer costs is taken before it counts
      first.say(MessageType::ready, ready_of({"ocr"}));
      EXPECT_TRUE(first.hear(MessageType::pong));
    }
    forget_peak(gate_);
    forget_peak(broker_);
    gate_before_ = resident_kib(gate_);
    broker_before_ = resident_kib(broker_);
    cpu_before_ = cpu_ms(gate_);
    started_ = Clock::now();
  }

  // While they knock, from the first round to the last: workers come in, gate and broker stay
  // small. To be called once.
  void expect_nobody_is_disturbed_by(const Strangers& strangers, long most_cpu_percent) {
    ASSERT_TRUE(wait_until([&] { return strangers.rounds() > 0; }));
    EXPECT_TRUE(strangers.all_came());
    for (const int round : {30, 60, 90}) {
      expect_a_worker_can_join();
      EXPECT_TRUE(wait_until([&] { return strangers.rounds() > round; }, 60s));
    }
    expect_a_worker_can_join();
    expect_small(most_cpu_percent);
    const int last = strangers.rounds();
    EXPECT_TRUE(wait_until([&] { return strangers.rounds() > last; })) << "they knock still";
  }

  void expect_a_worker_can_join() {
    const auto start = Clock::now();
    Peer worker(wires_.endpoint(), key_);
    worker.say(MessageType::ready, ready_of({"ocr"}));
    EXPECT_TRUE(worker.hear(MessageType::pong, 30s));
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
    std::printf("a worker joined after %lld ms\n", static_cast<long long>(took.count()));
    EXPECT_LT(took, 5s);
  }

  // The most that they were since the strangers came, not what they are by now.
  void expect_small(long most_cpu_percent) {
    const long gate = peak_kib(gate_) - gate_before_;
    const long broker = peak_kib(broker_) - broker_before_;
    const auto passed =
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - started_).count();
    const long cpu = 100 * (cpu_ms(gate_) - cpu_before_) / std::max<long>(passed, 1);
    std::printf("gate +%ld KiB, broker +%ld KiB at most, gate %ld %% of a core for %lld ms\n", gate,
                broker, cpu, static_cast<long long>(passed));
    EXPECT_LT(gate, kMostGrowthKib);
    EXPECT_LT(broker, kMostGrowthKib);
    EXPECT_LT(cpu, most_cpu_percent);
  }

  WiresHouse wires_;
  Key key_;
  pid_t broker_ = 0, gate_ = 0;
  long gate_before_ = 0, broker_before_ = 0, cpu_before_ = 0;
  Clock::time_point started_;
};

TEST_F(Flood, of_frames_of_a_gibibyte_that_are_announced_takes_no_memory) {
  const Strangers strangers(
      16,
      [&](bool) {
        Raw raw(wires_.port());
        raw.send(greeting());
        raw.send(announced(1ull << 30, 0x06));  // a long command
        return raw;
      },
      [](Raw& raw) { raw.send(Bytes(64 << 10, 0x41)); });
  expect_nobody_is_disturbed_by(strangers, 100);
}

TEST_F(Flood, of_a_thousand_idle_connections_leaves_room_for_a_worker) {
  const Strangers strangers(
      1'000, [&](bool waits) { return Raw(wires_.port(), waits); }, [](Raw&) {});
  expect_nobody_is_disturbed_by(strangers, 20);
}

TEST_F(Flood, of_greetings_that_never_end_leaves_room_for_a_worker) {
  const Strangers strangers(
      1'000, [&](bool waits) { return Raw(wires_.port(), waits); },
      [all = greeting(), at = std::size_t{0}](Raw& raw) mutable {
        raw.send({all[at++ / 1'000 % all.size()]});
      });
  expect_nobody_is_disturbed_by(strangers, 60);
}

TEST(FewFiles, that_strangers_use_up_come_back_in_seconds) {
  WiresHouse wires;
  wires.house().start_broker();
  const auto key = wires.key({"ocr-2", Role::worker, {"ocr"}, {}, {}});
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const rlimit few{64, before.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &few);  // which the gate inherits
  wires.start_gate([](host::GateSettings& settings) {
    settings.files = 64;
    settings.handshake_ms = 1'000;
  });
  ::setrlimit(RLIMIT_NOFILE, &before);
  std::vector<Raw> idle;
  for (int n = 0; n < 120; ++n) idle.emplace_back(wires.port());
  const auto start = Clock::now();
  Peer worker(wires.endpoint(), key);
  worker.say(MessageType::ready, ready_of({"ocr"}));
  EXPECT_TRUE(wait_until([&] {
    worker.say(MessageType::ready, ready_of({"ocr"}));
    return worker.hear(MessageType::pong, 250ms).has_value();
  }));
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
  std::printf("a worker joined after %lld ms\n", static_cast<long long>(took.count()));
  EXPECT_LT(took, 8s) << "two rounds of hanging up";
}

}  // namespace
}  // namespace postkamer::faults
