// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/worker.h"

#include <fcntl.h>
#include <malloc.h>
#include <omp.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <exception>
#include <iostream>
#include <thread>

#include <opencv2/core/utility.hpp>

#include "workers/host/worker_io.h"

namespace postkamer::host {
namespace {

// Pictures up to this many bytes are kept (the most that glibc takes), and so much of them.
constexpr int kKeptBlock = 32 << 20;
constexpr int kKeptMemory = 128 << 20;

// A signal handler can reach nothing but statics.
std::atomic<int> stop_pipe{-1};

void on_stop_signal(int) {
  const int saved = errno;
  const char byte = 1;
  [[maybe_unused]] const auto written = ::write(stop_pipe.load(), &byte, 1);
  errno = saved;
}

// Readable once SIGTERM or SIGINT came.
class StopSignal {
 public:
  StopSignal() {
    if (::pipe2(ends_.data(), O_CLOEXEC | O_NONBLOCK) != 0) ends_ = {-1, -1};
    stop_pipe = ends_[1];
    struct sigaction action {};
    action.sa_handler = on_stop_signal;
    action.sa_flags = SA_RESTART;
    ::sigaction(SIGTERM, &action, &old_term_);
    ::sigaction(SIGINT, &action, &old_int_);
  }
  ~StopSignal() {
    ::sigaction(SIGTERM, &old_term_, nullptr);
    ::sigaction(SIGINT, &old_int_, nullptr);
    stop_pipe = -1;
    for (const int end : ends_) ::close(end);
  }
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;
  [[nodiscard]] int fd() const { return ends_[0]; }

 private:
  std::array<int, 2> ends_{-1, -1};
  struct sigaction old_term_ {};
  struct sigaction old_int_ {};
};

// What was thrown is not repeated in the message: it may quote what was read.
Result<Outcome> run_guarded(const Handler& handler, Task& task) {
  try {
    return handler(task);
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::resource_limit, "worker_memory",
                "while doing " + task.kind + ": no memory left for it");
  } catch (const std::exception&) {
    return fail(ErrorCode::internal, "worker_exception",
                "while doing " + task.kind + ": the handler threw an exception");
  } catch (...) {
    return fail(ErrorCode::internal, "worker_exception",
                "while doing " + task.kind + ": the handler threw something");
  }
}

}  // namespace

void prepare_process() {
  // More workers, not more threads in each: a core is best used by one page.
  omp_set_max_active_levels(0);
  cv::setNumThreads(1);
  // Else every picture's memory goes back to the kernel, to be zeroed anew for the next: a third
  // of what it costs to straighten a page.
  mallopt(M_MMAP_THRESHOLD, kKeptBlock);
  mallopt(M_TRIM_THRESHOLD, kKeptMemory);
}

int run_worker(const WorkerOptions& options, const Handler& handler) {
  prepare_process();
  const StopSignal stop;
  Desk desk;
  try {
    WorkerIo io(options, desk, stop.fd());
    std::thread talking([&] { io.serve(); });
    while (auto task = desk.wait_for_task()) desk.hand_back(run_guarded(handler, *task));
    talking.join();
    if (!io.refusal().empty()) {
      std::cerr << "joining the broker at " << options.endpoint << ": " << io.refusal()
                << "; use programs of one release, or of two that follow each other\n";
      return kExitProtocol;
    }
  } catch (const zmq::error_t& error) {
    std::cerr << "connecting to " << options.endpoint << ": " << error.what() << '\n';
    return 1;
  }
  return 0;
}

}  // namespace postkamer::host
