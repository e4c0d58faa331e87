// SPDX-License-Identifier: EUPL-1.2
#include "workers/deskew/deskew_handler.h"
#include "workers/host/box_program.h"

int main(int argc, char** argv) {
  return postkamer::host::box_main(argc, argv, [](const auto& settings, const auto&) {
    return postkamer::workers::deskew_handler(settings);
  });
}
