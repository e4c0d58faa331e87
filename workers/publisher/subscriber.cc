// SPDX-License-Identifier: EUPL-1.2
#include "workers/publisher/subscriber.h"

#include <algorithm>
#include <chrono>
#include <deque>

#include "workers/host/socket.h"

namespace postkamer::publisher {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using wire::Message;
using wire::MessageType;

constexpr std::int64_t kFrameBytes = 8 << 20;
constexpr int kWaiting = 4096;          // four times the most credit
constexpr milliseconds kAskAgain{500};  // SUBSCRIBE and COMMIT without an answer
constexpr milliseconds kLost{1500};     // HEAD is ahead and nothing comes: fetch again
constexpr milliseconds kSilence{3000};  // without a word, HEAD included: fetch again

milliseconds left_until(Clock::time_point deadline) {
  return std::max(milliseconds(0),
                  std::chrono::duration_cast<milliseconds>(deadline - Clock::now()));
}

Error timeout(const char* doing) {
  return {ErrorCode::unavailable, "stream_timeout",
          std::string(doing) + ": no answer from the publisher; is it running?"};
}

}  // namespace

struct Subscriber::Link {
  zmq::context_t context{1};
  zmq::socket_t socket{context, zmq::socket_type::dealer};
  SubscriberOptions options;
  std::uint64_t position = 0;
  std::uint64_t head = 0;
  std::string stream_id;
  std::deque<StreamEvent> received;  // in order, not yet given
  std::uint64_t last_received = 0;
  int credit_left = 0;  // of the FETCH that is open; 0 = none is
  Clock::time_point last_heard{};
  Clock::time_point last_news{};  // an event, or word of some that are not for us
  std::uint64_t committed = 0;
  bool subscribed = false;
  std::optional<Error> refused;

  bool say(MessageType type, nlohmann::json body) {
    Message message;
    message.type = type;
    message.body = std::move(body);
    auto frames = wire::encode(message, wire::kSmallMessages);
    return frames && host::send_to(socket, options.endpoint, std::move(*frames));
  }

  // Whose question it is, and about which stream.
  [[nodiscard]] nlohmann::json named(nlohmann::json body) const {
    body["name"] = options.name;
    if (!stream_id.empty()) body["stream"] = stream_id;
    return body;
  }

  // Takes what has come within `wait`.
  void listen(milliseconds wait) {
    zmq::pollitem_t item{socket.handle(), 0, ZMQ_POLLIN, 0};
    try {
      zmq::poll(&item, 1, wait);
    } catch (const zmq::error_t&) {
      return;  // a signal came between; whoever waits looks at the clock again
    }
    while (auto frames = host::receive_from(socket, options.endpoint))
      if (auto message = wire::decode(std::move(*frames))) take(std::move(*message));
  }

  void take(Message message) {
    last_heard = Clock::now();
    const auto number = [&](const char* key) {
      return static_cast<std::uint64_t>(
          std::max<std::int64_t>(0, wire::number_at(message.body, key).value_or(0)));
    };
    switch (message.type) {
      case MessageType::subscribed:
        if (!subscribed) position = last_received = number("after");
        head = std::max(head, number("head"));
        stream_id = wire::text_at(message.body, "stream").value_or("");
        subscribed = true;
        break;
      case MessageType::head:
        head = std::max(head, number("seq"));
        // There is more, and a while nothing of it came: what was sent to us was lost.
        if (head > last_received && Clock::now() - last_news > kLost) credit_left = 0;
        break;
      case MessageType::passed:
        if (number("after") == last_received) pass(number("seq"));
        break;
      case MessageType::committed: committed = std::max(committed, number("seq")); break;
      case MessageType::event: {
        const std::uint64_t sequence = number("seq");  // before the message is moved from
        take_event(sequence, std::move(message));
        break;
      }
      case MessageType::gone:
        refused = Error{ErrorCode::unsupported, "stream_gone",
                        "the oldest event that is kept is " + std::to_string(number("oldest"))};
        break;
      case MessageType::refused:
        // "Not now" is asked again by whoever waits.
        if (Error error = wire::error_from(message.body); error.code != ErrorCode::unavailable)
          refused = std::move(error);
        break;
      default: break;
    }
  }

