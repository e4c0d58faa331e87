// SPDX-License-Identifier: EUPL-1.2
//
// [metrics] of the settings: where `/metrics` is served.
#pragma once

#include <string>

namespace postkamer::host {

class TableReader;

// listen = "unix": run/metrics.sock of the data folder; "127.0.0.1:9464" or another port of this
// machine's own; "off". Nothing else: figures of a mailroom are for the machine it runs on, and who
// may see them from elsewhere is for the program that fetches them there.
struct MetricsSettings {
  bool is_served = true;
  std::string address;  // "127.0.0.1" or "::1"; empty = the unix socket
  int port = 0;
};

MetricsSettings read_metrics(TableReader& reader);

}  // namespace postkamer::host
