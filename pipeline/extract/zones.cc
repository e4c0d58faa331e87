// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/zones.h"

#include <algorithm>
#include <utility>

#include <opencv2/core.hpp>

#include "pipeline/extract/engine_opinion.h"
#include "pipeline/extract/letters_prior.h"
#include "pipeline/extract/line_trust.h"
#include "pipeline/extract/same_hand.h"
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
  return read_text(page, field, readers);
}

// How a field is filled in.
enum class Kind {
  boxes,  // and signatures, codes
  comb,
  lines
};

Kind kind_of(const forms::Field& field) {
  switch (field.type) {
    case FieldType::checkbox:
    case FieldType::choice:
    case FieldType::choices:
    case FieldType::signature:
    case FieldType::barcode: return Kind::boxes;
    default: return field.cells.empty() ? Kind::lines : Kind::comb;
  }
}

bool may_hold_letters(FieldType type) {
  return holds_words(type) || type == FieldType::alphanumeric || type == FieldType::licence_plate ||
         type == FieldType::postcode;
}

constexpr std::string_view kLettersAndDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

using Fields = std::vector<const forms::Field*>;

// Combs by the number of their field on the page.
using Combs = std::vector<std::pair<std::size_t, CombReading>>;

// Whether a machine filled the page in, by how the combs' characters stand.
bool is_typed(const Combs& combs) {
  std::vector<bool> looks;
  for (const auto& [at, comb] : combs)
    if (written_cells(comb.inks) >= kLeastToTell) looks.push_back(comb.is_typed);
  return is_typed_page(looks);
}

// The page's combs: first the characters of all, which tell how the page was filled in, then what
// each says, since one hand wrote them.
void read_combs(ZonePage& page, const Fields& fields, const ZoneReaders& readers,
                std::vector<Reading>& readings) {
  Combs combs;
  for (std::size_t i = 0; i < fields.size(); ++i)
    if (kind_of(*fields[i]) == Kind::comb)
      combs.emplace_back(i, read_cells(page, *fields[i], readers));
  std::vector<HandCharacter> written;
  for (auto& [at, comb] : combs)
    for (std::size_t i = 0; i < comb.inks.size(); ++i)
      if (!comb.is_typed && !fields[at]->office && comb.inks[i].area > 0)
        written.push_back(
            {&comb.inks[i], &comb.reading.cells[i], has_check_digit(fields[at]->type)});
  compare_with_sure(written, readers.characters);
  page.is_typed = is_typed(combs);
  for (auto& [at, comb] : combs) {
    if (page.is_typed && may_hold_letters(fields[at]->type))
      hear_engine(comb.inks, kLettersAndDigits, readers.text, comb.reading.cells);
    if (!comb.is_typed && holds_words(fields[at]->type))
      weigh_letters(comb.reading.cells, readers.lines);
    readings[at] = concluded(std::move(comb), *fields[at]);
  }
}

Reading unreadable(const forms::Field& field) {
  Reading reading;
  reading.findings.push_back({"field_unreadable", field.name, 0, Severity::doubt, ""});
  return reading;
}

void read_fields(const ZonePage& page, Kind kind, const Fields& fields, const ZoneReaders& readers,
                 std::vector<Reading>& readings) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (kind_of(*fields[i]) != kind) continue;
    auto read = read_field(page, *fields[i], readers);
    readings[i] = read ? std::move(*read) : unreadable(*fields[i]);
  }
}

}  // namespace

bool holds_words(FieldType type) { return type == FieldType::capitals || type == FieldType::text; }

bool has_check_digit(FieldType type) {
  return type == FieldType::bsn || type == FieldType::rsin || type == FieldType::iban;
}

void check_print(double print_found, const forms::Field& field, Reading& reading) {
  if (print_found >= kLeastPrintFound) return;
  const bool is_told =
      std::any_of(reading.findings.begin(), reading.findings.end(),
                  [](const Finding& finding) { return finding.code == "field_print_missing"; });
  if (is_told) return;
  reading.findings.push_back({"field_print_missing", field.name, 0, Severity::doubt, ""});
}

Result<std::vector<Reading>> read_zones(const GrayImage& original, const Registration& registration,
                                        const BlankPage& blank, const Surroundings& surroundings,
                                        const forms::Form& form, int number,
                                        const ZoneReaders& readers) {
  ZonePage page{original, registration, blank, surroundings};
  Fields fields;
  for (const auto& field : form.fields)
    if (field.page == number) fields.push_back(&field);
  std::vector<Reading> readings(fields.size());
  try {
    read_combs(page, fields, readers, readings);
    read_fields(page, Kind::boxes, fields, readers, readings);
    read_fields(page, Kind::lines, fields, readers, readings);
  } catch (const cv::Exception& error) {
    return fail(ErrorCode::internal, "zones_failed",
                "while reading the fields of page " + std::to_string(number) + " of form " +
                    form.id + ": the picture library gave up at " + error.func);
  }
  for (std::size_t i = 0; i < fields.size(); ++i) {
    readings[i].field = fields[i]->name;
    readings[i].page = number;
    readings[i].box = registration.mm_to_original.bounds(fields[i]->box);
  }
  return readings;
}

}  // namespace postkamer::extract
