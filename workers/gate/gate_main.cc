// SPDX-License-Identifier: EUPL-1.2
#include "workers/gate/gate_program.h"

int main(int argc, char** argv) { return postkamer::gate::gate_program(argc, argv); }
