// SPDX-License-Identifier: EUPL-1.2
//
// Real processes for tests: start one, watch it, kill it, and wait on conditions with a deadline.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace postkamer::test {

// A new empty folder under the test's temporary folder.
std::filesystem::path fresh_folder(const std::string& name);

// The program in the build's bin folder.
std::filesystem::path program(const std::string& name);

// A folder of forty-odd documents that comes with the source.
std::filesystem::path sample_scans();

// The truth of a sample: NAME.truth.json beside NAME.tif.
std::filesystem::path truth_beside(const std::filesystem::path& sample);

// Asks `done` again and again; false when it did not become true in time.
bool wait_until(const std::function<bool()>& done, std::chrono::seconds deadline);

class ChildProcess {
 public:
  // Starts it with stdout and stderr in `output`.
  ChildProcess(const std::vector<std::string>& command, const std::filesystem::path& output);
  ~ChildProcess();  // kills it and its children
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  void signal(int number) const;
  // Exit status (or 128 + signal) once it has ended; nothing when it has not in time.
  std::optional<int> wait(std::chrono::seconds deadline);
  [[nodiscard]] std::string output() const;

 private:
  pid_t pid_ = -1;
  std::optional<int> status_;
  std::filesystem::path output_;
};

// Processes whose parent is `parent` and whose program has this name.
std::vector<pid_t> children_named(pid_t parent, const std::string& name);
std::vector<pid_t> children_of(pid_t parent);

std::string read_text(const std::filesystem::path& file);
nlohmann::json read_json(const std::filesystem::path& file);
// One JSON value a line.
std::vector<nlohmann::json> read_lines(const std::filesystem::path& file);

// What must be the same however a run went: for each document the pages it is made of and its data,
// without ids, numbers and times. Sorted.
std::vector<std::string> essence(const std::vector<nlohmann::json>& events);

}  // namespace postkamer::test
