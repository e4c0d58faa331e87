// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/gate_settings.h"

#include <arpa/inet.h>

#include <array>
#include <charconv>
#include <optional>

#include "workers/host/gate_reader.h"

namespace postkamer::host {
namespace {

std::optional<int> number(std::string_view text, int most) {
  int value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
  return value >= 0 && value <= most ? std::optional(value) : std::nullopt;
}

// "tcp://HOST:PORT"; `any_host` lets HOST be *.
bool is_tcp(std::string_view text, bool any_host) {
  constexpr std::string_view kScheme = "tcp://";
  if (!text.starts_with(kScheme)) return false;
  text.remove_prefix(kScheme.size());
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  if (text.substr(0, colon) == "*" && !any_host) return false;
  return number(text.substr(colon + 1), 65'535).has_value();
}

// "10.1.0.0/16", "fd00::/8", or one address.
bool is_network(const std::string& text) {
  const auto slash = text.find('/');
  const std::string address = text.substr(0, slash);
  std::array<unsigned char, sizeof(in6_addr)> binary{};
  const bool is_v4 = inet_pton(AF_INET, address.c_str(), binary.data()) == 1;
  if (!is_v4 && inet_pton(AF_INET6, address.c_str(), binary.data()) != 1) return false;
  return slash == std::string::npos ||
         number(std::string_view(text).substr(slash + 1), is_v4 ? 32 : 128).has_value();
}

}  // namespace

GateSettings read_gate(TableReader& reader, const std::filesystem::path& folder) {
  GateSettings gate;
  reader.text("listen", gate.listen);
  if (const auto* node = reader.look("listen"); node == nullptr)
    reader.missing("listen");
  else if (!is_tcp(gate.listen, true))
    reader.wrong(*node, "listen", "\"tcp://*:7700\", or an address of this machine for *");
  reader.text("address", gate.address);
  if (const auto* node = reader.look("address"); node != nullptr && !is_tcp(gate.address, false))
    reader.wrong(*node, "address", "\"tcp://HOST:PORT\", as peers dial it");
  gate.keys = reader.path("keys", folder);
  if (gate.keys.empty()) reader.missing("keys");
  reader.texts("allow", gate.allow);
  for (const std::string& network : gate.allow)
    if (!is_network(network))
      reader.wrong(*reader.look("allow"), "allow", "networks as \"10.1.0.0/16\"");
  reader.number("handshake_ms", gate.handshake_ms, 100, 30'000);
  reader.number("files", gate.files, 64, 1'000'000);
  reader.number("messages_a_second", gate.messages_a_second, 10, 1'000'000);
  reader.number("memory_mib", gate.memory_mib, 256, 1'000'000);
  if (gate.address.empty() && is_tcp(gate.listen, false)) gate.address = gate.listen;
  return gate;
}

}  // namespace postkamer::host
