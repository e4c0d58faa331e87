// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/stop_signal.h"

#include <csignal>

namespace postkamer {
namespace {

// A signal handler can reach nothing else.
volatile std::sig_atomic_t came = 0;

}  // namespace

void catch_stop_signals() {
  struct sigaction action {};
  action.sa_handler = [](int) { came = 1; };
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
}

bool stop_signal_came() { return came != 0; }

}  // namespace postkamer
