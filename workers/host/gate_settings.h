// SPDX-License-Identifier: EUPL-1.2
//
// [gate] of the settings: the door for peers on other machines.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace postkamer::host {

struct GateSettings {
  std::string listen;          // "tcp://ADDRESS:PORT"; ADDRESS is * or one of this machine
  std::string address;         // what peers dial, for their key files; empty = listen, without *
  std::filesystem::path keys;  // folder: server.key, and keys.d with one file a peer
  std::vector<std::string> allow;  // networks that may knock, as "10.1.0.0/16"; empty = all
  int handshake_ms = 2'000;        // a peer that is not known by then is hung up on
  int files = 8'192;               // open files wanted: one a connection
  int messages_a_second = 2'000;   // of one peer, on the average
  int memory_mib = 2'048;          // the gate ends, and is started again, when it wants more
};

}  // namespace postkamer::host
