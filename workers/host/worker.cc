// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/worker.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <exception>
#include <iostream>
#include <thread>

#include "workers/host/worker_io.h"

namespace postkamer::host {
namespace {

constexpr int kExitConfig = 78;
constexpr auto kSecondLook = std::chrono::seconds(1);

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

// A file that is being saved is half a file for a moment.
Result<void> prepared(const Prepare& prepare) {
  if (!prepare) return {};
  auto fit = prepare();
  if (fit || fit.error().code != ErrorCode::invalid_config) return {};
  std::this_thread::sleep_for(kSecondLook);
  fit = prepare();
  return fit || fit.error().code != ErrorCode::invalid_config ? Result<void>() : fit;
}

// Does tasks until it is time to leave. Fails when the settings are wrong.
Result<void> work(Desk& desk, const Handler& handler, const Prepare& prepare) {
  for (;;) {
    if (auto fit = prepared(prepare); !fit) {
      desk.close();
      return fit;
    }
    auto task = desk.wait_for_task();
    if (!task) return {};
    desk.hand_back(run_guarded(handler, *task));
  }
}

}  // namespace

int run_worker(const WorkerOptions& options, const Handler& handler, const Prepare& prepare) {
  const StopSignal stop;
  Desk desk;
  WorkerIo io(options, desk, stop.fd());
  if (const auto connected = io.connect(); !connected) {
    std::cerr << connected.error().message << '\n';
    return kExitConfig;
  }
  std::thread talking([&] { io.serve(); });
  const auto worked = work(desk, handler, prepare);
  talking.join();
  if (!worked) {
    std::cerr << worked.error().message
              << "; this worker has left and its work waits: mend that, and start it again\n";
    return kExitConfig;
  }
  if (io.refusal().empty()) return 0;
  std::cerr << "joining the broker at " << options.endpoint << ": " << io.refusal()
            << "; use programs of one release, or of two that follow each other\n";
  return kExitProtocol;
}

}  // namespace postkamer::host
