// SPDX-License-Identifier: EUPL-1.2
#include "workers/extract/code_fields.h"

#include <algorithm>

namespace postkamer::workers {
namespace {

constexpr double kCodeRead = 0.9999;
constexpr double kSeenEmpty = 0.998;
// Dust and the remains of the box's own line stay below this; any sticker is far above.
constexpr double kEmptyInkShare = 0.01;

// What the form prints itself never counts as a sticker.
bool is_printed(const forms::FormPage& page, const Code& code) {
  return std::ranges::any_of(page.codes,
                             [&](const forms::PageCode& own) { return own.text == code.text; });
}

const Code* code_in(const Rect& box, const forms::FormPage& page, const std::vector<Code>& codes) {
  const auto found = std::ranges::find_if(codes, [&](const Code& code) {
    return box.contains(code.box.centre()) && !is_printed(page, code);
  });
  return found == codes.end() ? nullptr : &*found;
}

void fill(Reading& reading, const Code& code) {
  reading.value = code.text;
  reading.raw = code.text;
  reading.alternatives = {{code.text, kCodeRead}};
  reading.probability = kCodeRead;
  reading.method = Method::barcode;
  reading.box = code.box;
}

}  // namespace

void read_code_fields(const forms::Form& form, int number, const std::vector<Code>& codes,
                      const extract::Registration& registration, const InkShare& ink_share,
                      std::vector<Reading>& readings) {
  for (auto& reading : readings) {
    const forms::Field* field = forms::find_field(form, reading.field);
    if (field == nullptr || field->type != forms::FieldType::barcode || field->page != number)
      continue;
    reading.box = registration.mm_to_original.bounds(field->box);
    const Code* code =
        code_in(reading.box, form.pages.at(static_cast<std::size_t>(number) - 1), codes);
    if (code != nullptr)
      fill(reading, *code);
    else if (ink_share(field->box) < kEmptyInkShare)
      reading.probability = kSeenEmpty;
    else
      reading.findings.push_back({"field_unreadable", field->name, 0, Severity::doubt, ""});
  }
}

}  // namespace postkamer::workers
