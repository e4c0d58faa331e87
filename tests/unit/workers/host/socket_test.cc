// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/socket.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <filesystem>

#include "workers/host/secret_key.h"

namespace postkamer::host {
namespace {

TEST(Socket, tells_who_speaks_over_ipc) {
  std::string pattern = (std::filesystem::temp_directory_path() / "pk-socket-XXXXXX").string();
  const std::filesystem::path folder = ::mkdtemp(pattern.data());
  const std::string endpoint = "ipc://" + (folder / "s.sock").string();
  zmq::context_t context{1};
  zmq::socket_t router(context, zmq::socket_type::router),
      dealer(context, zmq::socket_type::dealer);
  set_options(router, 1'000);
  router.bind(endpoint);
  ASSERT_TRUE(dial(dealer, endpoint, nullptr, 1'000));
  std::optional<Arrival> arrival;
  for (int tries = 0; tries < 1'000 && !arrival; ++tries) {
    send_to(dealer, endpoint, {{1}, {2, 3}});
    ::poll(nullptr, 0, 10);
    arrival = receive_arrival(router);
  }
  ASSERT_TRUE(arrival);
  EXPECT_EQ(arrival->frames, (wire::Frames{{1}, {2, 3}}));
  EXPECT_EQ(uid_of(arrival->origin), ::geteuid()) << arrival->origin;
  EXPECT_TRUE(is_own_address(arrival->peer));
  EXPECT_EQ(arrival->user, "");
  std::filesystem::remove_all(folder);
}

TEST(Socket, does_not_take_any_text_for_a_user) {
  EXPECT_EQ(uid_of("localhost:1000:1000:77"), 1000u);
  EXPECT_EQ(uid_of(":0:0:1"), 0u);
  for (const char* none : {"", "127.0.0.1", "localhost:", "localhost::1:1", "localhost:x:1:1",
                           "localhost:12", "localhost:-1:1:1"})
    EXPECT_FALSE(uid_of(none)) << none;
}

TEST(Socket, goes_over_tcp_only_with_a_key_that_names_the_other_side) {
  zmq::context_t context{1};
  zmq::socket_t socket(context, zmq::socket_type::dealer);
  EXPECT_EQ(dial(socket, "tcp://127.0.0.1:7700", nullptr, 0).error().reason, "tcp_without_key");
  const KeyFile own{new_secret_key().value(), "", "", ""};
  EXPECT_EQ(dial(socket, "tcp://127.0.0.1:7700", &own, 0).error().reason, "tcp_without_key");
  EXPECT_EQ(dial(socket, "nonsense", nullptr, 0).error().reason, "endpoint_unusable");
}

TEST(Socket, knows_an_address_that_it_made_up) {
  EXPECT_TRUE(is_own_address(std::string_view("\0abcd", 5)));
  for (const std::string_view chosen : {std::string_view("worker-1"), std::string_view("\0abc", 4),
                                        std::string_view("abcde"), std::string_view()})
    EXPECT_FALSE(is_own_address(chosen));
}

}  // namespace
}  // namespace postkamer::host
