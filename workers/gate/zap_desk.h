// SPDX-License-Identifier: EUPL-1.2
//
// Answers libzmq's question whether a peer with this public key may come in (ZAP, RFC 27). Without
// such a desk in its context a CURVE server lets in everybody who knows its own public key, so it
// is opened before the first socket that listens, and the listener wants to see it.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <zmq.hpp>

#include "pipeline/base/error.h"

namespace postkamer::gate {

inline constexpr const char* kZapDomain = "postkamer";

class ZapDesk {
 public:
  // True when the holder of this public key (Z85), who comes from this IP address, may come in.
  using Judge = std::function<bool(const std::string& public_key, const std::string& address)>;

  // One a context, which outlives it. Fails with: invalid_config (zap_endpoint).
  static Result<std::unique_ptr<ZapDesk>> open(zmq::context_t& context);

  // Answers what was asked; does not wait. A peer that is let in has its public key as User-Id.
  void answer(const Judge& judge);

  // Readable when there is something to answer.
  zmq::socket_t& socket() { return socket_; }

 private:
  explicit ZapDesk(zmq::socket_t socket) : socket_(std::move(socket)) {}
  zmq::socket_t socket_;
};

}  // namespace postkamer::gate
