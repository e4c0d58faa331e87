// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/socket.h"

#include <cerrno>
#include <memory>
#include <utility>

namespace postkamer::host {
namespace {

constexpr int kHandshakeMs = 2000;
constexpr int kHighWater = 1000;  // a backstop: credit keeps queues far below it

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
}

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
