// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/worker_io.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

namespace postkamer::host {
namespace {

using wire::MessageType;

constexpr std::int64_t kMaxFrameBytes = 257ll << 20;  // a whole incoming file and some slack
constexpr std::int64_t kTickMs = 100;
constexpr std::int64_t kPingMs = 1000;
constexpr std::int64_t kAnnounceMs = 250;
constexpr std::int64_t kResendMs = 10'000;
constexpr std::int64_t kGoodbyeMs = 1'000;  // waited for the last acknowledgement
constexpr int kLastWordsMs = 500;

std::int64_t now_ms() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

void clear(int fd) {
  std::uint64_t count = 0;
  while (::read(fd, &count, sizeof count) > 0) continue;
}

}  // namespace

Desk::Desk() : wake_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
Desk::~Desk() { ::close(wake_fd_); }

std::optional<Task> Desk::wait_for_task() {
  std::unique_lock lock(mutex_);
  is_free_ = true;
  wake();
  changed_.wait(lock, [&] { return task_.has_value() || go_home_; });
  return std::exchange(task_, std::nullopt);
}

void Desk::hand_back(Result<Outcome> outcome) {
  {
    const std::scoped_lock lock(mutex_);
    answer_.emplace(std::move(outcome));
  }
  wake();
}

void Desk::close() {
  {
    const std::scoped_lock lock(mutex_);
    is_closed_ = true;
  }
  wake();
}

void Desk::wake() const {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_fd_, &one, sizeof one);
}

bool Desk::is_free() {
  const std::scoped_lock lock(mutex_);
  return is_free_;
}

bool Desk::is_closed() {
  const std::scoped_lock lock(mutex_);
  return is_closed_;
}

void Desk::lay_down(Task task) {
  const std::scoped_lock lock(mutex_);
  is_free_ = false;
  task_.emplace(std::move(task));
  changed_.notify_one();
}

std::optional<Result<Outcome>> Desk::take_answer() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(answer_, std::nullopt);
}

void Desk::send_home() {
  const std::scoped_lock lock(mutex_);
  go_home_ = true;
  changed_.notify_one();
}

WorkerIo::WorkerIo(const WorkerOptions& options, Desk& desk, int stop_fd)
    : options_(options),
      desk_(desk),
      stop_fd_(stop_fd),
      socket_(context_, zmq::socket_type::dealer) {}

Result<void> WorkerIo::connect() {
  return dial(socket_, options_.endpoint, options_.key.get(), kMaxFrameBytes);
}

void WorkerIo::serve() {
  for (;;) {
    const std::int64_t now = now_ms();
    on_tick(now);
    if (is_done(now)) break;
    std::vector<zmq::pollitem_t> items{{socket_.handle(), 0, ZMQ_POLLIN, 0},
                                       {nullptr, desk_.wake_fd(), ZMQ_POLLIN, 0}};
    if (stopping_since_ == 0) items.push_back({nullptr, stop_fd_, ZMQ_POLLIN, 0});
    try {
      zmq::poll(items, std::chrono::milliseconds(kTickMs));
    } catch (const zmq::error_t&) {
      continue;  // a signal came between
    }
    if (items.size() > 2 && items[2].revents != 0) begin_to_leave();
    if (stopping_since_ == 0 && desk_.is_closed()) begin_to_leave();
    if (items[1].revents != 0) clear(desk_.wake_fd());
    if (auto answer = desk_.take_answer()) on_answer(std::move(*answer));
    while (auto frames = receive_from(socket_, options_.endpoint))
      if (auto message = wire::decode(std::move(*frames))) on_message(std::move(*message));
    start_next();
  }
  say(MessageType::bye, nlohmann::json::object());
  desk_.send_home();
  socket_.set(zmq::sockopt::linger, 200);
}

bool WorkerIo::is_done(std::int64_t now) const {
  if (stopping_since_ == 0 || running_) return false;
  return unsettled_.empty() || now - std::max(stopping_since_, answered_at_) > kGoodbyeMs;
}

void WorkerIo::on_tick(std::int64_t now) {
  if (running_ && now - running_since_ > options_.job_deadline_ms) end_hung();
  if (!is_known_ && now - last_announced_ >= kAnnounceMs) announce();
  if (now - last_ping_ >= kPingMs) ping();
  if (!unsettled_.empty() && now - answered_at_ > kResendMs) resend();
}

void WorkerIo::on_message(wire::Message message) {
  switch (message.type) {
    case MessageType::task: on_task(std::move(message)); break;
    case MessageType::ack:
    case MessageType::stale:
      if (const auto claim = wire::claim_from(message.body)) on_settled(*claim);
      break;
    case MessageType::pong:
      is_known_ = true;
      broker_speaks_ = wire::number_at(message.body, "proto_max").value_or(wire::kOldestProtocol);
      break;
    case MessageType::who:  // the broker was started again, or had given us up
      announce();
      if (stopping_since_ != 0) begin_to_leave();
      ping();
      resend();
      break;
    case MessageType::drain:
      if (stopping_since_ == 0) begin_to_leave();
      break;
    case MessageType::unsupported:  // the answer to READY
      if (is_known_ || wire::text_at(message.body, "reason") != "wire_version") break;
      refusal_ = wire::text_at(message.body, "message").value_or("");
      stopping_since_ = now_ms();
      break;
    default: break;
  }
}

