// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/service_manager.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "tests/support/temporary_folder.h"

namespace postkamer::host {
namespace {

using testing::ElementsAre;

// The manager's end: a datagram socket that keeps what came.
class Manager {
 public:
  explicit Manager(const std::string& name) : fd_(::socket(AF_UNIX, SOCK_DGRAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name.data(), name.size());
    if (name[0] == '@') address.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    EXPECT_EQ(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), size), 0);
    ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
  }
  ~Manager() { ::close(fd_); }
  Manager(const Manager&) = delete;

  // What has come so far; a datagram to a socket of this machine is there when it was sent.
  [[nodiscard]] std::vector<std::string> told() const {
    std::vector<std::string> all;
    char text[512];
    for (ssize_t got; (got = ::recv(fd_, text, sizeof text, MSG_DONTWAIT)) > 0;)
      all.emplace_back(text, static_cast<std::size_t>(got));
    return all;
  }

 private:
  int fd_;
};

class ServiceManagerTest : public testing::TestWithParam<const char*> {
 protected:
  void TearDown() override {
    for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) ::unsetenv(name);
  }
  [[nodiscard]] std::string socket() const {
    return GetParam()[0] == '@' ? GetParam() + std::to_string(::getpid())
                                : (folder_.path() / GetParam()).string();
  }
  test::TemporaryFolder folder_;
};

TEST_P(ServiceManagerTest, hears_that_we_are_ready_how_we_are_and_that_we_stop) {
  const Manager manager(socket());
  const ServiceManager ours = ServiceManager::take();
  ours.ready("open");
  ours.status("2 jobs running");
  ours.stopping();
  EXPECT_THAT(manager.told(), ElementsAre("READY=1\nSTATUS=open", "STATUS=2 jobs running",
                                          "STOPPING=1\nSTATUS=stopping"));
  EXPECT_EQ(std::getenv("NOTIFY_SOCKET"), nullptr) << "what we start would speak for us";
}

INSTANTIATE_TEST_SUITE_P(Sockets, ServiceManagerTest, testing::Values("notify.sock", "@pk-notify-"),
                         [](const auto& name) {
                           return name.param[0] == '@' ? "without_file" : "in_a_folder";
                         });

TEST(ServiceManager, is_told_that_we_live_a_few_times_within_its_patience) {
  const Manager manager("@pk-watchdog-" + std::to_string(::getpid()));
  ::setenv("WATCHDOG_USEC", "400000000", 1);
  ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  ServiceManager ours = ServiceManager::take();
  EXPECT_EQ(ours.beat(), std::chrono::seconds(100));
  for (int n = 0; n < 1000; ++n) ours.alive();
  EXPECT_THAT(manager.told(), ElementsAre("WATCHDOG=1"));

  ::setenv("NOTIFY_SOCKET", ("@pk-watchdog-" + std::to_string(::getpid())).c_str(), 1);
  ::setenv("WATCHDOG_USEC", "400000000", 1);
  ::setenv("WATCHDOG_PID", "1", 1);  // another process is watched
  ours = ServiceManager::take();
  ours.alive();
  EXPECT_THAT(manager.told(), ElementsAre());
}

TEST(ServiceManager, is_asked_for_patience_by_a_start_that_goes_on) {
  const Manager manager("@pk-busy-" + std::to_string(::getpid()));
  ServiceManager ours = ServiceManager::take();
  for (int n = 0; n < 1000; ++n) ours.busy("opening the journal");
  EXPECT_THAT(manager.told(),
              ElementsAre("EXTEND_TIMEOUT_USEC=600000000\nSTATUS=opening the journal"));
}

TEST(ServiceManager, may_be_gone_or_never_have_been_there) {
  ServiceManager none = ServiceManager::take();
  EXPECT_FALSE(none.is_there());
  none.ready("open");
  none.alive();
  ::setenv("NOTIFY_SOCKET", "/nonexistent/socket", 1);
  const ServiceManager gone = ServiceManager::take();
  EXPECT_TRUE(gone.is_there());
  gone.ready("open");
}

}  // namespace
}  // namespace postkamer::host
