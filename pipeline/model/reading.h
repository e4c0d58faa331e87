// SPDX-License-Identifier: EUPL-1.2
//
// What the machine saw in one field, before and after the rules had their say.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "pipeline/model/finding.h"
#include "pipeline/model/geometry.h"
#include "pipeline/model/page.h"

namespace postkamer {

// A field's value: nothing (left empty), yes or no, text in canonical form, or several option
// values.
//   date "2026-11-23"; amount "1234.56"; bsn "123456782"; postcode "1234 AB"; licence plate
//   "AB-12-CD"; phone "+31612345678"; choice: option value; choices: option values in form order.
using Value = std::variant<std::monostate, bool, std::string, std::vector<std::string>>;

struct Alternative {
  std::string text;
  double probability = 0.0;  // 0..1
};

// One character cell: candidates best first. An empty cell has `empty_probability` near 1.
struct CharacterCell {
  std::vector<Alternative> candidates;  // text is one character, UTF-8; probabilities sum to <= 1
  double empty_probability = 0.0;
};

enum class Method {
  none,
  printed_text,
  handprint,
  mark,
  signature,
  barcode,
  keyword,
  person
};

std::string_view name_of(Method method);

// Straight from the zone: no rule applied yet.
struct Reading {
  std::string field;
  int page = 1;                           // 1-based page of the form
  Value value;                            // best reading, still raw (as written) for text types
  std::string raw;                        // what was seen, character by character
  std::vector<Alternative> alternatives;  // whole-field alternatives, best first, the best included
  std::vector<CharacterCell> cells;       // for combs and handprint: the lattice; may be empty
  double probability = 0.0;               // that `value` is what is on the paper, 0..1
  Method method = Method::none;
  Rect box;  // original px
  Findings findings;
  // What was written, word by word, for the page's text layer; original px. Printed text only, and
  // only within one process: in messages the page's words hold them.
  std::vector<Word> words;
};

// After the rules: what goes into the record.
struct FieldResult {
  std::string field;
  int page = 1;
  Value value;  // canonical
  std::string raw;
  std::vector<Alternative> alternatives;  // canonical texts
  double probability = 0.0;               // that `value` is right, rules taken into account
  Method method = Method::none;
  Rect box;                 // original px
  bool accepted = false;    // may go out unseen
  std::string verified_by;  // "" = nobody yet
  Findings findings;
};

}  // namespace postkamer
