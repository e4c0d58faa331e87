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
  std::uint64_t last_id = 0;
};

ControlClient::ControlClient(std::unique_ptr<Link> link) : link_(std::move(link)) {}
ControlClient::ControlClient(ControlClient&&) noexcept = default;
ControlClient& ControlClient::operator=(ControlClient&&) noexcept = default;
ControlClient::~ControlClient() = default;

Result<ControlClient> ControlClient::connect(const std::string& endpoint) {
  try {
    auto link = std::make_unique<Link>();
    set_options(link->socket, kMaxAnswerBytes);
    link->socket.set(zmq::sockopt::reconnect_ivl, 50);
    link->socket.connect(endpoint);
    return ControlClient(std::move(link));
  } catch (const zmq::error_t& error) {
    return fail(ErrorCode::invalid_config, "control_endpoint",
                "connecting to the broker at " + endpoint + ": " + error.what());
  }
}

Result<nlohmann::json> ControlClient::ask(std::string_view verb, const nlohmann::json& body,
                                          std::vector<Bytes>* blobs, int timeout_ms) {
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + std::chrono::milliseconds(timeout_ms);
  const std::uint64_t id = ++link_->last_id;
  wire::Message question;
  question.type = wire::MessageType::ask;
  question.body = {
      {"id", id}, {"verb", verb}, {"body", body.is_object() ? body : nlohmann::json::object()}};
  PK_TRY(frames, wire::encode(question, wire::kSmallMessages));
  bool is_sent = false;
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) break;
    const short events = is_sent ? ZMQ_POLLIN : ZMQ_POLLIN | ZMQ_POLLOUT;
    zmq::pollitem_t item{link_->socket.handle(), 0, events, 0};
    try {
      zmq::poll(&item, 1, left);
    } catch (const zmq::error_t&) {
      continue;  // a signal came between; the deadline still holds
    }
    if (!is_sent && (item.revents & ZMQ_POLLOUT) != 0) is_sent = send(link_->socket, "", frames);
    while (auto answer = receive(link_->socket)) {
      auto message = wire::decode(std::move(*answer));
      if (!message || message->type != wire::MessageType::answer) continue;
      if (wire::number_at(message->body, "id") != static_cast<std::int64_t>(id)) continue;  // late
      if (!wire::flag_at(message->body, "ok").value_or(false))
        return tl::unexpected(
            wire::error_from(message->body.value("error", nlohmann::json::object())));
      if (blobs != nullptr) *blobs = std::move(message->blobs);
      return message->body.value("body", nlohmann::json::object());
    }
  }
  return fail(ErrorCode::unavailable, "control_timeout",
              "asking the broker for " + std::string(verb) + ": no answer in " +
                  std::to_string(timeout_ms) + " ms");
}

}  // namespace postkamer::host
