// SPDX-License-Identifier: EUPL-1.2
//
// Signals as questions. SIGTERM and SIGINT: has somebody asked us to stop? SIGHUP: to read again
// what may change while we run?
#pragma once

namespace postkamer {

void catch_stop_signals();
bool stop_signal_came();

void catch_reload_signal();
bool reload_signal_came();  // since the last time it was asked

}  // namespace postkamer
