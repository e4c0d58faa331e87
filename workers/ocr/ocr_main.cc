// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/worker_main.h"

int main(int argc, char** argv) {
  return postkamer::host::worker_main(argc, argv, {{"ocr"}, "postkamer-box-ocr"});
}
