// SPDX-License-Identifier: EUPL-1.2
//
// `postkamer separators print`: our own separator sheets, to lie before each document of a pile.
#pragma once

#include <filesystem>
#include <ostream>

#include "pipeline/model/separator_sheet.h"

namespace postkamer {

struct SeparatorOptions {
  SeparatorSheet sheet;
  int copies = 1;
  std::filesystem::path out_pdf;
};

// Writes a PDF of `copies` sheets of two sides, the same on both, because nobody looks which way a
// sheet lies. Gives an exit status of exit_codes.h.
int separators_print(const SeparatorOptions& options, std::ostream& err);

}  // namespace postkamer
