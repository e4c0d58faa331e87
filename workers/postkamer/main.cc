// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/process.h"
#include "workers/postkamer/command.h"

int main(int argc, char** argv) {
  postkamer::host::keep_memory_private();
  return postkamer::command(argc, argv);
}
