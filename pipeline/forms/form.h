// SPDX-License-Identifier: EUPL-1.2
//
// A form as data: what config/forms/<id>/<version>/form.toml says, checked and typed. Any stage may
// read it; only pipeline/forms makes it. All positions are millimetres on the printed page.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/model/geometry.h"

namespace postkamer::forms {

struct LocalText {
  std::string nl;
  std::string en;  // may be empty
  bool operator==(const LocalText&) const = default;
};

enum class FieldType {
  digits,
  number,
  capitals,
  alphanumeric,
  text,
  date,
  time,
  amount,
  bsn,
  rsin,
  kvk,
  iban,
  postcode,
  licence_plate,
  phone,
  email,
  checkbox,
  choice,
  choices,
  signature,
  barcode,
};

std::string_view name_of(FieldType type);
std::optional<FieldType> field_type_named(std::string_view name);
// All types, in the order of the enumeration.
std::span<const FieldType> field_types();

// When a person must look at the field, however sure the machine is.
enum class Verify {
  never,
  doubt,
  always,
  twice
};

std::string_view name_of(Verify verify);
std::optional<Verify> verify_named(std::string_view name);

struct Option {
  std::string value;  // what the record holds
  LocalText label;
  Rect box;  // the tick box itself; its label is printed to the right of it
  bool operator==(const Option&) const = default;
};

struct Field {
  std::string name;  // the component key of the digital twin
  LocalText label;
  FieldType type = FieldType::text;
  int page = 1;             // 1-based
  Rect box;                 // around all cells or lines; the tick box of a checkbox
  Rect label_box;           // where the label is printed; zero size: above the box, for a
                            // checkbox to the right of it
  std::vector<Rect> cells;  // comb: one rectangle a character; empty for free boxes. In an amount
                            // with a gap the cells after the last gap are the cents
  std::vector<Option> options;  // choice and choices
  int lines = 1;                // ruled lines of a text box
  bool required = false;
  bool office = false;  // filled in by the municipality, normally empty
  Verify verify = Verify::doubt;
  double max_error = 0.005;  // wanted bound on P(wrong) of a value that goes out unseen
  std::string pattern;       // RE2, for text types; empty = none
  std::string lexicon;       // name of a word list the value should come from; empty = none
  bool operator==(const Field&) const = default;
};

// Cross-field rules, one kind a struct member set; `kind` says which members count.
//   required_when: `field` must be filled when `when` has value `is`
//   sum:           the amounts of `fields` add up to `field`
//   date_order:    `fields` are dates, each not before the one in front of it
//   not_future:    the date `field` is not after the date of receipt
//   age_at_least:  the birth date `field` lies at least `number` years before the date of receipt
//   one_of:        at least one of `fields` is filled
//   different:     the values of `fields` differ
struct Rule {
  std::string code;  // finding code this rule gives, e.g. "total_mismatch"
  std::string kind;
  std::string field;
  std::vector<std::string> fields;
  std::string when;
  std::string is;  // for a checkbox: "true" or "false"
  double number = 0.0;
  LocalText message;  // sentence for the operator
  bool operator==(const Rule&) const = default;
};

struct PageCode {
  std::string symbology;  // "qr", "code128", "code39"
  std::string text;
  Rect box;
  bool operator==(const PageCode&) const = default;
};

// Print that is neither a field nor its label: headings, explanations, lines, logos. By kind:
//   heading  bold text in the house colour
//   text     plain text, wrapped at the width of the box; a line break in the text is kept
//   strong   the same in bold
//   line     a rule over the width of the box, as thick as the box is high
//   frame    a thin rectangle
//   office   a gray panel with its text as caption: filled in by the municipality
//   bar      a band in the house colour with its text in white
//   logo     the emblem of the organisation
struct Decoration {
  std::string kind;
  LocalText text;
  Rect box;
  double size_pt = 9.0;
  bool operator==(const Decoration&) const = default;
};

struct FormPage {
  int number = 1;  // 1-based
  double width = 210.0;
  double height = 297.0;
  std::vector<PageCode> codes;
  std::string title;  // words that identify the page
  Rect title_box;     // zero size: anywhere in the upper third
  std::string blank;  // picture file beside form.toml; empty = printed from the definition
  std::vector<Decoration> decorations;
  bool operator==(const FormPage&) const = default;
};

// The digital twin: where the same submission goes when it comes in digitally.
struct Twin {
  std::string form_name;  // generic JSON metadata form_name
  std::string form_id;    // uuid
  bool operator==(const Twin&) const = default;
};

struct Form {
  std::string id;       // "verhuisaangifte"
  std::string version;  // "2026-01"
  LocalText title;
  std::string organisation;
  std::vector<FormPage> pages;
  std::vector<Field> fields;
  std::vector<Rule> rules;
  Twin twin;
  std::string sha256;  // of the form.toml bytes
  bool operator==(const Form&) const = default;
};

// Letters of ASCII in lower case, all else as it is.
inline std::string lower_case(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

// Whether a field asks for a date of birth, by its name or Dutch label.
inline bool is_birth_date(const Field& field) {
  const std::string words = lower_case(field.name + " " + field.label.nl);
  return field.type == FieldType::date && (words.find("geboorte") != std::string::npos ||
                                           words.find("geboren") != std::string::npos);
}

// Nothing when there is no such field.
const Field* find_field(const Form& form, std::string_view name);

}  // namespace postkamer::forms
