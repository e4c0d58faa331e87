// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/box_program.h"
#include "workers/intake/decode_handler.h"

int main(int argc, char** argv) {
  return postkamer::host::box_main(argc, argv, postkamer::workers::decode_handler);
}
