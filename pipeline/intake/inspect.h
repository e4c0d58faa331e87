// SPDX-License-Identifier: EUPL-1.2
//
// What a decoded page is: its codes, a separator, a blank back, or content. And from a row of such
// pages: which belong together.
#pragma once

#include <string>
#include <vector>

#include "pipeline/model/image.h"
#include "pipeline/model/page.h"

namespace postkamer::intake {

struct InspectOptions {
  // A code whose text starts with one of these makes its page a separator.
  std::vector<std::string> separator_prefixes{"PK-SEP|", "PATCHT"};
  // Below this share of ink a page is blank. 0.0005 of A4 is 31 mm2, half a signature; the empty
  // backs of simulated duplex batches have up to 0.0004, their emptiest content page 0.007.
  double blank_ink_share = 0.0005;
};

// Codes on the page (QR, Code 128, Code 39, DataMatrix; patch bars), found at any quarter turn.
// Never throws or aborts (see the .cc for zxing-cpp's ways). Deterministic.
std::vector<Code> find_codes(const GrayImage& page);

// Everything that decode knows of a page beside its picture.
DecodedPage inspect(const GrayImage& page, Picture original, int index,
                    const InspectOptions& options);

// What splitting needs to know of one page, in scan order.
struct SplitPage {
  PageKind kind = PageKind::content;
  std::string form;    // as classified; empty = unknown
  int form_page = 0;   // 1-based; 0 = unknown
  int form_pages = 0;  // pages the form has; 0 = unknown
};

struct SplitDocument {
  std::vector<int> pages;  // indices into the row given, ascending
  Findings findings;       // "page_order", "page_missing", "page_foreign", "separator_missing"
};

// Splits a row of pages into documents; blanks belong to none.
// A row with separators: what lies between two of them is one document, annexes and wrongly ordered
// pages included; only where a form begins again, or another begins, a separator was missed, and
// the document is cut there with a finding. A row without: a form's page 1 starts a new document
// and known forms end after their last page; unknown pages in a row stay together. A suspicious
// join is a finding, never a silent guess. Pure; every content page comes back in exactly one
// document.
std::vector<SplitDocument> split(const std::vector<SplitPage>& pages);

}  // namespace postkamer::intake
