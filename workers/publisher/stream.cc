// SPDX-License-Identifier: EUPL-1.2
#include "workers/publisher/stream.h"

#include <algorithm>
#include <chrono>

#include "workers/host/control_client.h"
#include "workers/host/socket.h"

namespace postkamer::publisher {
namespace {

using wire::MessageType;

constexpr std::int64_t kFrameBytes = 64 << 10;  // subscribers send small questions only
constexpr std::int64_t kLookMs = 20;            // for what the broker has committed
constexpr std::int64_t kHeadMs = 1000;
constexpr std::int64_t kForgetMs = 60'000;  // a subscriber that says nothing asks again anyway
constexpr int kFeedAtOnce = 256;            // so that a long replay does not hold up the others
constexpr int kCommitMs = 5000;

std::int64_t now_ms() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

bool is_name(const std::string& name) {
  return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

tl::unexpected<Error> bad_name() {
  return fail(ErrorCode::unsupported, "stream_name",
              "a subscriber's name has 1 to 64 of a-z, 0-9 and '-'");
}

}  // namespace

struct Stream::Sockets {
  zmq::context_t context{1};
  zmq::socket_t events{context, zmq::socket_type::router};
  zmq::socket_t watch{context, zmq::socket_type::pub};
  host::ControlClient control;

