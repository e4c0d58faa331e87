// SPDX-License-Identifier: EUPL-1.2
//
// [[sink]] of the settings: where events are sent by ourselves. A sink is a subscriber of the
// stream too, under its own name; the same table says which events, forms and fields it gets.
#pragma once

#include <filesystem>
#include <string>

namespace postkamer::host {

enum class SinkKind {
  outbox,
};

struct SinkSettings {
  std::string name;  // that of its subscriber
  SinkKind kind = SinkKind::outbox;
  std::filesystem::path folder;  // outbox: one file an event
  int unit_ms = 1'000;           // of the pauses between tries, see workers/sinks/delivery.h
};

std::string_view name_of(SinkKind kind);

}  // namespace postkamer::host
