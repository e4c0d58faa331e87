// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/box_program.h"
#include "workers/ocr/ocr_handler.h"

int main(int argc, char** argv) {
  return postkamer::host::box_main(argc, argv, [](const auto& settings, const auto&) {
    return postkamer::workers::ocr_handler(settings);
  });
}
