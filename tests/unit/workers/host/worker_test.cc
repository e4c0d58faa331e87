// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/worker.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>
#include <stdexcept>

#include "workers/host/socket.h"

namespace postkamer::host {
namespace {

using wire::Claim;
using wire::Message;
using wire::MessageType;

// Plays the broker for one worker process.
class WorkerProcess : public testing::Test {
 protected:
  WorkerProcess() {
    std::string pattern = (std::filesystem::temp_directory_path() / "pk-worker-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    options_.endpoint = "ipc://" + (folder_ / "w.sock").string();
    options_.kinds = {"ocr"};
  }
  ~WorkerProcess() override {
    if (child_ > 0) end(SIGKILL);
    std::filesystem::remove_all(folder_);
  }

  // Forks first, so that the child starts without threads.
  void start(const Handler& handler, const Prepare& prepare = {}) {
    child_ = ::fork();
    if (child_ == 0) ::_exit(run_worker(options_, handler, prepare));
    context_.emplace();
    socket_.emplace(*context_, zmq::socket_type::router);
    set_options(*socket_, 1 << 20);
    socket_->bind(options_.endpoint);
  }

  int end(int signal) {
    ::kill(child_, signal);
    return wait();
  }
  int wait() {
    int status = 0;
    ::waitpid(std::exchange(child_, 0), &status, 0);
    return status;
  }

  // The next message of this type; others are passed over.
  std::optional<Message> next(MessageType type) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (std::chrono::steady_clock::now() < deadline) {
      zmq::pollitem_t item{socket_->handle(), 0, ZMQ_POLLIN, 0};
      zmq::poll(&item, 1, std::chrono::milliseconds(100));
      while (auto frames = receive(*socket_)) {
        peer_ = std::string(text_of(frames->front()));
        frames->erase(frames->begin());
        has_heard_newer_ |= frames->at(0).at(3) > wire::kOldestProtocol;
        auto message = wire::decode(std::move(*frames));
        if (message && message->type == MessageType::started)
          begun_.push_back(wire::claim_from(message->body).value());
        if (message && message->type == type) return std::move(*message);
      }
    }
    return std::nullopt;
  }

  void say(MessageType type, nlohmann::json body = nlohmann::json::object(),
           std::vector<Bytes> blobs = {}) {
    Message message;
    message.type = type;
    message.body = std::move(body);
    message.blobs = std::move(blobs);
    ASSERT_TRUE(send(*socket_, peer_, wire::encode(message).value()));
  }

  void give(const Claim& claim, nlohmann::json body = nlohmann::json::object()) {
    auto task = wire::to_json(claim);
    task["kind"] = "ocr";
    task["body"] = std::move(body);
    say(MessageType::task, task, {Bytes{1, 2}});
  }

