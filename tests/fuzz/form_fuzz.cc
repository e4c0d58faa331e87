// SPDX-License-Identifier: EUPL-1.2
//
// A form definition and a layout of another program: a form, or mistakes.
#include "pipeline/forms/layout.h"
#include "pipeline/forms/load.h"
#include "tests/fuzz/target.h"

using namespace postkamer;  // NOLINT: a target of a few lines

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text(data, size);
  if (const auto form = forms::load_form(text, "form.toml"); !form)
    fuzz::expect(!form.error().empty(), "a refused form names a mistake");
  if (const auto layout = forms::read_layout(text, "layout.json"); !layout)
    fuzz::expect(!layout.error().empty(), "a refused layout names a mistake");
  return 0;
}
