// SPDX-License-Identifier: EUPL-1.2
//
// A settings file: settings, or mistakes that each have a place in the file.
#include "tests/fuzz/target.h"
#include "workers/host/settings.h"

using namespace postkamer;  // NOLINT: a target of a few lines

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto settings = host::parse_settings(fuzz::text(data, size), "/folder/postkamer.toml");
  if (settings) return 0;
  fuzz::expect(!settings.error().empty(), "a refusal names a mistake");
  for (const auto& mistake : settings.error())
    fuzz::expect(!forms::text_of(mistake).empty() && mistake.line >= 0, "a mistake has a place");
  return 0;
}
