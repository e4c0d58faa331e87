// SPDX-License-Identifier: EUPL-1.2
#include "workers/publisher/stream.h"

#include <algorithm>
#include <chrono>

#include <spdlog/spdlog.h>

#include "workers/host/service_manager.h"
#include "workers/publisher/stream_sockets.h"
#include "workers/wire/utf8.h"

namespace postkamer::publisher {
namespace {

using wire::MessageType;

constexpr std::int64_t kFrameBytes = 64 << 10;  // subscribers send small questions only
constexpr std::int64_t kLookMs = 20;            // for what the broker has committed
constexpr std::int64_t kHeadMs = 1000;
constexpr std::int64_t kCountsMs = 1000;
constexpr std::int64_t kForgetMs = 60'000;  // a subscriber that says nothing asks again anyway
constexpr int kMessagesAtOnce = 256;        // of one round
constexpr int kNoticesAtOnce = 512;
constexpr const char* kHeadTopic = "head";
constexpr int kCommitMs = 1000;  // others wait meanwhile

std::int64_t now_ms() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

Error moved(const std::string& name) {
  return {ErrorCode::unsupported, "stream_moved",
          "a person has moved " + name + "; SUBSCRIBE again and go on from there"};
}

}  // namespace

Stream::Stream(journal::Reader& reader, Subscriptions subscriptions,
               std::unique_ptr<Sockets> sockets, std::filesystem::path note_file)
    : reader_(reader),
      subscriptions_(std::move(subscriptions)),
      sockets_(std::move(sockets)),
      note_file_(std::move(note_file)) {}
Stream::~Stream() = default;

Result<std::unique_ptr<Stream>> Stream::open(const host::Layout& layout, journal::Reader& reader,
                                             Subscriptions subscriptions) {
  PK_TRY(control, host::ControlClient::connect(layout.control_endpoint()));
  PK_TRY(stream_id, reader.stream_id());
  PK_TRY(head, reader.head());
  try {
    auto sockets = std::unique_ptr<Sockets>(new Sockets{.control = std::move(control)});
    for (zmq::socket_t* socket : {&sockets->events, &sockets->watch})
      host::set_options(*socket, kFrameBytes);
    sockets->events.set(zmq::sockopt::router_mandatory, true);
    // Twice the credit: ZeroMQ learns only in batches what the other side has taken.
    sockets->events.set(zmq::sockopt::sndhwm, 2 * kMaxCredit);
    sockets->events.bind(layout.events_endpoint());
    sockets->watch.bind(layout.watch_endpoint());
    auto stream = std::unique_ptr<Stream>(
        new Stream(reader, std::move(subscriptions), std::move(sockets), note_file(layout.run())));
    stream->stream_id_ = stream_id;
    stream->watched_ = head;
    return stream;
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
    PK_CHECK(look_for_moves());
    PK_CHECK(receive_all(now));
    flush_commits(now);
    for (auto& [name, peer] : peers_) PK_CHECK(feed(name, peer));
    PK_CHECK(tell_watchers());
    tell_head(now);
    tell_counts(now);
    host::service_manager().alive();
  }
}

Result<void> Stream::look_for_news(std::int64_t now) {
  PK_TRY(oldest, reader_.oldest());
  PK_TRY(head, reader_.head());
  if (head != head_) last_head_told_ = now - kHeadMs;  // news is told at once
  oldest_ = oldest;
  head_ = head;
  return {};
}

Result<Stream::Position> Stream::position_of(const std::string& name) {
  PK_TRY(cursor, reader_.cursor(name));
  return cursor ? Position{cursor->sequence, cursor->is_moved} : Position{};
}

// Whoever goes on with its own position after a person has moved it would undo that.
Result<void> Stream::look_for_moves() {
  for (auto& [name, known] : positions_) {
    PK_TRY(position, position_of(name));
    if (std::exchange(known, position) == position || !position.is_moved) continue;
    for (auto& [address, peer] : peers_) {
      if (peer.subscription == nullptr || peer.subscription->name != name) continue;
      peer.is_moved = true;
      peer.credit = 0;
      refuse(address, moved(name));
    }
  }
  return {};
}

// Only the journal's own troubles end the process.
Result<void> Stream::receive_all(std::int64_t now) {
  for (int n = 0; n < kMessagesAtOnce; ++n) {
    auto arrival = host::receive_arrival(sockets_->events, 8);
    if (!arrival) return {};
    if (!host::is_our_user(arrival->origin)) continue;
    Request request{std::move(arrival->peer), {}, now};
    if (budgets_.on_message(request.peer, now) == host::PeerBudgets::Verdict::ignored) continue;
    auto message = wire::decode(std::move(arrival->frames), wire::kSmallMessages);
    if (!message) {
      if (budgets_.on_unread(message.error().code, request.peer, now))
        spdlog::warn("a peer is not listened to: it says what cannot be read");
      refuse(request.peer, message.error());
      continue;
    }
    request.body = std::move(message->body);
    const auto done = take(message->type, request);
    if (done) continue;
    if (done.error().code == ErrorCode::corrupt_store) return done;
    refuse(request.peer, done.error());
  }
  return {};
}

Result<void> Stream::take(MessageType type, const Request& request) {
  switch (type) {
    case MessageType::subscribe: return on_subscribe(request);
    case MessageType::fetch: return on_fetch(request);
    case MessageType::commit: return on_commit(request);
    default:
      budgets_.on_unread(ErrorCode::unsupported, request.peer, request.now);
      return fail(ErrorCode::unsupported, "wire_unknown_type",
                  std::string(wire::name_of(type)) + " is not for a publisher");
  }
}

// Who asks; and that the numbers it speaks of are those of this stream.
Result<const Subscription*> Stream::subscription_of(const Request& request) const {
  const auto stream = wire::text_at(request.body, "stream");
  if (stream && *stream != stream_id_)
    return fail(ErrorCode::unsupported, "stream_foreign",
                "the position belongs to stream " + std::string(wire::beginning(*stream, 16)) +
                    ", this one is " + stream_id_ + "; start anew after number " +
                    std::to_string(oldest_ - 1));
  const auto known = peers_.find(request.peer);
  const auto name = wire::text_at(request.body, "name");
  if (!name && known != peers_.end()) return known->second.subscription;
  const Subscription* subscription = subscriptions_.named(name.value_or(""));
  if (subscription == nullptr)
    return fail(ErrorCode::unsupported, "stream_unknown_subscriber",
                "nobody of that name is a subscriber; add it to the settings as [[subscriber]]");
  return subscription;
}

Result<Stream::Peer*> Stream::peer_of(const Request& request, const Subscription* subscription) {
  const bool is_new = !peers_.contains(request.peer);
  const auto of_name = std::ranges::count_if(
      peers_, [&](const auto& entry) { return entry.second.subscription == subscription; });
  if (is_new && of_name >= kMaxPeersOfName)
    return fail(ErrorCode::unavailable, "stream_flood",
                "too many connections under this name; close some, or wait a minute");
  if (is_new && peers_.size() >= kMaxPeers)
    peers_.erase(std::ranges::min_element(
        peers_, {}, [](const auto& entry) { return entry.second.last_seen; }));
  if (!positions_.contains(subscription->name)) {
    PK_TRY(position, position_of(subscription->name));
    positions_[subscription->name] = position;
  }
  Peer& peer = peers_[request.peer];
  peer.last_seen = request.now;
  // It may have been moved while we were not there, or did not know it any more.
  if (is_new) peer.is_moved = positions_[subscription->name].is_moved;
  return &peer;
}

Result<void> Stream::on_subscribe(const Request& request) {
  PK_TRY(subscription, subscription_of(request));
  std::uint64_t after = oldest_ - 1;  // one that never was here has lost nothing
  if (const auto from = wire::number_at(request.body, "from"); from && *from >= 0) {
    after = static_cast<std::uint64_t>(*from);
  } else {
    PK_TRY(cursor, reader_.cursor(subscription->name));
    if (cursor) after = cursor->sequence;
  }
  PK_CHECK(check_position(after));
  PK_TRY(peer, peer_of(request, subscription));
  peer->subscription = subscription;
  peer->is_moved = false;
  sockets_->say(request.peer, MessageType::subscribed,
                {{"after", after}, {"head", head_}, {"oldest", oldest_}, {"stream", stream_id_}});
  return {};
}

Result<void> Stream::on_fetch(const Request& request) {
  PK_TRY(subscription, subscription_of(request));
  const auto after = wire::number_at(request.body, "after");
  const auto credit = wire::number_at(request.body, "credit");
  if (!after || *after < 0 || !credit || *credit < 1)
    return fail(ErrorCode::unsupported, "stream_fetch", "FETCH has after >= 0 and credit >= 1");
  const auto from = static_cast<std::uint64_t>(*after);
  PK_CHECK(check_position(from));
  PK_TRY(found, peer_of(request, subscription));
  Peer& peer = *found;
  if (peer.is_moved) return tl::unexpected(moved(subscription->name));
  if (request.now - peer.repeats_since > 1000) {
    peer.repeats_since = request.now;
    peer.repeats = 0;
  }
  if (peer.subscription != nullptr && from < peer.after && ++peer.repeats > kMaxRepeats)
    return fail(ErrorCode::unavailable, "stream_flood",
                "asking for the same events again and again; read what was sent, then ask");
  peer.subscription = subscription;
  peer.after = from;
  peer.credit = static_cast<int>(std::min<std::int64_t>(*credit, kMaxCredit));
  return {};
}

Result<void> Stream::on_commit(const Request& request) {
  PK_TRY(subscription, subscription_of(request));
  const auto sequence = wire::number_at(request.body, "seq");
  if (!sequence || *sequence < 0 || static_cast<std::uint64_t>(*sequence) > head_)
    return fail(ErrorCode::unsupported, "stream_beyond_head",
                "COMMIT of a number above the head " + std::to_string(head_));
  PK_TRY(peer, peer_of(request, subscription));
  if (peer->subscription == nullptr) peer->subscription = subscription;
  if (peer->is_moved) return tl::unexpected(moved(subscription->name));
  Commit& commit = commits_[subscription->name];
  commit.sequence = static_cast<std::uint64_t>(*sequence);
  if (std::ranges::find(commit.peers, request.peer) == commit.peers.end())
    commit.peers.push_back(request.peer);
  return {};
}

// One question to the broker a name and round, however many COMMITs came; none while it is away.
void Stream::flush_commits(std::int64_t now) {
  for (auto& [name, commit] : std::exchange(commits_, {})) {
    Result<nlohmann::json> done =
        fail(ErrorCode::unavailable, "control_timeout", "the broker does not answer now");
    if (now >= no_broker_until_) {
      nlohmann::json body{{"name", name}, {"sequence", commit.sequence}};
      const auto known = positions_.find(name);
      if (known != positions_.end()) body["since"] = known->second.sequence;
      done = sockets_->control.ask("commit_cursor", body, nullptr, kCommitMs);
      if (done && known != positions_.end()) known->second = {commit.sequence, false};
      if (!done && done.error().code == ErrorCode::unavailable)
        no_broker_until_ = now_ms() + kCommitMs;
    }
    for (const std::string& peer : commit.peers)
      if (done)
        sockets_->say(peer, MessageType::committed, {{"seq", commit.sequence}});
      else
        refuse(peer, done.error());
  }
}

// A position beyond the head was never given by us; one before the oldest cannot be served without
// a gap. Neither is passed over in silence.
Result<void> Stream::check_position(std::uint64_t after) const {
  if (after > head_)
    return fail(
        ErrorCode::unsupported, "stream_beyond_head",
        "position " + std::to_string(after) + " is beyond the head " + std::to_string(head_));
  if (after + 1 < oldest_)
    return fail(ErrorCode::unsupported, "stream_gone",
                "the oldest event that is kept is " + std::to_string(oldest_));
  return {};
}

void Stream::tell_head(std::int64_t now) {
  if (now - last_head_told_ < kHeadMs) return;
  last_head_told_ = now;
  publish(kHeadTopic, MessageType::head, {{"seq", head_}, {"stream", stream_id_}});
  // One that cannot be told is gone, or reads nothing; alive, it asks again by itself.
  std::erase_if(peers_, [&](const auto& entry) {
    if (now - entry.second.last_seen > kForgetMs && entry.second.credit == 0) return true;
    return !sockets_->say(entry.first, MessageType::head, {{"seq", head_}});
  });
}

// At the start too, so that the counts of an earlier publisher are not taken for ours.
void Stream::tell_counts(std::int64_t now) {
  const auto& counts = budgets_.counts();
  const StreamNote note{counts.malformed, counts.unsupported};
  if (told_ == note || (told_ && now - counts_told_ < kCountsMs)) return;
  write_note(note_file_, note);
  told_ = note;
  counts_told_ = now;
}

// Topics are the event's type and its form: nothing of a person.
Result<void> Stream::tell_watchers() {
  while (host::receive(sockets_->watch, 1)) continue;  // who watches what is ZeroMQ's business
  if (watched_ >= head_) return {};
  PK_TRY(heads, reader_.event_heads_after(watched_, kNoticesAtOnce));
  for (const journal::EventHead& head : heads) {
    publish(
        head.type + " " + head.form, MessageType::notice,
        {{"seq", head.sequence}, {"type", head.type}, {"form", head.form}, {"stream", stream_id_}});
    watched_ = head.sequence;
  }
  return {};
}

void Stream::publish(const std::string& topic, MessageType type, nlohmann::json body) {
  wire::Message message;
  message.type = type;
  message.body = std::move(body);
  if (auto frames = wire::encode(std::move(message)))
    host::send(sockets_->watch, topic, std::move(*frames));
}

void Stream::refuse(const std::string& peer, const Error& error) {
  if (error.reason == "stream_gone")
    sockets_->say(peer, MessageType::gone, {{"oldest", oldest_}});
  else
    sockets_->say(peer, MessageType::refused, wire::to_json(error));
}

}  // namespace postkamer::publisher
