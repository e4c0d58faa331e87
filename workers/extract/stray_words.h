// SPDX-License-Identifier: EUPL-1.2
//
// What was written or stamped beside the fields: its words, and that it is there.
#pragma once

#include <vector>

#include "pipeline/extract/page_ink.h"
#include "pipeline/extract/registration.h"
#include "pipeline/model/page.h"
#include "pipeline/ocr/recognise.h"

namespace postkamer::workers {

struct StrayWords {
  std::vector<Word> words;  // original px
  Findings findings;        // at most one
};

// Reads the spots, the largest stretch of paper that is read being a fifth of a page; what lies
// beyond is told, not read. The finding gives places in mm of the form, never what stands there:
// ink_outside_fields (a notice: a stamp of receipt stands on half of all post) or
// note_outside_fields (doubt) where it is as much as a few lines of writing.
// Fails with: internal when the engine does.
Result<StrayWords> read_stray(const GrayImage& upright, const extract::Registration& registration,
                              const std::vector<extract::InkSpot>& spots, ocr::Engine& engine);

}  // namespace postkamer::workers