  void pass(std::uint64_t sequence) {
    last_news = Clock::now();
    last_received = std::max(last_received, sequence);
    head = std::max(head, last_received);
    if (received.empty()) position = last_received;
  }

  // Only the next number is taken; after a gap everything is asked for again from there.
  void take_event(std::uint64_t sequence, Message message) {
    credit_left = std::max(0, credit_left - 1);
    if (sequence <= last_received || message.blobs.size() != 1) return;
    const auto after = wire::number_at(message.body, "after");
    if (!after || static_cast<std::uint64_t>(*after) != last_received) {
      credit_left = 0;
      return;
    }
    last_news = Clock::now();
    last_received = sequence;
    head = std::max(head, sequence);
    received.push_back({sequence, wire::text_at(message.body, "id").value_or(""),
                        std::string(text_of(message.blobs.front()))});
  }

  void fetch_if_needed() {
    const bool is_silent = Clock::now() - last_heard > kSilence;
    if (credit_left > 0 && !is_silent) return;
    if (!say(MessageType::fetch, named({{"after", last_received}, {"credit", options.credit}})))
      return;
    credit_left = options.credit;
    last_heard = last_news = Clock::now();
  }

  Result<void> check() {
    if (!refused) return {};
    return tl::unexpected(*std::exchange(refused, std::nullopt));
  }
};

Subscriber::Subscriber(std::unique_ptr<Link> link) : link_(std::move(link)) {}
Subscriber::Subscriber(Subscriber&&) noexcept = default;
Subscriber& Subscriber::operator=(Subscriber&&) noexcept = default;
Subscriber::~Subscriber() = default;

Result<Subscriber> Subscriber::connect(const SubscriberOptions& options, int timeout_ms) {
  auto link = std::make_unique<Link>();
  link->options = options;
  link->options.credit = std::clamp(options.credit, 1, 1024);
  PK_CHECK(host::dial(link->socket, options.endpoint, options.key.get(), kFrameBytes, kWaiting));
  nlohmann::json body{{"name", options.name}};
  if (options.from) body["from"] = *options.from;
  if (!options.stream.empty()) body["stream"] = options.stream;
  const auto deadline = Clock::now() + milliseconds(timeout_ms);
  Clock::time_point asked{};
  while (!link->subscribed) {
    if (Clock::now() - asked > kAskAgain && link->say(MessageType::subscribe, body))
      asked = Clock::now();
    link->listen(std::min(milliseconds(20), left_until(deadline)));
    PK_CHECK(link->check());
    if (!link->subscribed && left_until(deadline).count() == 0)
      return tl::unexpected(timeout("subscribing"));
  }
  return Subscriber(std::move(link));
}

Result<std::vector<StreamEvent>> Subscriber::next(int timeout_ms) {
  const auto deadline = Clock::now() + milliseconds(timeout_ms);
  for (;;) {
    link_->listen(milliseconds(0));
    PK_CHECK(link_->check());
    link_->fetch_if_needed();
    if (!link_->received.empty() || left_until(deadline).count() == 0) break;
    link_->listen(std::min(milliseconds(200), left_until(deadline)));
  }
  std::vector<StreamEvent> events(std::make_move_iterator(link_->received.begin()),
                                  std::make_move_iterator(link_->received.end()));
  link_->received.clear();
  link_->position = link_->last_received;
  return events;
}

Result<void> Subscriber::commit(std::uint64_t sequence, int timeout_ms) {
  const auto deadline = Clock::now() + milliseconds(timeout_ms);
  const nlohmann::json body = link_->named({{"seq", sequence}});
  Clock::time_point asked{};
  link_->committed = 0;
  while (link_->committed < sequence) {
    if (left_until(deadline).count() == 0) return tl::unexpected(timeout("committing a position"));
    if (Clock::now() - asked > kAskAgain && link_->say(MessageType::commit, body))
      asked = Clock::now();
    link_->listen(std::min(milliseconds(20), left_until(deadline)));
    PK_CHECK(link_->check());
  }
  return {};
}

std::uint64_t Subscriber::head() const { return link_->head; }
std::uint64_t Subscriber::position() const { return link_->position; }
const std::string& Subscriber::stream_id() const { return link_->stream_id; }

}  // namespace postkamer::publisher
