// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/surroundings.h"

#include "pipeline/extract/ink_strength.h"
#include "pipeline/extract/registration_levels.h"

namespace postkamer::extract {
namespace {

// Where something is written on purpose: of a choice, each box by itself.
std::vector<Rect> written_boxes(const forms::Form& form, int number) {
  std::vector<Rect> boxes;
  for (const auto& field : form.fields) {
    if (field.page != number) continue;
    for (const auto& option : field.options) boxes.push_back(option.box);
    if (field.options.empty()) boxes.push_back(field.box);
  }
  return boxes;
}

}  // namespace

Surroundings surroundings_of(const GrayImage& original, const Registration& registration,
                             const PreparedBlank& blank, const PageInk& ink,
                             const forms::Form& form, int number) {
  return {ForeignInk(ink.stray, kPrintPpm, written_boxes(form, number)),
          print_darkness(original, registration, blank)};
}

}  // namespace postkamer::extract
