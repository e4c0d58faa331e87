// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/socket.h"

#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <memory>
#include <utility>

#include "workers/host/secret_key.h"
#include "workers/wire/pieces.h"

namespace postkamer::host {
namespace {

constexpr int kHandshakeMs = 2000;
constexpr int kHighWater = 1000;  // a backstop: credit keeps queues far below it
constexpr int kBacklog = 128;     // connections that wait to be accepted
constexpr int kGoneMs = 10'000;   // bytes that nobody confirms for so long: that peer is gone

// What encryption adds to a frame, and some slack.
constexpr std::size_t kFrameOverhead = 1024;

// Below this a copy costs less than handing over.
constexpr std::size_t kHandOverBytes = 64 << 10;

// The frame as ZeroMQ takes it; its bytes live until the last of them is sent.
zmq::message_t part_of(Bytes&& frame) {
  if (frame.size() < kHandOverBytes) return {frame.data(), frame.size()};
  auto kept = std::make_unique<Bytes>(std::move(frame));
  void* const data = kept->data();
  const std::size_t size = kept->size();
  zmq::message_t part(
      data, size, [](void*, void* owner) { delete static_cast<Bytes*>(owner); }, kept.get());
  kept.release();  // NOLINT(bugprone-unused-return-value): the message owns it now
  return part;
}

std::string property(const zmq::message_t& part, const char* name) {
  const char* value = zmq_msg_gets(part.handle(), name);
  return value == nullptr ? std::string() : std::string(value);
}

bool take_part(zmq::socket_t& socket, zmq::message_t& part) {
  for (;;) {
    try {
      return socket.recv(part, zmq::recv_flags::dontwait).has_value();
    } catch (const zmq::error_t& error) {
      if (error.num() != EINTR) return false;
    }
  }
}

}  // namespace

void set_options(zmq::socket_t& socket, std::int64_t max_frame_bytes) {
  socket.set(zmq::sockopt::linger, 0);
  socket.set(zmq::sockopt::immediate, true);
  socket.set(zmq::sockopt::maxmsgsize, max_frame_bytes);
  socket.set(zmq::sockopt::handshake_ivl, kHandshakeMs);
  socket.set(zmq::sockopt::sndhwm, kHighWater);
  socket.set(zmq::sockopt::rcvhwm, kHighWater);
  socket.set(zmq::sockopt::backlog, kBacklog);
}

void set_tcp_options(zmq::socket_t& socket) {
  set_options(socket, static_cast<std::int64_t>(wire::kPieceBytes + kFrameOverhead));
  socket.set(zmq::sockopt::tcp_keepalive, 1);
  socket.set(zmq::sockopt::tcp_keepalive_idle, 30);
  socket.set(zmq::sockopt::tcp_keepalive_intvl, 10);
  socket.set(zmq::sockopt::tcp_keepalive_cnt, 3);
  socket.set(zmq::sockopt::tcp_maxrt, kGoneMs);
}

bool is_tcp(std::string_view endpoint) { return endpoint.starts_with("tcp://"); }

Result<void> dial(zmq::socket_t& socket, const std::string& endpoint, const KeyFile* key,
                  std::int64_t max_frame_bytes, int waiting) {
  try {
    set_options(socket, max_frame_bytes);
    socket.set(zmq::sockopt::reconnect_ivl, 50);
    socket.set(zmq::sockopt::reconnect_ivl_max, 500);
    if (is_tcp(endpoint)) {
      if (key == nullptr || key->server.empty())
        return fail(ErrorCode::invalid_config, "tcp_without_key",
                    "connecting to " + endpoint +
                        ": over tcp only with a key file that names its mailroom; "
                        "`postkamer keys new` makes one");
      set_tcp_options(socket);
      socket.set(zmq::sockopt::ipv6, endpoint.find('[') != std::string::npos);
      socket.set(zmq::sockopt::curve_serverkey, key->server);
      socket.set(zmq::sockopt::curve_publickey, key->secret.public_key());
      if (zmq_setsockopt(socket.handle(), ZMQ_CURVE_SECRETKEY, key->secret.z85(), kKeyText + 1) !=
          0)
        throw zmq::error_t();
    }
    socket.set(zmq::sockopt::rcvhwm, waiting);
    socket.connect(endpoint);
    return {};
  } catch (const zmq::error_t& error) {
    return fail(ErrorCode::invalid_config, "endpoint_unusable",
                "connecting to " + endpoint + ": " + error.what());
  }
}

std::optional<wire::Frames> receive_from(zmq::socket_t& socket, const std::string& endpoint) {
  if (!is_tcp(endpoint)) return receive(socket);
  auto pieces = receive(socket, wire::kMostPieces);
  if (!pieces) return std::nullopt;
  auto frames = wire::joined(std::move(*pieces));
  return frames ? std::move(*frames) : wire::Frames{};
}

bool send_to(zmq::socket_t& socket, const std::string& endpoint, wire::Frames frames) {
  return send(socket, "",
              is_tcp(endpoint) ? wire::in_pieces(std::move(frames)) : std::move(frames));
}

std::optional<Arrival> receive_arrival(zmq::socket_t& socket, std::size_t max_frames) {
  Arrival arrival;
  zmq::message_t part;
  if (!take_part(socket, part)) return std::nullopt;
  arrival.peer = part.to_string();
  bool is_too_long = false;
  while (part.more()) {
    if (!take_part(socket, part)) return std::nullopt;
    // Not of the first frame: libzmq 4.3.4 loses what it knows of that one.
    if (arrival.frames.empty()) {
      arrival.user = property(part, "User-Id");
      arrival.origin = property(part, "Peer-Address");
    }
    is_too_long |= arrival.frames.size() == max_frames;
    if (is_too_long) continue;
    const auto* data = part.data<std::uint8_t>();
    arrival.frames.emplace_back(data, data + part.size());
  }
  if (is_too_long) arrival.frames.clear();
  return arrival;
}

std::optional<unsigned> uid_of(std::string_view origin) {
  const auto colon = origin.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  origin.remove_prefix(colon + 1);
  unsigned uid = 0;
  const auto read = std::from_chars(origin.data(), origin.data() + origin.size(), uid);
  if (read.ec != std::errc{} || read.ptr == origin.data() + origin.size() || *read.ptr != ':')
    return std::nullopt;
  return uid;
}

bool is_our_user(std::string_view origin) {
  static const uid_t ours = ::geteuid();
  const auto uid = uid_of(origin);
  return uid && (*uid == ours || *uid == 0);
}

bool is_own_address(std::string_view peer) { return peer.size() == 5 && peer.front() == '\0'; }

std::optional<wire::Frames> receive(zmq::socket_t& socket, std::size_t max_frames) {
  wire::Frames frames;
  bool is_too_long = false;
  for (bool more = true; more;) {
    zmq::message_t part;
    if (!take_part(socket, part)) return std::nullopt;
    more = part.more();
    is_too_long |= frames.size() == max_frames;
    if (is_too_long) continue;
    const auto* data = part.data<std::uint8_t>();
    frames.emplace_back(data, data + part.size());
  }
  if (is_too_long) frames.clear();
  return frames;
}

bool send(zmq::socket_t& socket, const std::string& peer, wire::Frames frames) {
  try {
    auto flags = zmq::send_flags::dontwait;
    if (!peer.empty() && !socket.send(zmq::buffer(peer), flags | zmq::send_flags::sndmore))
      return false;
    for (std::size_t i = 0; i < frames.size(); ++i) {
      const bool is_last = i + 1 == frames.size();
      auto part = part_of(std::move(frames[i]));
      if (!socket.send(part, is_last ? flags : flags | zmq::send_flags::sndmore)) return false;
    }
    return true;
  } catch (const zmq::error_t&) {  // EHOSTUNREACH: that peer is gone
    return false;
  }
}

}  // namespace postkamer::host
