// SPDX-License-Identifier: EUPL-1.2
#include "workers/intake/decode_worker.h"

int main(int argc, char** argv) {
  return postkamer::host::worker_main(argc, argv, postkamer::workers::decode_worker());
}
