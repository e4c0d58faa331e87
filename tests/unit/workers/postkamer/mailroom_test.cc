// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/mailroom.h"

#include <signal.h>

#include <gmock/gmock.h>

#include "tests/support/temporary_folder.h"
#include "workers/host/process.h"

namespace postkamer {
namespace {

// Processes of a mailroom whose first, the broker's, is `program`.
struct Mailroom {
  Mailroom(std::string program, std::vector<std::string> arguments)
      : plan{folder.path(), {}, true},
        supervisor({{"broker", std::move(program), std::move(arguments)}}) {
    EXPECT_TRUE(host::prepare_layout(folder.path()));
    EXPECT_TRUE(supervisor.start());
  }
  test::TemporaryFolder folder;
  MailroomPlan plan;
  Supervisor supervisor;
};

TEST(Mailroom, is_waited_for_as_long_as_its_broker_lives) {
  Mailroom mailroom("/bin/sleep", {"1000"});
  constexpr int kTimeout = 1;
  int waits = 0;
  const auto ready = wait_until_ready(mailroom.plan, mailroom.supervisor, kTimeout, [&](auto told) {
    EXPECT_GT(told.count(), kTimeout);
    if (++waits == 3) kill(mailroom.supervisor.children().at(0).pid, SIGKILL);
  });
  ASSERT_FALSE(ready);
  EXPECT_GE(waits, 3);
  EXPECT_EQ(ready.error().reason, "mailroom_not_ready");
  EXPECT_THAT(ready.error().message, testing::HasSubstr("broker ended with signal 9"));
}

TEST(Mailroom, whose_broker_ends_again_and_again_is_waited_for_no_longer_than_said) {
  Mailroom mailroom("/bin/false", {});
  const auto ready = wait_until_ready(mailroom.plan, mailroom.supervisor, 300, [](auto) {});
  ASSERT_FALSE(ready);
  EXPECT_EQ(ready.error().reason, "mailroom_not_ready");
}

}  // namespace
}  // namespace postkamer
