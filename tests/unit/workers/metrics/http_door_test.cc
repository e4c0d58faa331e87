// SPDX-License-Identifier: EUPL-1.2
//
// The door of /metrics as peers of every kind find it, through plain sockets.
#include "workers/metrics/http_door.h"

#include <arpa/inet.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <filesystem>
#include <thread>

#include <gmock/gmock.h>

#include "tests/support/temporary_folder.h"

namespace postkamer::metrics {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr const char* kGet = "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

// A connection that gives up after a while, so that a test never hangs.
class Peer {
 public:
  explicit Peer(const std::filesystem::path& path) : fd_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    connect(reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }
  explicit Peer(int port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connect(reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }
  ~Peer() { ::close(fd_); }
  Peer(const Peer&) = delete;

  void say(const std::string& text) const {
    (void)::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
  }
  // All that comes until the door closes.
  [[nodiscard]] std::string hear() const {
    std::string heard;
    char part[4096];
    for (ssize_t got; (got = ::recv(fd_, part, sizeof part, 0)) > 0;)
      heard.append(part, static_cast<std::size_t>(got));
    return heard;
  }
  [[nodiscard]] std::string ask(const std::string& text) const {
    say(text);
    return hear();
  }

 private:
  void connect(const sockaddr* address, socklen_t size) const {
    const timeval patience{30, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    EXPECT_EQ(::connect(fd_, address, size), 0) << std::strerror(errno);
  }
  int fd_;
};

class Served : public testing::Test {
 protected:
  void serve(const Where& where) {
    auto door = HttpDoor::open(where);
    ASSERT_TRUE(door) << door.error().message;
    port_ = door->port();
    thread_ = std::thread([this, door = std::move(*door)]() mutable {
      door.serve(stop_, "text/plain; version=0.0.4",
                 [this] { return "made " + std::to_string(++made_) + "\n"; });
    });
  }
  void TearDown() override {
    const std::uint64_t one = 1;
    EXPECT_EQ(::write(stop_, &one, sizeof one), static_cast<ssize_t>(sizeof one));
    if (thread_.joinable()) thread_.join();
    ::close(stop_);
  }
  [[nodiscard]] std::filesystem::path socket() const { return folder_.path() / "metrics.sock"; }

  test::TemporaryFolder folder_;
  int stop_ = ::eventfd(0, EFD_CLOEXEC);
  int port_ = 0;
  std::atomic<int> made_ = 0;
  std::thread thread_;
};

TEST_F(Served, page_is_given_on_a_unix_socket_that_an_earlier_process_left) {
  {
    auto left = HttpDoor::open({socket(), "", 0});
    ASSERT_TRUE(left);
  }
  ASSERT_TRUE(std::filesystem::exists(socket()));
  ASSERT_NO_FATAL_FAILURE(serve({socket(), "", 0}));
  const std::string answer = Peer(socket()).ask(kGet);
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("Content-Type: text/plain; version=0.0.4\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\n\r\nmade 1\n"));
}

TEST_F(Served, page_is_given_on_a_port_of_this_machine) {
  ASSERT_NO_FATAL_FAILURE(serve({"", "127.0.0.1", 0}));
  EXPECT_THAT(Peer(port_).ask(kGet), HasSubstr("made 1\n"));
  EXPECT_EQ(HttpDoor::open({"", "127.0.0.1", port_}).error().reason, "metrics_endpoint");
}

TEST_F(Served, page_and_nothing_else_is_given) {
  ASSERT_NO_FATAL_FAILURE(serve({socket(), "", 0}));
  const auto answer = [&](const std::string& line) {
    return Peer(socket()).ask(line + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  };
  EXPECT_THAT(answer("GET /"), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(answer("GET /metrics/../journal.db"), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(answer("POST /metrics"), StartsWith("HTTP/1.1 405 "));
  EXPECT_THAT(answer("HEAD /metrics"), Not(HasSubstr("made")));
  EXPECT_EQ(Peer(socket()).ask("no HTTP at all\r\n\r\n"), "");
}

TEST_F(Served, page_is_not_made_again_for_each_of_many_questions) {
  ASSERT_NO_FATAL_FAILURE(serve({socket(), "", 0}));
  const Peer peer(socket());
  std::string questions;
  for (int n = 0; n < 50; ++n) questions += "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
  const std::string answers = peer.ask(questions + kGet);
  EXPECT_THAT(answers, HasSubstr("made 1\n"));
  EXPECT_LT(made_, 40) << "a page stands for a second";
}

TEST_F(Served, peer_that_says_too_much_is_closed) {
  ASSERT_NO_FATAL_FAILURE(serve({socket(), "", 0}));
  EXPECT_EQ(Peer(socket()).ask("GET /metrics HTTP/1.1\r\nX: " + std::string(20'000, 'x')), "");
  EXPECT_THAT(Peer(socket()).ask(kGet), HasSubstr("made"));
}

TEST_F(Served, peers_that_say_nothing_are_closed_and_do_not_keep_others_out_for_long) {
  ASSERT_NO_FATAL_FAILURE(serve({socket(), "", 0}));
  std::vector<std::unique_ptr<Peer>> silent;
  for (int n = 0; n < 16; ++n) silent.push_back(std::make_unique<Peer>(socket()));
  EXPECT_EQ(Peer(socket()).ask(kGet), "") << "one too many is closed at once";
  for (const auto& peer : silent) EXPECT_EQ(peer->hear(), "");
  EXPECT_THAT(Peer(socket()).ask(kGet), HasSubstr("made"));
}

TEST(HttpDoor, is_never_open_to_other_machines) {
  for (const char* address : {"0.0.0.0", "::", "192.168.1.1", "example.org"})
    EXPECT_EQ(HttpDoor::open({"", address, 0}).error().reason, "metrics_endpoint") << address;
}

}  // namespace
}  // namespace postkamer::metrics
