// SPDX-License-Identifier: EUPL-1.2
//
// The clean side of a box: starts a process in which hostile bytes are opened, gives it work, looks
// at all it says, kills it when its time is over, and tells how it ended. Opens no picture itself.
//
// A box is executed (its own address space), loads what it needs, shuts itself in and says so; only
// then does it get a task. After `jobs` tasks, or one that went wrong, another takes its place:
// what one document may have done to a box, the next does not meet. Where every task is to have a
// box of its own, loading each anew would cost more than the task: such boxes are copied from a
// template, a process that has loaded everything and never sees a byte of a scan.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "workers/host/box_channel.h"
#include "workers/host/worker.h"

namespace postkamer::host {

struct BoxProgram {
  std::filesystem::path file;
  std::vector<std::string> arguments;  // without the program itself
};

// What a box may do. Each limit passed has its name in the error.
struct BoxTerms {
  std::chrono::milliseconds load{180'000};  // from start to shut in; a busy machine is slow
  std::chrono::milliseconds job{100'000};   // one task, wall clock, questions not counted
  std::chrono::milliseconds cpu{80'000};    // one task, processor time
  int jobs = 1;                             // tasks of one box
  int copies = 0;                           // boxes of one template; 0 = each is executed
  int questions = 0;                        // that it may ask during one task
  // The service's time for one task: once so much is gone, what is asked is refused with kNoTime.
  std::chrono::milliseconds service{0};
  std::chrono::milliseconds question{0};  // what one question may take; for the worker's patience
  BoxLimits answer;
};

// Why a box gets no more answers in this task: it is to give what it has, and the rest is asked for
// in another one.
inline constexpr const char* kNoTime = "box_service_time";

// Does for a box what it cannot do itself. The question is the box's: nothing in it is true.
using BoxService =
    std::function<Result<std::vector<Bytes>>(const Task& task, const nlohmann::json& question)>;

// Looks at all that a box gave, member by member; what it lets pass may go on.
using BoxCheck = std::function<Result<void>(const Task& task, Outcome& outcome)>;

// One process.
class Box {
 public:
  // Does not wait until it is ready. Fails with: unavailable (box_not_started).
  static Result<std::unique_ptr<Box>> start(const BoxProgram& program);
  // A copy of this one, which was started with kTemplateFlag and is ready. It is a child of the
  // calling process, as this one is. Fails with: unavailable (box_not_started).
  Result<std::unique_ptr<Box>> copy();
  ~Box();  // kills it
  Box(const Box&) = delete;
  Box& operator=(const Box&) = delete;

  // Fails as the box ended, or with: unavailable (box_not_ready) when it took too long;
  // invalid_config (box_not_ready) when it ended because its settings or resources are wrong, which
  // it has told on stderr.
  Result<void> wait_until_ready(const BoxTerms& terms);

  // The task is the same afterwards. The box's own failures pass as they are. Fails with, each
  // naming what was found: resource_limit (limit_job_cpu_ms, limit_answer_bytes), internal
  // (limit_job_ms: a machine that stood still looks the same, so it may be tried again;
  // box_crashed; box_forbidden_call; box_ended; box_nonsense). After any of these last ones, or
  // is_over(), the box is of no more use.
  Result<Outcome> run(Task& task, const BoxTerms& terms, const BoxService& service);

  // Alive and silent, as it must be between two tasks.
  [[nodiscard]] bool is_waiting() const;

  [[nodiscard]] bool is_over() const { return is_over_; }
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  Box(pid_t pid, int socket) : pid_(pid), socket_(socket) {}
  Result<BoxMessage> next_message(const BoxTerms& terms, const BoxDeadline& deadline);
  Result<Outcome> outcome_of(BoxMessage message);
  void give_cpu_time(std::chrono::milliseconds cpu) const;
  // Ends it if it has not, and says how it ended.
  Error how_it_ended();
  Error overdue(const char* limit, std::chrono::milliseconds value);
  int reap();

  pid_t pid_;
  int socket_;
  bool is_over_ = false;
};

// A handler whose work is done in boxes of `program`.
class BoxedHandler {
 public:
  BoxedHandler(BoxProgram program, BoxTerms terms, BoxCheck check, BoxService service = {});

  // Waits until there is a box for the next task, so that what is wrong is known before there is
  // one. Fails with: invalid_config (box_not_ready) when the settings, which each box reads anew,
  // or what it needs are wrong; as Box::wait_until_ready.
  Result<void> open();

  // Fails as Box::run; where there is no box, with what open() gives, but for wrong settings: no
  // task is at fault for them, so it is unavailable then.
  Result<Outcome> operator()(Task& task);

  // The process of the next task; -1 when there is none.
  [[nodiscard]] pid_t pid() const { return box_ ? box_->pid() : -1; }

 private:
  Result<void> ensure_box();
  Result<void> ensure_template();
  Result<void> start_box();

  BoxProgram program_;
  BoxTerms terms_;
  BoxCheck check_;
  BoxService service_;
  std::unique_ptr<Box> template_;
  int copies_made_ = 0;
  std::unique_ptr<Box> box_;
  bool is_ready_ = false;
  int jobs_done_ = 0;
};

}  // namespace postkamer::host
