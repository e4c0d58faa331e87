// SPDX-License-Identifier: EUPL-1.2
//
// The gate's sockets and peers; used inside this folder only.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <zmq.hpp>

#include "workers/gate/gate.h"
#include "workers/gate/zap_desk.h"

namespace postkamer::gate {

struct Gate::Sockets {
  zmq::context_t context{1};
  std::unique_ptr<ZapDesk> desk;
  zmq::socket_t outside{context, zmq::socket_type::router};
  zmq::socket_t broker{context, zmq::socket_type::dealer};
};

// One connection from outside. What it may do is looked up in the ring with every message.
struct Gate::Peer {
  std::string key;  // public, Z85
  std::string name;
  wire::Role role = wire::Role::worker;
  std::int64_t last_heard = 0;
  std::optional<zmq::socket_t> stream;  // a subscriber's own line to the publisher
};

// How the broker calls a peer: the key's name and ZeroMQ's address in hexadecimal.
std::string outer_name(const std::string& key_name, const std::string& address);
// ZeroMQ's address again; empty when it is none.
std::string address_of(std::string_view outer_name);

std::int64_t now_ms();

}  // namespace postkamer::gate