void WorkerIo::on_task(wire::Message message) {
  is_known_ = true;
  const auto claim = wire::claim_from(message.body);
  if (!claim) return;
  HeldTask held{*claim, {}};
  held.task.kind = wire::text_at(message.body, "kind").value_or("");
  held.task.body = message.body.value("body", nlohmann::json::object());
  held.task.blobs = std::move(message.blobs);
  waiting_.push_back(std::move(held));
}

void WorkerIo::on_settled(const wire::Claim& claim) {
  std::erase_if(unsettled_, [&](const auto& entry) { return entry.first == claim; });
  std::erase_if(waiting_, [&](const HeldTask& held) { return held.claim == claim; });
}

void WorkerIo::start_next() {
  if (running_ || waiting_.empty() || stopping_since_ != 0 || !desk_.is_free()) return;
  HeldTask next = std::move(waiting_.front());
  waiting_.pop_front();
  running_ = next.claim;
  running_since_ = now_ms();
  say(MessageType::started, wire::to_json(next.claim));
  desk_.lay_down(std::move(next.task));
}

// What waits here would wait for the end of what runs; others can do it now. A broker that is too
// old to be told gets it back with BYE.
void WorkerIo::begin_to_leave() {
  if (stopping_since_ == 0) stopping_since_ = now_ms();
  if (broker_speaks_ < wire::version_of(MessageType::leaving)) return;
  say(MessageType::leaving, nlohmann::json::object());
  waiting_.clear();
}

// A handler cannot be interrupted, a process can. It says so, that nobody waits for its lease to
// end; and that it leaves, before it gives the job back, that it does not get it again.
void WorkerIo::end_hung() {
  auto body = wire::to_json(*running_);
  body["error"] = wire::to_json(
      Error{ErrorCode::internal, "worker_hung",
            "no end after " + std::to_string(options_.job_deadline_ms) + " ms; given up"});
  begin_to_leave();
  say(MessageType::failure, std::move(body));
  say(MessageType::bye, nlohmann::json::object());
  socket_.set(zmq::sockopt::linger, kLastWordsMs);
  socket_.close();
  context_.close();  // waits until it is said
  ::_exit(kExitHung);
}

void WorkerIo::on_answer(Result<Outcome> outcome) {
  if (!running_) return;
  wire::Message message;
  message.body = wire::to_json(*running_);
  if (outcome) {
    message.type = MessageType::result;
    message.body["body"] = std::move(outcome->body);
    message.blobs = std::move(outcome->blobs);
  } else {
    message.type = MessageType::failure;
    message.body["error"] = wire::to_json(outcome.error());
  }
  auto frames = wire::encode(std::move(message));
  if (!frames) {  // too large to be told: that is an answer too
    message.type = MessageType::failure;
    message.body = wire::to_json(*running_);
    message.body["error"] = wire::to_json(frames.error());
    message.blobs.clear();
    frames = wire::encode(std::move(message));
  }
  if (frames) {
    post(*frames);
    unsettled_.emplace_back(*running_, std::move(*frames));
  }
  answered_at_ = now_ms();
  running_.reset();
}

void WorkerIo::announce() {
  say(MessageType::ready, {{"kinds", options_.kinds},
                           {"credit", options_.credit},
                           {"pid", ::getpid()},
                           {"build", POSTKAMER_VERSION},
                           {"proto_min", wire::kOldestProtocol},
                           {"proto_max", wire::kProtocolVersion}});
  last_announced_ = now_ms();
}

void WorkerIo::ping() {
  last_ping_ = now_ms();
  if (!is_known_ && unsettled_.empty() && !running_) return;
  auto holding = nlohmann::json::array();
  if (running_) holding.push_back(wire::to_json(*running_));
  for (const HeldTask& held : waiting_) holding.push_back(wire::to_json(held.claim));
  for (const auto& [claim, frames] : unsettled_) holding.push_back(wire::to_json(claim));
  say(MessageType::ping, {{"holding", std::move(holding)}});
}

void WorkerIo::resend() {
  if (running_) say(MessageType::started, wire::to_json(*running_));
  for (const auto& [claim, frames] : unsettled_) post(frames);
  answered_at_ = now_ms();
}

bool WorkerIo::say(MessageType type, nlohmann::json body, std::vector<Bytes> blobs) {
  wire::Message message;
  message.type = type;
  message.body = std::move(body);
  message.blobs = std::move(blobs);
  auto frames = wire::encode(std::move(message));
  return frames && post(std::move(*frames));
}

}  // namespace postkamer::host
