// SPDX-License-Identifier: EUPL-1.2
//
// What the mains of all our processes share: the folder layout and the log.
#pragma once

#include <filesystem>
#include <string>

#include "pipeline/base/error.h"

namespace postkamer::host {

// Where things lie under the folder given as --dir.
struct Layout {
  std::filesystem::path dir;

  [[nodiscard]] std::filesystem::path journal() const { return dir / "journal.db"; }
  [[nodiscard]] std::filesystem::path blobs() const { return dir / "blobs"; }
  [[nodiscard]] std::filesystem::path run() const { return dir / "run"; }
  // There while a restore is not finished; a folder with it is never opened.
  [[nodiscard]] std::filesystem::path restoring() const { return dir / "restoring"; }
  // When the newest backup was finished: one line, RFC 3339.
  [[nodiscard]] std::filesystem::path last_backup() const { return run() / "last-backup"; }
  // Held by whoever is the only one: the mailroom, its publisher, the door of an inbox.
  [[nodiscard]] std::filesystem::path lock_of(const std::string& who) const {
    return run() / (who + ".lock");
  }
  [[nodiscard]] std::string workers_endpoint() const { return socket("workers"); }
  [[nodiscard]] std::string control_endpoint() const { return socket("control"); }
  // Where the gate, and nobody else, speaks for peers on other machines.
  [[nodiscard]] std::string gate_endpoint() const { return socket("gate"); }
  [[nodiscard]] std::string events_endpoint() const { return socket("events"); }
  [[nodiscard]] std::string watch_endpoint() const { return socket("watch"); }
  [[nodiscard]] std::filesystem::path metrics_socket() const { return run() / "metrics.sock"; }

 private:
  [[nodiscard]] std::string socket(const char* name) const {
    return "ipc://" + (run() / (std::string(name) + ".sock")).string();
  }
};

// Makes `dir`, `dir/run` (mode 0700: who may enter it may speak to us) and `dir/blobs`.
// Fails with: invalid_config (dir_unusable, dir_path_too_long: a socket's path has 107 bytes at
// most; restore_unfinished).
Result<Layout> prepare_layout(const std::filesystem::path& dir);

// The least level that is logged: debug, info, warn, error; info when it is not set.
inline constexpr const char* kLogLevelVariable = "POSTKAMER_LOG";

// One line an event on stderr: time, level, name of the process, text. Never personal data.
void start_log(const std::string& process);

// What this process has in memory stays there: no core file, and nobody without special rights may
// look into it. To be called first; not inherited by other programs, except that they leave no core
// file either. Does nothing under AddressSanitizer, whose leak check must look.
void keep_memory_private();

// Holds the process id of the supervisor, for the processes it starts.
inline constexpr const char* kParentVariable = "POSTKAMER_PARENT";

// A process that a supervisor started ends when the supervisor does: no orphan keeps a lock, a
// socket or a page. Does nothing in a process that was started by hand.
void die_with_parent();

}  // namespace postkamer::host