  std::filesystem::path folder_;
  WorkerOptions options_;
  pid_t child_ = 0;
  std::optional<zmq::context_t> context_;
  std::optional<zmq::socket_t> socket_;
  std::string peer_;
  std::vector<Claim> begun_;      // told by STARTED, in messages passed over too
  bool has_heard_newer_ = false;  // a message that version 1 does not have
};

constexpr Claim kFirst{1, 1, 1, 11};
constexpr Claim kSecond{2, 1, 1, 22};

Result<Outcome> echo(const Task& task) {
  return Outcome{{{"kind", task.kind}, {"body", task.body}}, task.blobs};
}

TEST_F(WorkerProcess, says_what_it_can_and_does_what_it_is_given) {
  start(echo);
  const auto ready = next(MessageType::ready);
  ASSERT_TRUE(ready);
  EXPECT_EQ(ready->body.at("kinds"), nlohmann::json::array({"ocr"}));
  EXPECT_EQ(ready->body.at("credit"), 2);
  give(kFirst, {{"page", 5}});
  EXPECT_EQ(wire::claim_from(next(MessageType::started)->body), kFirst);
  const auto result = next(MessageType::result);
  ASSERT_TRUE(result);
  EXPECT_EQ(wire::claim_from(result->body), kFirst);
  EXPECT_EQ(result->body.at("body").at("body").at("page"), 5);
  EXPECT_EQ(result->blobs, std::vector<Bytes>({Bytes{1, 2}}));
  say(MessageType::ack, wire::to_json(kFirst));
  const int status = end(SIGTERM);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST_F(WorkerProcess, an_error_and_an_exception_are_answers) {
  start([](const Task& task) -> Result<Outcome> {
    if (task.body.contains("throw")) throw std::runtime_error("secret 123456782");
    return fail(ErrorCode::resource_limit, "limit_page_pixels", "too many");
  });
  ASSERT_TRUE(next(MessageType::ready));
  give(kFirst);
  EXPECT_EQ(next(MessageType::failure)->body.at("error").at("reason"), "limit_page_pixels");
  give(kSecond, {{"throw", true}});
  const auto failure = next(MessageType::failure);
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->body.at("error").at("code"), "internal");
  EXPECT_EQ(failure->body.dump().find("123456782"), std::string::npos);
}

TEST_F(WorkerProcess, pings_go_out_while_the_handler_computes) {
  start([](const Task&) -> Result<Outcome> {
    ::pause();
    return fail(ErrorCode::internal, "unreachable", "");
  });
  ASSERT_TRUE(next(MessageType::ready));
  give(kFirst);
  ASSERT_TRUE(next(MessageType::started));
  for (int n = 0; n < 2; ++n) {
    const auto ping = next(MessageType::ping);
    ASSERT_TRUE(ping);
    ASSERT_EQ(ping->body.at("holding").size(), 1u);
    EXPECT_EQ(wire::claim_from(ping->body.at("holding").at(0)), kFirst);
  }
}

TEST_F(WorkerProcess, a_handler_that_hangs_ends_the_process) {
  options_.job_deadline_ms = 300;
  start([](const Task&) -> Result<Outcome> {
    ::pause();
    return fail(ErrorCode::internal, "unreachable", "");
  });
  ASSERT_TRUE(next(MessageType::ready));
  give(kFirst);
  give(kSecond);
  const auto failure = next(MessageType::failure);
  ASSERT_TRUE(failure);
  EXPECT_EQ(wire::claim_from(failure->body), kFirst);
  EXPECT_EQ(failure->body.at("error").at("reason"), "worker_hung");
  EXPECT_TRUE(next(MessageType::bye)) << "so that the other task need not wait for its lease";
  const int status = wait();
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == kExitHung);
}

TEST_F(WorkerProcess, that_leaves_says_so_before_it_has_finished) {
  std::array<int, 2> may_end{};
  ASSERT_EQ(::pipe(may_end.data()), 0);
  start([&](const Task& task) -> Result<Outcome> {
    pollfd end{may_end[0], POLLIN, 0};  // TSan holds a signal back while a thread reads, not here
    while (::poll(&end, 1, -1) < 0) continue;
    return echo(task);
  });
  ASSERT_TRUE(next(MessageType::ready));
  say(MessageType::pong, {{"proto_max", 2}});
  give(kFirst);
  give(kSecond);
  ASSERT_TRUE(next(MessageType::started));
  ::kill(child_, SIGTERM);
  EXPECT_TRUE(next(MessageType::leaving));
  ASSERT_EQ(::write(may_end[1], "e", 1), 1);
  const auto result = next(MessageType::result);
  ASSERT_TRUE(result);
  EXPECT_EQ(wire::claim_from(result->body), kFirst);
  say(MessageType::ack, wire::to_json(kFirst));
  EXPECT_TRUE(next(MessageType::bye)) << "without having begun the second";
}

TEST_F(WorkerProcess, says_nothing_that_an_older_broker_does_not_know) {
  start(echo);
  ASSERT_TRUE(next(MessageType::ready));
  say(MessageType::pong);  // as version 1 has it
  ::kill(child_, SIGTERM);
  ASSERT_TRUE(next(MessageType::bye));
  EXPECT_FALSE(has_heard_newer_);
  wait();
}

// The settings are read anew for each box: what is wrong in them is no task's fault.
TEST_F(WorkerProcess, that_finds_the_settings_wrong_leaves_and_begins_no_task) {
  int done = 0;
  start(
      [&](const Task& task) {
        ++done;
        return echo(task);
      },
      [&]() -> Result<void> {
        if (done == 0) return {};
        return fail(ErrorCode::invalid_config, "box_not_ready", "in a test");
      });
  ASSERT_TRUE(next(MessageType::ready));
  say(MessageType::pong, {{"proto_max", 2}});
  give(kFirst);
  give(kSecond);
  ASSERT_TRUE(next(MessageType::result));
  say(MessageType::ack, wire::to_json(kFirst));
  EXPECT_TRUE(next(MessageType::leaving));
  EXPECT_TRUE(next(MessageType::bye)) << "so that the second goes to another";
  EXPECT_EQ(begun_, std::vector{kFirst});
  const int status = wait();
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 78);
}

TEST_F(WorkerProcess, takes_tasks_when_what_is_wrong_may_pass) {
  start(echo, []() -> Result<void> {
    return fail(ErrorCode::unavailable, "box_not_ready", "in a test");
  });
  ASSERT_TRUE(next(MessageType::ready));
  give(kFirst);
  EXPECT_TRUE(next(MessageType::result));
}

TEST_F(WorkerProcess, ends_when_the_broker_speaks_none_of_its_versions) {
  start(echo);
  ASSERT_TRUE(next(MessageType::ready));
  say(MessageType::unsupported,
      {{"code", "unsupported"}, {"reason", "wire_version"}, {"message", "too old"}});
  const int status = wait();
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == kExitProtocol);
}

TEST_F(WorkerProcess, tells_a_broker_that_does_not_know_it_everything_again) {
  start(echo);
  ASSERT_TRUE(next(MessageType::ready));
  give(kFirst);
  ASSERT_TRUE(next(MessageType::result));
  say(MessageType::who);
  EXPECT_TRUE(next(MessageType::ready));
  const auto ping = next(MessageType::ping);
  ASSERT_TRUE(ping);
  EXPECT_EQ(wire::claim_from(ping->body.at("holding").at(0)), kFirst);
  EXPECT_EQ(wire::claim_from(next(MessageType::result)->body), kFirst);
}

TEST_F(WorkerProcess, told_to_drain_it_gives_back_what_it_has_not_begun) {
  start(echo);
  ASSERT_TRUE(next(MessageType::ready));
  say(MessageType::drain);
  ASSERT_TRUE(next(MessageType::bye));
  const int status = wait();
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

}  // namespace
}  // namespace postkamer::host
