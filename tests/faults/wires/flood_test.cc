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

#include <cstdio>

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
  explicit Raw(int port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    is_open_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
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
    gate_before_ = resident_kib(gate_);
    broker_before_ = resident_kib(broker_);
    cpu_before_ = cpu_ms(gate_);
    started_ = Clock::now();
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

  void expect_small(long most_cpu_percent) {
    const long gate = resident_kib(gate_) - gate_before_;
    const long broker = resident_kib(broker_) - broker_before_;
    const auto passed =
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - started_).count();
    const long cpu = 100 * (cpu_ms(gate_) - cpu_before_) / std::max<long>(passed, 1);
    std::printf("gate +%ld KiB, broker +%ld KiB, gate %ld %% of a core for %lld ms\n", gate, broker,
                cpu, static_cast<long long>(passed));
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

// Fills the sockets, and fills them again as the gate hangs up, for so long.
template <class Make>
void keep_knocking(std::size_t count, std::chrono::milliseconds duration, Make make,
                   const std::function<void(Raw&)>& again) {
  std::vector<Raw> raws;
  const auto end = Clock::now() + duration;
  do {
    std::vector<Raw> open;
    for (Raw& raw : raws)
      if (raw.is_open()) open.push_back(std::move(raw));
    raws.clear();
    for (Raw& raw : open) raws.push_back(std::move(raw));
    while (raws.size() < count) raws.push_back(make());
    for (Raw& raw : raws) again(raw);
    ::poll(nullptr, 0, 20);
  } while (Clock::now() < end);
}

TEST_F(Flood, of_frames_of_a_gibibyte_that_are_announced_takes_no_memory) {
  keep_knocking(
      16, 3s,
      [&] {
        Raw raw(wires_.port());
        raw.send(greeting());
        raw.send(announced(1ull << 30, 0x06));  // a long command
        return raw;
      },
      [](Raw& raw) { raw.send(Bytes(64 << 10, 0x41)); });
  expect_small(100);
  expect_a_worker_can_join();
}

TEST_F(Flood, of_a_thousand_idle_connections_leaves_room_for_a_worker) {
  keep_knocking(
      1'000, 4s, [&] { return Raw(wires_.port()); }, [](Raw&) {});
  expect_small(20);
  std::vector<Raw> idle;
  for (int n = 0; n < 1'000; ++n) idle.emplace_back(wires_.port());
  expect_a_worker_can_join();
}

TEST_F(Flood, of_greetings_that_never_end_leaves_room_for_a_worker) {
  const Bytes all = greeting();
  std::size_t at = 0;
  keep_knocking(
      1'000, 4s, [&] { return Raw(wires_.port()); },
      [&](Raw& raw) { raw.send({all[at++ / 1'000 % all.size()]}); });
  expect_small(60);
  expect_a_worker_can_join();
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
