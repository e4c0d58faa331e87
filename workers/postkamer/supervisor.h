// SPDX-License-Identifier: EUPL-1.2
//
// Keeps a set of child processes alive: starts them in order, starts a dead one again (with a
// growing pause when it dies at once, so that a broken one does not spin), leaves one alone whose
// settings are wrong, and stops all within a grace time.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/base/error.h"

namespace postkamer {

struct ProcessSpec {
  std::string name;                    // for messages: "ocr-2"
  std::string program;                 // absolute path
  std::vector<std::string> arguments;  // without the program itself
};

class Supervisor {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Supervisor(std::vector<ProcessSpec> specs);
  ~Supervisor();  // kills what still runs
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  // Starts all. Fails with: internal, when a program cannot be executed.
  Result<void> start();

  // Reaps the dead and starts them again when their pause is over. Call it often; it never blocks.
  void tick();

  // Starts those at rest once more; what ends so again is at rest at once.
  void wake();

  // Sends a signal to the child of that name, if it runs.
  void signal(std::string_view name, int number) const;

  // Whether the first serves the others, who give it their last results before it is told to stop.
  enum class Order {
    all_at_once,
    first_last
  };
  // Asks all to stop with SIGTERM, in this order, and kills what is left after `grace`.
  void stop(std::chrono::milliseconds grace, Order order);

  struct Child {
    std::string name;
    pid_t pid = -1;  // -1 = not running
    int restarts = 0;
    std::string last_end;  // "exit 1", "signal 9"; empty = never ended
    // It ended three times on end with status 78 (EX_CONFIG), and is not started again by itself.
    bool is_at_rest = false;
  };
  [[nodiscard]] std::vector<Child> children() const;

 private:
  struct Process {
    ProcessSpec spec;
    Child child;
    Clock::time_point started;
    Clock::time_point start_again;
    int config_ends = 0;  // on end
  };

  Result<void> spawn(Process& process);
  void reap();
  void end(std::span<Process> group, Clock::time_point deadline);

  std::vector<Process> processes_;
};

}  // namespace postkamer
