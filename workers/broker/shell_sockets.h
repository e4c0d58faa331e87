// SPDX-License-Identifier: EUPL-1.2
//
// The broker's doors, and its clocks.
#pragma once

#include <cstdint>
#include <string>

#include <zmq.hpp>

#include "workers/broker/shell.h"

namespace postkamer::broker {

struct Shell::Sockets {
  zmq::context_t context{1};
  zmq::socket_t workers{context, zmq::socket_type::router};
  zmq::socket_t control{context, zmq::socket_type::router};
  zmq::socket_t gate{context, zmq::socket_type::router};  // bound when there is a gate

  zmq::socket_t& at(Door door) {
    return door == Door::workers ? workers : door == Door::control ? control : gate;
  }
};

// Milliseconds of a clock that goes on while the machine sleeps and never jumps.
std::int64_t monotonic_ms();
// Milliseconds since 1970 by the clock on the wall, which people and other machines move.
std::int64_t wall_ms();
// RFC 3339, UTC, milliseconds.
std::string utc_now();

}  // namespace postkamer::broker
