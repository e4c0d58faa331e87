// SPDX-License-Identifier: EUPL-1.2
//
// Our ZeroMQ sockets: the options every one of them has, and messages of frames in and out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <zmq.hpp>

#include "pipeline/base/error.h"
#include "workers/wire/message.h"

namespace postkamer::host {

// Bounds on what a peer can make us hold, no lingering, no queueing for a peer that is not there.
// ZeroMQ's own heartbeats stay off: libzmq 4.3.4 aborts the process when they meet back-pressure.
void set_options(zmq::socket_t& socket, std::int64_t max_frame_bytes);

struct KeyFile;  // secret_key.h

// The same for a socket that speaks tcp: frames of a piece at most (wire/pieces.h), and a peer that
// is gone without a word is noticed by the kernel.
void set_tcp_options(zmq::socket_t& socket);

// True for an endpoint that leaves this machine.
bool is_tcp(std::string_view endpoint);

// Sets all options of a socket that connects, and connects it. Over tcp only with `key`, whose
// holder then speaks to nobody but the mailroom that the key names; messages go in pieces then.
// `waiting`: messages that may wait here to be received. Fails with: invalid_config
// (tcp_without_key, endpoint_unusable).
Result<void> dial(zmq::socket_t& socket, const std::string& endpoint, const KeyFile* key,
                  std::int64_t max_frame_bytes, int waiting = 1000);

// As receive and send, for a socket that was dialled to `endpoint`.
std::optional<wire::Frames> receive_from(zmq::socket_t& socket, const std::string& endpoint);
bool send_to(zmq::socket_t& socket, const std::string& endpoint, wire::Frames frames);

// A message of a ROUTER, and what ZeroMQ itself knows of its sender.
struct Arrival {
  std::string peer;     // address for answers
  std::string user;     // User-Id that the ZAP handler gave it; empty = none
  std::string origin;   // Peer-Address: an IP address; over ipc "HOST:UID:GID:PID"
  wire::Frames frames;  // without the address
};
// Nothing when there is none; frames are empty when it had more than `max_frames`.
std::optional<Arrival> receive_arrival(zmq::socket_t& socket, std::size_t max_frames = 4200);

// The user behind an ipc peer. Nothing when `origin` tells none.
std::optional<unsigned> uid_of(std::string_view origin);

// True when that user is our own, or root.
bool is_our_user(std::string_view origin);

// An address that our socket made up: no peer chose it.
bool is_own_address(std::string_view peer);

// Frames of the next message; nothing when there is none. A message of more than `max_frames` is
// taken off the socket and given as an empty one.
std::optional<wire::Frames> receive(zmq::socket_t& socket, std::size_t max_frames = 4200);

// Sends without waiting; to `peer` first when it is not empty (ROUTER). False when it cannot be
// sent: nobody there, or its queue is full. Large frames are handed over, not copied.
bool send(zmq::socket_t& socket, const std::string& peer, wire::Frames frames);

}  // namespace postkamer::host
