// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/metrics_settings.h"

#include <charconv>
#include <optional>

#include "workers/host/table_reader.h"

namespace postkamer::host {
namespace {

std::optional<MetricsSettings> parsed(std::string_view listen) {
  MetricsSettings settings;
  if (listen == "unix") return settings;
  settings.is_served = listen != "off";
  if (!settings.is_served) return settings;
  const auto colon = listen.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view address = listen.substr(0, colon);
  if (address == "127.0.0.1" || address == "localhost")
    settings.address = "127.0.0.1";
  else if (address == "[::1]")
    settings.address = "::1";
  else
    return std::nullopt;
  const std::string_view port = listen.substr(colon + 1);
  const char* end = port.data() + port.size();
  const auto read = std::from_chars(port.data(), end, settings.port);
  if (read.ec != std::errc{} || read.ptr != end || settings.port < 1 || settings.port > 65'535)
    return std::nullopt;
  return settings;
}

}  // namespace

MetricsSettings read_metrics(TableReader& reader) {
  std::string listen = "unix";
  reader.text("listen", listen);
  if (const auto settings = parsed(listen)) return *settings;
  reader.wrong(*reader.look("listen"), "listen",
               "\"unix\", \"off\" or a port of this machine only, as \"127.0.0.1:9464\"");
  return {};
}

}  // namespace postkamer::host
