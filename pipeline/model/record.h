// SPDX-License-Identifier: EUPL-1.2
//
// What a document has become: the thing that is published. No clock, no sequence number: those are
// added when the journal commits (publish/event.h).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pipeline/base/units.h"
#include "pipeline/model/finding.h"
#include "pipeline/model/page.h"
#include "pipeline/model/reading.h"

namespace postkamer {

enum class RecordStatus {
  ready,      // every field accepted or verified: goes out
  review,     // waits for a person
  rejected,   // a person or rule refused it
  withdrawn,  // was published, and a person took it back
};

std::string_view name_of(RecordStatus status);

// What is told of each page, and the means to find its paper and its place in the scan again.
struct RecordPage {
  std::string scan;            // id of the scan (file) it came from
  std::string file;            // base name of that file as it was taken in
  int index = 0;               // 0-based page in that scan
  std::string picture_sha256;  // of the archived picture's bytes
  int form_page = 0;           // 1-based page of the form; 0 = unknown
  Dpi dpi{300.0};
  Degrees skew;  // how the page lay, clockwise: the form's where it is registered, else what deskew
                 // took away
  QuarterTurn turn = QuarterTurn::none;
  std::vector<double>
      mm_to_px;  // 9 numbers, row-major, form mm to original px; empty = not registered
  PageQuality quality;
};

// How the values came to be: enough to do it again.
struct Provenance {
  std::string software;  // "postkamer 0.1.0"
  std::string ocr_engine;
  std::string handprint_model;  // sha256 of the model file
  std::string form_sha256;      // of the form definition
};

struct Record {
  std::string document;  // stable id, "PK-<batch>-<n>"
  std::string batch;
  std::string form;  // empty = unknown
  std::string form_version;
  double form_probability = 0.0;
  std::string date_of_receipt;  // ISO date; set by batch or separator sheet, never the scan time
  std::string batch_class;      // whose desk it is for, "bz"; empty = not told
  std::string case_number;      // of the separator sheet; empty = not told
  int revision = 1;
  RecordStatus status = RecordStatus::review;
  std::vector<FieldResult> fields;  // form order; for unknown documents what patterns found
  std::string full_text;            // unknown documents only
  Findings findings;                // of the document and its pages; fields carry their own
  std::vector<RecordPage> pages;
  Provenance provenance;
};

}  // namespace postkamer
