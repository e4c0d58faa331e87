// SPDX-License-Identifier: EUPL-1.2
#include "workers/intake/door_program.h"

int main(int argc, char** argv) { return postkamer::intake::door_program(argc, argv); }
