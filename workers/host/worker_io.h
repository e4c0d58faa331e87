// SPDX-License-Identifier: EUPL-1.2
//
// The talking half of a worker: owns the socket, on its own thread, so that pings go out while the
// handler computes. Hands tasks to the computing half one at a time through a Desk.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <zmq.hpp>

#include "workers/host/socket.h"
#include "workers/host/worker.h"
#include "workers/wire/message.h"

namespace postkamer::host {

// Where the two threads meet: one task in, one answer out.
class Desk {
 public:
  Desk();
  ~Desk();
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  // Computing side: the next task; nothing when it is time to leave.
  std::optional<Task> wait_for_task();
  void hand_back(Result<Outcome> outcome);
  void close();  // it does no more

  // Talking side.
  void lay_down(Task task);
  std::optional<Result<Outcome>> take_answer();
  void send_home();
  [[nodiscard]] bool is_free();                           // somebody waits for a task
  [[nodiscard]] bool is_closed();                         // nobody will any more
  [[nodiscard]] int wake_fd() const { return wake_fd_; }  // readable when any of these changed

 private:
  void wake() const;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Task> task_;
  std::optional<Result<Outcome>> answer_;
  bool go_home_ = false;
  bool is_free_ = false;
  bool is_closed_ = false;
  int wake_fd_;
};

class WorkerIo {
 public:
  // `stop_fd` becomes readable when the process is told to stop.
  WorkerIo(const WorkerOptions& options, Desk& desk, int stop_fd);

  // To be called first. Fails with: those of dial in socket.h.
  Result<void> connect();

  // Until everything is said; ends the process itself with kExitHung when the handler hangs.
  void serve();
  // Why the broker does not want us; empty when it does. Valid after serve().
  [[nodiscard]] const std::string& refusal() const { return refusal_; }

 private:
  struct HeldTask {
    wire::Claim claim;
    Task task;
  };
  void on_message(wire::Message message);
  void on_task(wire::Message message);
  void on_settled(const wire::Claim& claim);
  void on_answer(Result<Outcome> outcome);
  void on_tick(std::int64_t now);
  void start_next();
  void begin_to_leave();
  [[noreturn]] void end_hung();
  void announce();
  void ping();
  void resend();
  bool post(wire::Frames frames) { return send_to(socket_, options_.endpoint, std::move(frames)); }
  bool say(wire::MessageType type, nlohmann::json body, std::vector<Bytes> blobs = {});
  [[nodiscard]] bool is_done(std::int64_t now) const;

  WorkerOptions options_;
  Desk& desk_;
  int stop_fd_;
  zmq::context_t context_{1};
  zmq::socket_t socket_;
  std::deque<HeldTask> waiting_;
  std::optional<wire::Claim> running_;
  std::int64_t running_since_ = 0;
  std::vector<std::pair<wire::Claim, wire::Frames>> unsettled_;  // answered, not yet acknowledged
  std::int64_t answered_at_ = 0;
  std::int64_t last_ping_ = 0;
  std::int64_t last_announced_ = 0;
  bool is_known_ = false;  // the broker has answered since we said READY
  std::int64_t broker_speaks_ = wire::kOldestProtocol;
  std::string refusal_;
  std::int64_t stopping_since_ = 0;
};

}  // namespace postkamer::host
