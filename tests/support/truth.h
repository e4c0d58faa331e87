// SPDX-License-Identifier: EUPL-1.2
//
// What is true of a sample scan, written beside it as <name>.truth.json.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "pipeline/base/units.h"
#include "pipeline/model/geometry.h"
#include "tests/support/fill_form.h"

namespace postkamer::support {

struct TruthPage {
  int page_index = 0;  // 0-based in the file
  int form_page = 0;   // 1-based; 0 for a foreign page
  Degrees skew{};      // clockwise, before the quarter turn
  QuarterTurn turn = QuarterTurn::none;
  Transform mm_to_px;  // exact
};

struct TruthDocument {
  std::string form;  // empty for foreign post
  std::string version;
  std::vector<TruthPage> pages;
  std::map<std::string, Value> fields;
  bool handprint = false;
  std::vector<Expected> expected;
  std::map<std::string, std::vector<std::string>> facts;  // foreign post only
};

struct FileTruth {
  std::vector<TruthDocument> documents;
  std::vector<int> separators;  // page indices
  std::vector<int> blanks;      // page indices
  // Files that must be refused: the reasons that are right, joined by '|'.
  std::string reject;
};

std::string truth_json(const FileTruth& truth);

struct ManifestEntry {
  std::string file;
  std::string group;  // typed, handfont, letters, batches, broken
  std::string shows;
  std::size_t size = 0;
  std::string sha256;
};

std::string manifest_json(std::uint64_t seed, const std::vector<ManifestEntry>& entries);

}  // namespace postkamer::support
