// SPDX-License-Identifier: EUPL-1.2
#include "workers/gate/zap_desk.h"

#include <array>

#include "workers/host/secret_key.h"
#include "workers/host/socket.h"

namespace postkamer::gate {
namespace {

constexpr const char* kEndpoint = "inproc://zeromq.zap.01";
constexpr std::size_t kRequestFrames = 7;  // with a CURVE key as the last one
constexpr std::size_t kKeyBytes = 32;

Bytes frame(std::string_view text) {
  const ByteView view = bytes_of(text);
  return {view.begin(), view.end()};
}

std::string z85_of(const Bytes& key) {
  std::array<char, host::kKeyText + 1> text{};
  return zmq_z85_encode(text.data(), key.data(), key.size()) == nullptr ? "" : text.data();
}

}  // namespace

Result<std::unique_ptr<ZapDesk>> ZapDesk::open(zmq::context_t& context) {
  try {
    zmq::socket_t socket(context, zmq::socket_type::rep);
    socket.set(zmq::sockopt::linger, 0);
    socket.bind(kEndpoint);
    return std::unique_ptr<ZapDesk>(new ZapDesk(std::move(socket)));
  } catch (const zmq::error_t& error) {
    return fail(ErrorCode::invalid_config, "zap_endpoint",
                std::string("opening the desk that judges keys: ") + error.what());
  }
}

void ZapDesk::answer(const Judge& judge) {
  // version, request, domain, address, identity, mechanism, key
  while (auto asked = host::receive(socket_, 16)) {
    const bool is_curve = asked->size() == kRequestFrames && text_of(asked->at(2)) == kZapDomain &&
                          text_of(asked->at(5)) == "CURVE" && asked->at(6).size() == kKeyBytes;
    const std::string key = is_curve ? z85_of(asked->at(6)) : "";
    const bool is_good = !key.empty() && judge(key, std::string(text_of(asked->at(3))));
    const Bytes request = asked->size() > 1 ? asked->at(1) : Bytes{};
    host::send(socket_, "",
               {frame("1.0"), request, frame(is_good ? "200" : "400"),
                frame(is_good ? "OK" : "no such key"), frame(is_good ? key : ""), Bytes{}});
  }
}

}  // namespace postkamer::gate
