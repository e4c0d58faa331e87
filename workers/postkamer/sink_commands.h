// SPDX-License-Identifier: EUPL-1.2
//
// `postkamer sinks`: how far each sink is, what waits and why, and a person's hand in it. Each
// gives an exit status of exit_codes.h.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace postkamer {

struct SinkOptions {
  std::filesystem::path config;
  std::filesystem::path dir;  // the mailroom's data folder
  std::string name;           // empty = all
  std::optional<std::uint64_t> from;
  std::uint64_t sequence = 0;
  bool json = false;
};

// Every sink: kind, position, lag, state, and each held event with its reason. Without a mailroom
// that answers, what is known on disk.
int sinks_list_command(const SinkOptions& options);

// Sends again what is held, opens a sink that was stopped; with `from` also every event of the
// stream from that number on. Waits a moment for the sink to take it up; a closed mailroom does so
// when it opens.
int sinks_replay_command(const SinkOptions& options);

// Lets a held event go for good: the receiver never gets it.
int sinks_drop_command(const SinkOptions& options);

}  // namespace postkamer
