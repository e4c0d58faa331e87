// SPDX-License-Identifier: EUPL-1.2
#pragma once

namespace postkamer::sinks {

// The process of one sink: reads `--dir DIR --config FILE --sink NAME` and delivers until SIGTERM
// or SIGINT. Gives the exit status: 0 after an orderly stop, 2 for a wrong command line, 78
// (EX_CONFIG) when the settings are wrong, 74 (EX_IOERR) when what is held cannot be stored.
int sink_program(int argc, char** argv);

}  // namespace postkamer::sinks
