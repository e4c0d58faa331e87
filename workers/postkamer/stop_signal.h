// SPDX-License-Identifier: EUPL-1.2
//
// SIGTERM and SIGINT as a question: has somebody asked us to stop?
#pragma once

namespace postkamer {

void catch_stop_signals();
bool stop_signal_came();

}  // namespace postkamer
