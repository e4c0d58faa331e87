// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/zones.h"

#include <algorithm>

#include <opencv2/core.hpp>

#include "pipeline/extract/line_trust.h"
#include "pipeline/extract/zone_readers.h"

namespace postkamer::extract {
namespace {

using forms::FieldType;

// Codes are read with the page; here the field only gets its place.
Reading left_to_the_code_reader() { return {}; }

Result<Reading> read_field(const ZonePage& page, const forms::Field& field,
                           const ZoneReaders& readers) {
  switch (field.type) {
    case FieldType::checkbox:
    case FieldType::choice:
    case FieldType::choices: return read_marks(page, field, readers.marks);
    case FieldType::signature: return read_signature(page, field, readers.signatures);
    case FieldType::barcode: return left_to_the_code_reader();
    default: break;
  }
  if (!field.cells.empty()) return read_comb(page, field, readers);
  return read_text(page, field, readers);
}

bool is_lines(const forms::Field& field) {
  switch (field.type) {
    case FieldType::checkbox:
    case FieldType::choice:
    case FieldType::choices:
    case FieldType::signature:
    case FieldType::barcode: return false;
    default: return field.cells.empty();
  }
}

Reading unreadable(const forms::Field& field) {
  Reading reading;
  reading.findings.push_back({"field_unreadable", field.name, 0, Severity::doubt, ""});
  return reading;
}

}  // namespace

void check_print(double print_found, const forms::Field& field, Reading& reading) {
  if (print_found >= kLeastPrintFound) return;
  const bool is_told =
      std::any_of(reading.findings.begin(), reading.findings.end(),
                  [](const Finding& finding) { return finding.code == "field_print_missing"; });
  if (is_told) return;
  reading.findings.push_back({"field_print_missing", field.name, 0, Severity::doubt, ""});
}

Result<std::vector<Reading>> read_zones(const GrayImage& original, const Registration& registration,
                                        const BlankPage& blank, const forms::Form& form, int number,
                                        const ZoneReaders& readers) {
  ZonePage page{original, registration, blank};
  std::vector<const forms::Field*> fields;
  for (const auto& field : form.fields)
    if (field.page == number) fields.push_back(&field);
  std::vector<Reading> readings(fields.size());
  try {
    // Lines last: the combs tell what they are written with.
    for (const bool are_lines : {false, true}) {
      if (are_lines) page.is_typed = is_typed_page(readings);
      for (std::size_t i = 0; i < fields.size(); ++i) {
        const forms::Field& field = *fields[i];
        if (is_lines(field) != are_lines) continue;
        auto read = read_field(page, field, readers);
        readings[i] = read ? std::move(*read) : unreadable(field);
        readings[i].field = field.name;
        readings[i].page = number;
        readings[i].box = registration.mm_to_original.bounds(field.box);
      }
    }
  } catch (const cv::Exception& error) {
    return fail(ErrorCode::internal, "zones_failed",
                "while reading the fields of page " + std::to_string(number) + " of form " +
                    form.id + ": the picture library gave up at " + error.func);
  }
  return readings;
}

}  // namespace postkamer::extract
