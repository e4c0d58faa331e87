// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/control_client.h"

#include <chrono>

#include "workers/host/socket.h"

namespace postkamer::host {

namespace {
constexpr std::int64_t kMaxAnswerBytes = 64 << 20;  // one frame: a record, a list of documents
}  // namespace

struct ControlClient::Link {
  zmq::context_t context{1};
  zmq::socket_t socket{context, zmq::socket_type::dealer};
  std::string endpoint;
  std::uint64_t last_id = 0;
};

ControlClient::ControlClient(std::unique_ptr<Link> link) : link_(std::move(link)) {}
ControlClient::ControlClient(ControlClient&&) noexcept = default;
ControlClient& ControlClient::operator=(ControlClient&&) noexcept = default;
ControlClient::~ControlClient() = default;

Result<ControlClient> ControlClient::connect(const std::string& endpoint,
                                             std::shared_ptr<const KeyFile> key) {
  auto link = std::make_unique<Link>();
  link->endpoint = endpoint;
  PK_CHECK(dial(link->socket, endpoint, key.get(), kMaxAnswerBytes));
  return ControlClient(std::move(link));
}

// Questions underway, numbered from `first_id` on, and their answers.
struct ControlClient::Exchange {
  std::uint64_t first_id = 0;
  std::vector<wire::Frames> questions;
  std::vector<Result<nlohmann::json>> answers;  // unavailable until the answer is there
  std::vector<bool> is_answered;
  std::vector<Bytes>* blobs = nullptr;
  std::size_t sent = 0;
  std::size_t answered = 0;

  void add(std::uint64_t id, std::string_view verb, const nlohmann::json& body, int timeout_ms) {
    if (questions.empty()) first_id = id;
    wire::Message question;
    question.type = wire::MessageType::ask;
    question.body = {
        {"id", id}, {"verb", verb}, {"body", body.is_object() ? body : nlohmann::json::object()}};
    auto frames = wire::encode(question, wire::kSmallMessages);
    is_answered.push_back(!frames);
    answered += frames ? 0 : 1;
    answers.push_back(frames ? fail(ErrorCode::unavailable, "control_timeout",
                                    "asking the broker for " + std::string(verb) +
                                        ": no answer in " + std::to_string(timeout_ms) + " ms")
                             : tl::unexpected(frames.error()));
    questions.push_back(frames ? std::move(*frames) : wire::Frames{});
  }

  void take(wire::Frames frames) {
    auto message = wire::decode(std::move(frames));
    if (!message || message->type != wire::MessageType::answer) return;
    const auto id = wire::number_at(message->body, "id").value_or(-1);
    const std::int64_t at = id - static_cast<std::int64_t>(first_id);
    if (at < 0 || at >= static_cast<std::int64_t>(answers.size())) return;  // late
    const auto n = static_cast<std::size_t>(at);
    if (is_answered[n]) return;
    is_answered[n] = true;
    ++answered;
    if (!wire::flag_at(message->body, "ok").value_or(false)) {
      answers[n] =
          tl::unexpected(wire::error_from(message->body.value("error", nlohmann::json::object())));
      return;
    }
    if (blobs != nullptr) *blobs = std::move(message->blobs);
    answers[n] = message->body.value("body", nlohmann::json::object());
  }
};

void ControlClient::run(Exchange& exchange, int timeout_ms) {
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + std::chrono::milliseconds(timeout_ms);
  while (exchange.answered < exchange.questions.size()) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) break;
    const bool is_sent = exchange.sent == exchange.questions.size();
    const short events = is_sent ? ZMQ_POLLIN : ZMQ_POLLIN | ZMQ_POLLOUT;
    zmq::pollitem_t item{link_->socket.handle(), 0, events, 0};
    try {
      zmq::poll(&item, 1, left);
    } catch (const zmq::error_t&) {
      continue;  // a signal came between; the deadline still holds
    }
    while (exchange.sent < exchange.questions.size()) {
      const auto& frames = exchange.questions[exchange.sent];
      if (!frames.empty() && !send_to(link_->socket, link_->endpoint, frames)) break;
      ++exchange.sent;
    }
    while (auto answer = receive_from(link_->socket, link_->endpoint))
      exchange.take(std::move(*answer));
  }
}

Result<nlohmann::json> ControlClient::ask(std::string_view verb, const nlohmann::json& body,
                                          std::vector<Bytes>* blobs, int timeout_ms) {
  Exchange exchange;
  exchange.blobs = blobs;
  exchange.add(++link_->last_id, verb, body, timeout_ms);
  run(exchange, timeout_ms);
  return std::move(exchange.answers.front());
}

std::vector<Result<nlohmann::json>> ControlClient::ask_all(const std::vector<Question>& questions,
                                                           int timeout_ms) {
  Exchange exchange;
  for (const Question& question : questions)
    exchange.add(++link_->last_id, question.verb, question.body, timeout_ms);
  run(exchange, timeout_ms);
  return std::move(exchange.answers);
}

}  // namespace postkamer::host
