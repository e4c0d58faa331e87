// SPDX-License-Identifier: EUPL-1.2
//
// postkamer-gate --dir DIR [--config FILE]: the door for peers on other machines, when the settings
// have a [gate]. SIGHUP: the keys are read again.
#pragma once

namespace postkamer::gate {

// Gives the exit status of host::server_main.
int gate_program(int argc, char** argv);

}  // namespace postkamer::gate
