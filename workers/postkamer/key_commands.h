// SPDX-License-Identifier: EUPL-1.2
//
// `postkamer keys`: who may come in over tcp. Each gives an exit status of exit_codes.h.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>

#include "workers/host/key_ring.h"

namespace postkamer {

struct KeyOptions {
  std::filesystem::path config;
  host::PeerKey key;          // new: what it is to be; `revoke`: its name
  std::string role;           // new: "worker", "subscriber", "client"
  std::filesystem::path out;  // new: the file for the peer; empty = NAME.key here
  bool json = false;
};

// Makes a pair for a peer: its public half into the allow-list, the rest into a file that is the
// peer's alone. With key.public_key given, the secret half is the peer's already and no file is
// made. The mailroom's own pair is made with the first one.
int keys_new_command(const KeyOptions& options, std::ostream& out, std::ostream& errors);

// Every key: role, what for, until when, whether it is good.
int keys_list_command(const KeyOptions& options, std::ostream& out, std::ostream& errors);

// From now on nobody is heard who comes with this key. The gate sees it within a second.
int keys_revoke_command(const KeyOptions& options, std::ostream& out, std::ostream& errors);

}  // namespace postkamer