  bool say(const std::string& peer, MessageType type, nlohmann::json body) {
    wire::Message message;
    message.type = type;
    message.body = std::move(body);
    const auto frames = wire::encode(message);
    return frames && host::send(events, peer, *frames);
  }
};

struct Stream::Request {
  std::string peer;
  nlohmann::json body;
};

Stream::Stream(journal::Reader& reader, std::unique_ptr<Sockets> sockets)
    : reader_(reader), sockets_(std::move(sockets)) {}
Stream::~Stream() = default;

Result<std::unique_ptr<Stream>> Stream::open(const host::Layout& layout, journal::Reader& reader) {
  PK_TRY(control, host::ControlClient::connect(layout.control_endpoint()));
  try {
    auto sockets = std::unique_ptr<Sockets>(new Sockets{.control = std::move(control)});
    for (zmq::socket_t* socket : {&sockets->events, &sockets->watch})
      host::set_options(*socket, kFrameBytes);
    sockets->events.set(zmq::sockopt::router_mandatory, true);
    sockets->events.set(zmq::sockopt::sndhwm, 2 * kMaxCredit);
    sockets->events.bind(layout.events_endpoint());
    sockets->watch.bind(layout.watch_endpoint());
    return std::unique_ptr<Stream>(new Stream(reader, std::move(sockets)));
  } catch (const zmq::error_t& error) {
    return fail(
        ErrorCode::invalid_config, "publisher_endpoint",
        "binding the stream's sockets under " + layout.run().string() + ": " + error.what());
  }
}

Result<void> Stream::serve(int stop_fd) {
  for (;;) {
    std::vector<zmq::pollitem_t> items{{sockets_->events.handle(), 0, ZMQ_POLLIN, 0},
                                       {nullptr, stop_fd, ZMQ_POLLIN, 0}};
    const bool is_feeding = std::ranges::any_of(peers_, [&](const auto& entry) {
      return entry.second.credit > 0 && entry.second.after < head_;
    });
    try {
      zmq::poll(items, std::chrono::milliseconds(is_feeding ? 0 : kLookMs));
    } catch (const zmq::error_t&) {
      continue;  // a signal came between
    }
    if (items[1].revents != 0) return {};
    const std::int64_t now = now_ms();
    PK_CHECK(look_for_news(now));
    receive_all(now);
    if (broken_) return tl::unexpected(*broken_);
    for (auto& [name, peer] : peers_) PK_CHECK(feed(name, peer));
    tell_head(now);
  }
}

Result<void> Stream::look_for_news(std::int64_t now) {
  PK_TRY(head, reader_.head());
  if (head == head_) return {};
  PK_TRY(oldest, reader_.oldest());
  oldest_ = oldest;
  head_ = head;
  last_head_told_ = now - kHeadMs;  // news is told at once
  wire::Message hint;
  hint.type = MessageType::head;
  hint.body = {{"seq", head_}};
  if (const auto frames = wire::encode(hint)) host::send(sockets_->watch, "", *frames);
  return {};
}

void Stream::receive_all(std::int64_t now) {
  for (int n = 0; n < kFeedAtOnce; ++n) {
    auto frames = host::receive(sockets_->events, 8);
    if (!frames) return;
    if (frames->empty()) continue;
    Request request{std::string(text_of(frames->front())), {}};
    frames->erase(frames->begin());
    auto message = wire::decode(std::move(*frames), wire::kSmallMessages);
    if (!message) {
      refuse(request.peer, message.error());
      continue;
    }
    request.body = std::move(message->body);
    if (!peers_.contains(request.peer) && peers_.size() >= kMaxSubscribers) {
      refuse(request.peer, {ErrorCode::resource_limit, "stream_full", "too many subscribers"});
      continue;
    }
    Peer& peer = peers_[request.peer];
    peer.last_seen = now;
    Result<void> done;
    switch (message->type) {
      case MessageType::subscribe: done = on_subscribe(request, peer); break;
      case MessageType::fetch: done = on_fetch(request, peer); break;
      case MessageType::commit: done = on_commit(request); break;
      default:
        done = fail(ErrorCode::unsupported, "wire_unknown_type",
                    std::string(wire::name_of(message->type)) + " is not for a publisher");
    }
    if (done) continue;
    if (done.error().code == ErrorCode::corrupt_store) broken_ = done.error();
    refuse(request.peer, done.error());
  }
}

Result<void> Stream::on_subscribe(const Request& request, Peer& peer) {
  peer.name = wire::text_at(request.body, "name").value_or("");
  if (!is_name(peer.name)) return bad_name();
  std::uint64_t after = 0;
  if (const auto from = wire::number_at(request.body, "from"); from && *from >= 0) {
    after = static_cast<std::uint64_t>(*from);
  } else {
    PK_TRY(cursor, reader_.cursor(peer.name));
    if (cursor) after = cursor->sequence;
  }
  PK_CHECK(check_position(after));
  sockets_->say(request.peer, MessageType::subscribed, {{"after", after}, {"head", head_}});
  return {};
}

Result<void> Stream::on_fetch(const Request& request, Peer& peer) {
  const auto after = wire::number_at(request.body, "after");
  const auto credit = wire::number_at(request.body, "credit");
  if (!after || *after < 0 || !credit || *credit < 1)
    return fail(ErrorCode::unsupported, "stream_fetch", "FETCH has after >= 0 and credit >= 1");
  peer.credit = 0;
  PK_CHECK(check_position(static_cast<std::uint64_t>(*after)));
  peer.after = static_cast<std::uint64_t>(*after);
  peer.credit = static_cast<int>(std::min<std::int64_t>(*credit, kMaxCredit));
  return {};
}

Result<void> Stream::on_commit(const Request& request) {
  const std::string name = wire::text_at(request.body, "name").value_or("");
  const auto sequence = wire::number_at(request.body, "seq");
  if (!is_name(name)) return bad_name();
  if (!sequence || *sequence < 0 || static_cast<std::uint64_t>(*sequence) > head_)
    return fail(ErrorCode::unsupported, "stream_beyond_head",
                "COMMIT of a number above the head " + std::to_string(head_));
  PK_CHECK(sockets_->control.ask("commit_cursor", {{"name", name}, {"sequence", *sequence}},
                                 nullptr, kCommitMs));
  sockets_->say(request.peer, MessageType::committed, {{"seq", *sequence}});
  return {};
}

// A position beyond the head was never given by us; one before the oldest cannot be served without
// a gap. Neither is passed over in silence.
Result<void> Stream::check_position(std::uint64_t after) {
  if (after > head_)
    return fail(
        ErrorCode::unsupported, "stream_beyond_head",
        "position " + std::to_string(after) + " is beyond the head " + std::to_string(head_));
  if (oldest_ > 1 && after + 1 < oldest_)
    return fail(ErrorCode::unsupported, "stream_gone",
                "the oldest event that is kept is " + std::to_string(oldest_));
  return {};
}

Result<void> Stream::feed(const std::string& name, Peer& peer) {
  if (peer.credit == 0 || peer.after >= head_) return {};
  PK_TRY(events, reader_.events_after(peer.after, std::min(peer.credit, kFeedAtOnce)));
  for (const journal::EventRow& event : events) {
    wire::Message message;
    message.type = MessageType::event;
    message.body = {{"seq", event.sequence}, {"id", event.key}};
    const ByteView text = bytes_of(event.body);
    message.blobs.emplace_back(text.begin(), text.end());
    PK_TRY(frames, wire::encode(message));
    if (!host::send(sockets_->events, name, frames)) {
      peer.credit = 0;  // gone or not reading: it asks again, from what it has
      return {};
    }
    peer.after = event.sequence;
    --peer.credit;
  }
  return {};
}

void Stream::tell_head(std::int64_t now) {
  if (now - last_head_told_ < kHeadMs) return;
  last_head_told_ = now;
  std::erase_if(peers_, [&](const auto& entry) {
    if (now - entry.second.last_seen > kForgetMs && entry.second.credit == 0) return true;
    return !sockets_->say(entry.first, MessageType::head, {{"seq", head_}}) &&
           entry.second.credit == 0;
  });
}

void Stream::refuse(const std::string& peer, const Error& error) {
  if (error.reason == "stream_gone")
    sockets_->say(peer, MessageType::gone, {{"oldest", oldest_}});
  else
    sockets_->say(peer, MessageType::refused, wire::to_json(error));
}

}  // namespace postkamer::publisher
