// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/mending.h"

#include <poll.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <sstream>

#include <gmock/gmock.h>

#include "tests/support/temporary_folder.h"

namespace postkamer {
namespace {

using namespace std::chrono_literals;

// A worker that can only work once its settings, a file, are there.
class MendingTest : public testing::Test {
 protected:
  MendingTest() {
    const std::string script = "test -e " + settings_.string() + " || exit 78; exec sleep 1000";
    supervisor_.emplace(std::vector<ProcessSpec>{{"ocr-1", "/bin/sh", {"-c", script}}});
    mending_.emplace(
        *supervisor_, [this] { return check(); }, out_);
    EXPECT_TRUE(supervisor_->start());
  }
  Result<void> check() {
    ++checks_;
    if (is_right_) return {};
    return fail(ErrorCode::invalid_config, "settings", "[box] memry_mib: unknown");
  }
  bool is_at_rest() { return supervisor_->children().at(0).is_at_rest; }
  int starts() { return supervisor_->children().at(0).restarts; }
  bool tick_until(const std::function<bool()>& done) {
    const auto deadline = Supervisor::Clock::now() + 20s;
    while (!done() && Supervisor::Clock::now() < deadline) {
      supervisor_->tick();
      poll(nullptr, 0, 5);
    }
    return done();
  }
  // Looks each second for so long.
  void pass(std::chrono::seconds time) {
    for (const auto end = now_ + time; now_ < end; now_ += 1s) mending_->look(now_);
  }
  int told(const std::string& text) const {
    int count = 0;
    const std::string all = out_.str();
    for (auto at = all.find(text); at != std::string::npos; at = all.find(text, at + 1)) ++count;
    return count;
  }

  test::TemporaryFolder folder_;
  std::filesystem::path settings_ = folder_.path() / "settings";
  bool is_right_ = false;
  int checks_ = 0;
  std::ostringstream out_;
  std::optional<Supervisor> supervisor_;
  std::optional<Mending> mending_;
  Mending::Clock::time_point now_ = Mending::Clock::now();
};

TEST_F(MendingTest, tells_once_what_is_wrong_and_starts_again_what_waits_for_it_when_it_is_mended) {
  ASSERT_TRUE(tick_until([&] { return is_at_rest(); }));
  const int tries = starts();
  pass(1h);
  EXPECT_EQ(told("[box] memry_mib: unknown"), 1) << out_.str();
  EXPECT_EQ(told("ocr-1"), 1);
  EXPECT_TRUE(is_at_rest());
  EXPECT_EQ(starts(), tries) << "not started in vain";
  EXPECT_LE(checks_, 1 + 3600 / 5);
  std::ofstream(settings_) << "mended";
  is_right_ = true;
  pass(6s);
  EXPECT_FALSE(is_at_rest());
  ASSERT_TRUE(tick_until([&] { return supervisor_->children().at(0).pid > 0; }));
  EXPECT_EQ(told("started again now"), 1);
}

TEST_F(MendingTest, tries_again_more_and_more_rarely_where_something_else_is_wrong) {
  is_right_ = true;
  for (const auto pause : {0min, 1min, 2min, 4min, 5min, 5min}) {
    ASSERT_TRUE(tick_until([&] { return is_at_rest(); }));
    const auto begun = now_;
    while (is_at_rest() && now_ - begun < 1h) pass(1s);
    EXPECT_NEAR(std::chrono::duration<double>(now_ - begun - pause).count(), 0.0, 10.0)
        << "after " << pause.count() << " minutes";
  }
  EXPECT_EQ(told("ocr-1"), 1) << out_.str();
}

TEST_F(MendingTest, has_nothing_to_look_at_while_all_goes_well) {
  std::ofstream(settings_) << "right";
  ASSERT_TRUE(tick_until([&] { return supervisor_->children().at(0).pid > 0; }));
  pass(1min);
  EXPECT_EQ(checks_, 0);
  EXPECT_EQ(out_.str(), "");
}

}  // namespace
}  // namespace postkamer
