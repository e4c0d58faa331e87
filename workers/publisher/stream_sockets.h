// SPDX-License-Identifier: EUPL-1.2
//
// The sockets of the stream; used inside this folder only.
#pragma once

#include "workers/host/control_client.h"
#include "workers/host/socket.h"
#include "workers/publisher/stream.h"

namespace postkamer::publisher {

struct Stream::Sockets {
  zmq::context_t context{1};
  zmq::socket_t events{context, zmq::socket_type::router};
  zmq::socket_t watch{context, zmq::socket_type::xpub};
  host::ControlClient control;

  // False when it cannot be sent now.
  bool say(const std::string& peer, wire::MessageType type, nlohmann::json body) {
    wire::Message message;
    message.type = type;
    message.body = std::move(body);
    const auto frames = wire::encode(message);
    return frames && host::send(events, peer, *frames);
  }
};

}  // namespace postkamer::publisher
