// SPDX-License-Identifier: EUPL-1.2
#pragma once

namespace postkamer::intake {

// `postkamer-intake --dir DIR --config FILE --inbox NAME`: the door of one inbox, until SIGTERM.
// Gives 0 after an orderly stop, 2 for a wrong command line, 78 when the settings are wrong.
int door_program(int argc, char** argv);

}  // namespace postkamer::intake
