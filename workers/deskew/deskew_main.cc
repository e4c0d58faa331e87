// SPDX-License-Identifier: EUPL-1.2
#include "workers/deskew/deskew_handler.h"
#include "workers/host/worker_main.h"

int main(int argc, char** argv) {
  return postkamer::host::worker_main(argc, argv, {"deskew"}, postkamer::workers::deskew_handler);
}
