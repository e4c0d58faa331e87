// SPDX-License-Identifier: EUPL-1.2
//
// A mailroom of its own for a test (`postkamer serve` with one inbox, named post), and a subscriber
// to it that shares no code with us.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/system/harness.h"

namespace postkamer::test {

class Mailroom {
 public:
  // `publish`: as in the settings. `more`: lines of TOML at the end of the inbox's table.
  Mailroom(const std::string& name, const std::string& publish, const std::string& more = "");

  void open();  // starts it and waits until it says that it is open
  // Ends the process that started the others; those are left to find out.
  void kill_supervisor();
  void kill_all();  // ends every process as a power cut would, except for what is on disk

  [[nodiscard]] std::filesystem::path config() const { return folder_ / "postkamer.toml"; }
  [[nodiscard]] std::filesystem::path inbox() const { return folder_ / "inbox"; }
  [[nodiscard]] std::filesystem::path data() const { return folder_ / "data"; }
  [[nodiscard]] std::filesystem::path folder() const { return folder_; }
  [[nodiscard]] std::string log() const { return read_text(folder_ / "log"); }
  ChildProcess& process() { return *process_; }

  // Asks it, as `postkamer ARGUMENTS --dir DATA`.
  [[nodiscard]] Ended ask(std::vector<std::string> arguments) const;
  // What its own process answers to GET /metrics, headers included; empty when nobody answers.
  [[nodiscard]] std::string metrics() const;

 private:
  std::filesystem::path folder_;
  std::unique_ptr<ChildProcess> process_;
  std::size_t told_ = 0;  // bytes of the log of earlier openings
};

// workers/publisher/subscriber.py, writing what it gets to a file.
class PythonSubscriber {
 public:
  explicit PythonSubscriber(const Mailroom& mailroom);
  [[nodiscard]] std::string text() const { return read_text(events_); }
  [[nodiscard]] std::vector<nlohmann::json> events() const { return read_lines(events_); }

 private:
  std::filesystem::path events_;
  ChildProcess process_;
};

// How many documents came of each original file.
std::map<std::string, int> documents_by_file(const std::vector<nlohmann::json>& events);

}  // namespace postkamer::test
