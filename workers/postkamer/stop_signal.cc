// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/stop_signal.h"

#include <csignal>

namespace postkamer {
namespace {

// A signal handler can reach nothing else.
volatile std::sig_atomic_t came = 0;
volatile std::sig_atomic_t reload = 0;

}  // namespace

void catch_stop_signals() {
  struct sigaction action {};
  action.sa_handler = [](int) { came = 1; };
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
}

void catch_reload_signal() {
  struct sigaction action {};
  action.sa_handler = [](int) { reload = 1; };
  sigaction(SIGHUP, &action, nullptr);
}

bool reload_signal_came() {
  if (reload == 0) return false;
  reload = 0;
  return true;
}

bool stop_signal_came() { return came != 0; }

}  // namespace postkamer
