// SPDX-License-Identifier: EUPL-1.2
#pragma once

namespace postkamer {

// The command a person types: parses and hands over. Gives an exit status of exit_codes.h.
int command(int argc, char** argv);

}  // namespace postkamer
