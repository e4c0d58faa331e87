// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/worker_main.h"
#include "workers/intake/decode_handler.h"

int main(int argc, char** argv) {
  return postkamer::host::worker_main(argc, argv, {"decode"}, postkamer::workers::decode_handler);
}
