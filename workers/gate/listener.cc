// SPDX-License-Identifier: EUPL-1.2
#include "workers/gate/listener.h"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>

#include "workers/host/socket.h"

namespace postkamer::gate {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// ZMQ_ZAP_ENFORCE_DOMAIN: a draft in zmq.h, honoured by the library (check_enforcement). With it a
// CURVE server without a ZAP desk refuses everybody; without it it lets in everybody.
constexpr int kZapEnforceDomain = 93;

constexpr const char* kMonitor = "inproc://refusal";
constexpr int kRefusals = ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                          ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
                          ZMQ_EVENT_DISCONNECTED;

// The network that brings an address is not up yet, or an earlier start still holds the port.
bool may_pass(int error) {
  return error == EADDRNOTAVAIL || error == EADDRINUSE || error == ENODEV;
}

tl::unexpected<Error> unusable(const std::string& endpoint, const zmq::error_t& error) {
  const std::string what = "listening at " + endpoint + ": " + error.what();
  if (!may_pass(error.num())) return fail(ErrorCode::invalid_config, "gate_endpoint", what);
  return fail(ErrorCode::unavailable, "gate_endpoint",
              what + "; is that an address of this machine, and its port nobody else's?");
}

void set_curve(zmq::socket_t& socket, const host::SecretKey& server) {
  const int yes = 1;
  socket.set(zmq::sockopt::curve_server, true);
  socket.set(zmq::sockopt::zap_domain, kZapDomain);
  const bool is_set =
      zmq_setsockopt(socket.handle(), ZMQ_CURVE_SECRETKEY, server.z85(), host::kKeyText + 1) == 0 &&
      zmq_setsockopt(socket.handle(), kZapEnforceDomain, &yes, sizeof yes) == 0;
  if (!is_set) throw zmq::error_t();
}

// This machine itself always may: its own address, and the loopback.
void set_filters(zmq::socket_t& socket, const host::GateSettings& settings) {
  if (settings.allow.empty()) return;
  auto networks = settings.allow;
  const std::string host = settings.listen.substr(6, settings.listen.rfind(':') - 6);
  networks.push_back(host == "*" ? "127.0.0.1" : host);
  for (const std::string& network : networks)
    if (zmq_setsockopt(socket.handle(), ZMQ_TCP_ACCEPT_FILTER, network.data(), network.size()) != 0)
      throw zmq::error_t();
}

// The number of the next event; nothing when none came in time.
std::optional<int> next_event(zmq::socket_t& monitor, milliseconds wait) {
  zmq::pollitem_t item{monitor.handle(), 0, ZMQ_POLLIN, 0};
  zmq::poll(&item, 1, wait);
  const auto frames = host::receive(monitor, 2);
  if (!frames || frames->empty() || frames->front().size() < 2) return std::nullopt;
  std::uint16_t number = 0;
  std::memcpy(&number, frames->front().data(), sizeof number);
  return number;
}

tl::unexpected<Error> lets_in() {
  return fail(ErrorCode::invalid_config, "gate_lets_in_strangers",
              "knocking with a key that nobody knows: it was let in; the door stays shut, because "
              "it would let in everybody");
}

}  // namespace

Result<std::string> listen(zmq::socket_t& socket, const ZapDesk&,
                           const host::GateSettings& settings, const host::SecretKey& server) {
  try {
    host::set_tcp_options(socket);
    socket.set(zmq::sockopt::handshake_ivl, settings.handshake_ms);
    socket.set(zmq::sockopt::ipv6, settings.listen.find('[') != std::string::npos);
    socket.set(zmq::sockopt::router_mandatory, true);
    set_filters(socket, settings);
    set_curve(socket, server);
    socket.bind(settings.listen);
    return socket.get(zmq::sockopt::last_endpoint);
  } catch (const zmq::error_t& error) {
    return unusable(settings.listen, error);
  }
}

Result<void> check_refusal(const std::string& endpoint, const std::string& server_public,
                           const std::function<void()>& serve, milliseconds patience) {
  PK_TRY(secret, host::new_secret_key());
  const host::KeyFile stranger{std::move(secret), "", server_public, ""};
  std::string where = endpoint;
  if (const auto any = where.find("//0.0.0.0:"); any != std::string::npos)
    where.replace(any, 10, "//127.0.0.1:");
  zmq::context_t context{1};
  zmq::socket_t socket(context, zmq::socket_type::dealer);
  zmq::socket_t monitor(context, zmq::socket_type::pair);
  if (zmq_socket_monitor(socket.handle(), kMonitor, kRefusals | ZMQ_EVENT_HANDSHAKE_SUCCEEDED) != 0)
    return unusable(where, zmq::error_t());
  monitor.connect(kMonitor);
  PK_CHECK(host::dial(socket, where, &stranger, 0));
  const auto deadline = Clock::now() + patience;
  while (Clock::now() < deadline) {
    serve();
    const auto event = next_event(monitor, milliseconds(10));
    if (!event) continue;
    if ((*event & kRefusals) != 0) return {};
    return lets_in();
  }
  return fail(ErrorCode::unavailable, "gate_unproven",
              "knocking with a key that nobody knows: no answer within " +
                  std::to_string(patience.count()) +
                  " ms; the door stays shut until it is seen to refuse");
}

Result<void> check_enforcement() {
  PK_TRY(server, host::new_secret_key());
  zmq::context_t context{1};
  zmq::socket_t socket(context, zmq::socket_type::router);
  try {
    host::set_tcp_options(socket);
    set_curve(socket, server);
    socket.bind("tcp://127.0.0.1:*");
  } catch (const zmq::error_t& error) {
    return unusable("the loopback", error);
  }
  return check_refusal(socket.get(zmq::sockopt::last_endpoint), server.public_key(), [] {});
}

}  // namespace postkamer::gate
