// SPDX-License-Identifier: EUPL-1.2
//
// [[sink]] of the settings: where events are sent by ourselves. A sink is a subscriber of the
// stream too, under its own name; the same table says which events, forms and fields it gets.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/publish/body.h"

namespace postkamer::host {

enum class SinkKind {
  outbox,   // one file an event
  webhook,  // one POST an event
  command   // one run of a program an event
};

struct SinkSettings {
  std::string name;  // that of its subscriber
  SinkKind kind = SinkKind::outbox;
  publish::BodyKind body = publish::BodyKind::cloudevent;
  int unit_ms = 1'000;      // of the pauses between tries, see workers/sinks/delivery.h
  int timeout_ms = 10'000;  // webhook, command: of one delivery

  std::filesystem::path folder;  // outbox

  std::string url;               // webhook: https, or http to this machine only
  std::filesystem::path secret;  // file with the key of the signature; empty = not signed
  std::filesystem::path token;   // file with the bearer token; empty = none
  std::filesystem::path ca;      // file of certificates to trust; empty = the system's
  bool handshake = true;         // the receiver is asked first whether it wants events

  std::vector<std::string> command;  // the program by its absolute path, and its arguments
};

std::string_view name_of(SinkKind kind);

}  // namespace postkamer::host
