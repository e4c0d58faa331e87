// SPDX-License-Identifier: EUPL-1.2
//
// What the system tests share: programs as a person starts them, the sample scans, and looking at
// files and processes without guessing how long something takes.
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

// A new empty folder with a short path. Gone when the tests end, unless one failed.
std::filesystem::path fresh_folder(const std::string& name);

// The program in the build's bin folder.
std::filesystem::path program(const std::string& name);

// Of the sample scans those of a group ("typed", "letter", "batch", "broken") with this ending, the
// smallest file first.
std::vector<std::filesystem::path> samples(const std::string& group, const std::string& ending);

// The truth of a sample: NAME.truth.json beside NAME.tif.
nlohmann::json truth_of(const std::filesystem::path& sample);

// Those of `files` that hold one document of this many pages.
std::vector<std::filesystem::path> with_pages(const std::vector<std::filesystem::path>& files,
                                              std::size_t pages);

// Asks `done` again and again; false when it did not become true in time: under sanitizers ten
// times the deadline.
bool wait_until(const std::function<bool()>& done, std::chrono::seconds deadline);

class ChildProcess {
 public:
  // Starts it with stdout in `output`, and stderr in `errors` or, without it, there too.
  ChildProcess(const std::vector<std::string>& command, const std::filesystem::path& output,
               const std::filesystem::path& errors = {});
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

// A command that has ended.
struct Ended {
  int status = -1;
  std::string out, errors;
  [[nodiscard]] nlohmann::json json() const;  // of `out`
};
// Runs `postkamer ARGUMENTS...`, a minute at most.
Ended postkamer(const std::vector<std::string>& arguments);

// Processes whose parent is `parent` and whose program has this name.
std::vector<pid_t> children_named(pid_t parent, const std::string& name);
std::vector<pid_t> children_of(pid_t parent);

std::string read_text(const std::filesystem::path& file);
nlohmann::json read_json(const std::filesystem::path& file);
// One JSON value a line.
std::vector<nlohmann::json> read_lines(const std::filesystem::path& file);
// The lines of a text, without their ends; what has none yet is left out.
std::vector<std::string> lines_of(const std::string& text);
void write_text(const std::filesystem::path& file, const std::string& text);

// What must be the same however a run went: the events without the moment and the order in which
// they came. Sorted.
std::vector<std::string> essence(const std::vector<nlohmann::json>& events);

}  // namespace postkamer::test
