// SPDX-License-Identifier: EUPL-1.2
//
// Our ZeroMQ sockets: the options every one of them has, and messages of frames in and out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <zmq.hpp>

#include "workers/wire/message.h"

namespace postkamer::host {

// Bounds on what a peer can make us hold, no lingering, no queueing for a peer that is not there.
// ZeroMQ's own heartbeats stay off: libzmq 4.3.4 aborts the process when they meet back-pressure.
void set_options(zmq::socket_t& socket, std::int64_t max_frame_bytes);

// Frames of the next message; nothing when there is none. A message of more than `max_frames` is
// taken off the socket and given as an empty one.
std::optional<wire::Frames> receive(zmq::socket_t& socket, std::size_t max_frames = 4200);

// Sends without waiting; to `peer` first when it is not empty (ROUTER). False when it cannot be
// sent: nobody there, or its queue is full. Large frames are handed over, not copied.
bool send(zmq::socket_t& socket, const std::string& peer, wire::Frames frames);

}  // namespace postkamer::host
