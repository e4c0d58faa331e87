// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/command.h"

int main(int argc, char** argv) { return postkamer::command(argc, argv); }
