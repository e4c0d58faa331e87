// SPDX-License-Identifier: EUPL-1.2
//
// The simulated municipal forms of the measuring data: their layouts as forms, their blanks, their
// pages with exact registration, and what was written on them. Only for benchmarks.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "pipeline/extract/registration.h"
#include "pipeline/forms/form.h"
#include "pipeline/model/reading.h"

namespace postkamer::bench {

struct TwinForm {
  forms::Form form;
  std::vector<extract::BlankPage> blanks;    // by page
  std::map<std::string, std::string> types;  // field -> type as the data names it
};

struct TwinPage {
  std::string file;
  int index = 0;
  int number = 1;  // page of the form
  Dpi dpi{300.0};
  extract::Registration registration;  // exact, from the simulation
};

struct TwinDocument {
  std::string id;
  std::string form;
  bool is_handprint = true;
  std::vector<TwinPage> pages;
  std::map<std::string, Value> values;         // by field; as written
  std::map<std::string, std::string> cells;    // combs: a character a cell
  std::map<std::string, std::string> blotted;  // field -> option that was blacked out
};

// Empty when `folder` has no such data.
std::map<std::string, TwinForm> load_twin_forms(const std::string& folder);

// Single documents only (batches left out); unknown forms left out.
std::vector<TwinDocument> load_twin_documents(const std::string& folder);

// The page's pixels; empty when the file cannot be opened.
GrayImage load_twin_page(const std::string& folder, const TwinPage& page);

// A value made comparable: case, spaces and signs that the field's type does not need taken away.
std::string comparable(const Value& value, forms::FieldType type);

// Least number of characters to change, add or leave out.
int edit_distance(const std::string& a, const std::string& b);

}  // namespace postkamer::bench
