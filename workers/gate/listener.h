// SPDX-License-Identifier: EUPL-1.2
//
// The socket that faces other machines: what it is set to before it listens, and proof that it
// refuses a stranger.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include <zmq.hpp>

#include "pipeline/base/error.h"
#include "workers/gate/zap_desk.h"
#include "workers/host/gate_settings.h"
#include "workers/host/secret_key.h"

namespace postkamer::gate {

inline constexpr std::chrono::milliseconds kRefusalTime{10'000};  // a busy machine is slow

// Sets every option, binds, and gives the address it listens at. `desk` is that of the socket's
// context. Fails with: invalid_config (gate_endpoint), or unavailable (gate_endpoint) when the
// address is not there yet or another has it.
Result<std::string> listen(zmq::socket_t& socket, const ZapDesk& desk,
                           const host::GateSettings& settings, const host::SecretKey& server);

// Knocks at `endpoint` with a key that nobody knows, calling `serve` meanwhile. Fails with:
// invalid_config (gate_lets_in_strangers) when it was let in, unavailable (gate_unproven) when
// nothing came of it in time.
Result<void> check_refusal(const std::string& endpoint, const std::string& server_public,
                           const std::function<void()>& serve,
                           std::chrono::milliseconds patience = kRefusalTime);

// That this libzmq refuses everybody when nobody judges keys, which it was told to by an option
// that its header hides. Fails as check_refusal does.
Result<void> check_enforcement();

}  // namespace postkamer::gate
