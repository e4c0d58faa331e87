// SPDX-License-Identifier: EUPL-1.2
#include "tests/unit/pipeline/publish/sample_records.h"

#include <array>
#include <random>

namespace postkamer::test {
namespace {

using forms::Field;
using forms::FieldType;

constexpr std::array kTypes{FieldType::digits,       FieldType::number,        FieldType::capitals,
                            FieldType::alphanumeric, FieldType::text,          FieldType::date,
                            FieldType::time,         FieldType::amount,        FieldType::bsn,
                            FieldType::rsin,         FieldType::kvk,           FieldType::iban,
                            FieldType::postcode,     FieldType::licence_plate, FieldType::phone,
                            FieldType::email,        FieldType::checkbox,      FieldType::choice,
                            FieldType::choices,      FieldType::signature,     FieldType::barcode};

constexpr std::array kNames{
    "digits", "number", "capitals", "alphanumeric", "text",    "date",      "time",
    "amount", "bsn",    "rsin",     "kvk",          "iban",    "postcode",  "licencePlate",
    "phone",  "email",  "checkbox", "choice",       "choices", "signature", "barcode"};

const std::array<Value, kNames.size()> kValues{Value{"007"},
                                               Value{"12"},
                                               Value{"JANSEN"},
                                               Value{"Z02-39849384"},
                                               Value{"Kerkstraat"},
                                               Value{"2026-03-21"},
                                               Value{"14:30"},
                                               Value{"1234.50"},
                                               Value{"999990342"},
                                               Value{"001509962"},
                                               Value{"12345678"},
                                               Value{"NL91ABNA0417164300"},
                                               Value{"2611 DC"},
                                               Value{"AB-12-CD"},
                                               Value{"+31612345678"},
                                               Value{"a.jansen@voorbeeld.example"},
                                               Value{true},
                                               Value{"eigenaar"},
                                               Value{std::vector<std::string>{"auto", "fiets"}},
                                               Value{true},
                                               Value{"300"}};

std::vector<forms::Option> options(std::initializer_list<const char*> values) {
  std::vector<forms::Option> result;
  for (const char* value : values) result.push_back({value, {value, ""}, {}});
  return result;
}

FieldResult result(const std::string& name, Value value) {
  FieldResult field;
  field.field = name;
  field.value = std::move(value);
  field.raw = "ruw";
  field.probability = 0.9975;
  field.method = Method::printed_text;
  field.box = {100, 200.5, 300, 40};
  field.accepted = true;
  return field;
}

RecordPage page() {
  RecordPage page;
  page.scan = "scan-0001";
  page.file = "post_20260323.pdf";
  page.index = 2;
  page.picture_sha256 = std::string(64, 'a');
  page.form_page = 1;
  page.skew = {-0.25};
  page.turn = QuarterTurn::half;
  page.mm_to_px = {11.811, 0, 12, 0, 11.811, -4, 0, 0, 1};
  page.quality = {300, 0.75, 0.875, 0.001, 1};
  return page;
}

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  int below(int bound) { return static_cast<int>(engine_() % static_cast<unsigned>(bound)); }
  double number() { return static_cast<double>(engine_()) / 7.0e8 - 1.5; }
  std::string text() {
    constexpr std::array kPieces{"a",  "Z",  "0", " ",  "é", "ğ", "\"",
                                 "\\", "\n", "€", "\t", "𐍈", "/"};
    std::string made;
    for (int left = below(9); left > 0; --left) made += kPieces[engine_() % kPieces.size()];
    return made;
  }
  Value value() {
    switch (below(4)) {
      case 0: return {};
      case 1: return below(2) == 1;
      case 2: return text();
      default: break;
    }
    std::vector<std::string> list;
    for (int left = below(4); left > 0; --left) list.push_back(text());
    return list;
  }
  Findings findings() {
    Findings made;
    for (int left = below(3); left > 0; --left) {
      made.push_back(
          {text(), text(), below(4), below(2) == 1 ? Severity::notice : Severity::doubt, text()});
    }
    return made;
  }
  FieldResult field(int number) {
    FieldResult made{text() + std::to_string(number),
                     below(5),
                     value(),
                     text(),
                     {},
                     this->number(),
                     static_cast<Method>(below(8)),
                     {this->number(), this->number(), this->number(), this->number()},
                     below(2) == 1,
                     text(),
                     findings()};
    for (int left = below(4); left > 0; --left) {
      made.alternatives.push_back({text(), this->number()});
    }
    return made;
  }
  RecordPage page() {
    RecordPage made{text(),     text(),
                    below(9),   text(),
                    below(4),   {number()},
                    {number()}, static_cast<QuarterTurn>(below(4)),
                    {},         {number(), number(), number(), number(), below(5)}};
    for (int left = below(2) * 9; left > 0; --left) made.mm_to_px.push_back(number());
    return made;
  }

