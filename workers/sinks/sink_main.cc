// SPDX-License-Identifier: EUPL-1.2
#include "workers/sinks/sink_program.h"

int main(int argc, char** argv) { return postkamer::sinks::sink_program(argc, argv); }
