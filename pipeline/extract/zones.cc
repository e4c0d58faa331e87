// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/zones.h"

#include <algorithm>

#include <opencv2/core.hpp>

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
  if (!field.cells.empty()) return read_comb(page, field, readers.characters);
  return read_text(page, field, readers.text, readers.characters);
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
  const ZonePage page{original, registration, blank};
  std::vector<Reading> readings;
  try {
    for (const auto& field : form.fields) {
      if (field.page != number) continue;
      auto read = read_field(page, field, readers);
      Reading reading = read ? std::move(*read) : unreadable(field);
      reading.field = field.name;
      reading.page = number;
      reading.box = registration.mm_to_original.bounds(field.box);
      readings.push_back(std::move(reading));
    }
  } catch (const cv::Exception& error) {
    return fail(ErrorCode::internal, "zones_failed",
                "while reading the fields of page " + std::to_string(number) + " of form " +
                    form.id + ": the picture library gave up at " + error.func);
  }
  return readings;
}

}  // namespace postkamer::extract