 private:
  std::mt19937 engine_;
};

}  // namespace

forms::Form every_type_form() {
  forms::Form form;
  form.id = "proefformulier";
  form.version = "2026-01";
  form.title = {"Proefformulier", "Test form"};
  form.twin = {"Proef", "11111111-2222-3333-4444-555555555555"};
  for (std::size_t i = 0; i < kTypes.size(); ++i) {
    Field field;
    field.name = kNames[i];
    field.label = {std::string("Vraag ") + kNames[i], ""};
    field.type = kTypes[i];
    if (field.type == FieldType::choice) field.options = options({"eigenaar", "huurder"});
    if (field.type == FieldType::choices) field.options = options({"auto", "motor", "fiets"});
    form.fields.push_back(std::move(field));
  }
  return form;
}

Record filled_record() {
  Record record;
  record.document = "PK-2026w13-0007";
  record.batch = "2026w13";
  record.form = "proefformulier";
  record.form_version = "2026-01";
  record.form_probability = 0.999;
  record.date_of_receipt = "2026-03-23";
  record.status = RecordStatus::review;
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    record.fields.push_back(result(kNames[i], kValues[i]));
  }
  FieldResult& bsn = record.fields[8];
  bsn.accepted = false;
  bsn.probability = 0.61;
  bsn.method = Method::handprint;
  bsn.alternatives = {{"999990342", 0.61}, {"999990842", 0.22}};
  bsn.findings = {{"bsn_invalid", "bsn", 1, Severity::doubt, "11-proef rest 4"}};
  record.fields[4].verified_by = "medewerker-12";
  record.findings = {{"resolution_guessed", "", 1, Severity::notice, "300 dpi"}};
  record.pages = {page()};
  record.provenance = {"postkamer 0.1.0", "tesseract 5.3.0 nld", std::string(64, 'b'),
                       std::string(64, 'c')};
  return record;
}

Record unknown_record() {
  Record record;
  record.document = "PK-2026w13-0008";
  record.batch = "2026w13";
  record.date_of_receipt = "2026-03-23";
  FieldResult iban = result("iban", "NL91ABNA0417164300");
  iban.method = Method::keyword;
  record.fields = {iban, result("date", "2026-03-01"), result("date_2", "2026-03-05")};
  record.full_text = "Geachte gemeente,\nhierbij mijn rekeningnummer.";
  record.pages = {page()};
  record.pages.front().form_page = 0;
  record.pages.front().mm_to_px.clear();
  return record;
}

Record random_record(unsigned seed) {
  Random random(seed);
  Record record;
  record.document = "PK-" + std::to_string(seed);
  record.batch = random.text();
  if (random.below(2) == 1) {
    record.form = "f" + random.text();
    record.form_version = random.text();
    record.form_probability = random.number();
  }
  record.date_of_receipt = random.text();
  record.revision = 1 + random.below(5);
  record.status = static_cast<RecordStatus>(random.below(3));
  for (int i = random.below(6); i > 0; --i) record.fields.push_back(random.field(i));
  record.full_text = random.text();
  record.findings = random.findings();
  for (int i = random.below(3); i > 0; --i) record.pages.push_back(random.page());
  record.provenance = {random.text(), random.text(), random.text(), random.text()};
  return record;
}

}  // namespace postkamer::test
