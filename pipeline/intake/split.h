// SPDX-License-Identifier: EUPL-1.2
//
// From a row of pages: which belong together.
#pragma once

#include <string>
#include <vector>

#include "pipeline/model/page.h"
#include "pipeline/model/separation.h"

namespace postkamer::intake {

// What splitting needs to know of one page, in scan order.
struct SplitPage {
  PageKind kind = PageKind::content;
  std::string form;    // as classified; empty = unknown
  int form_page = 0;   // 1-based; 0 = unknown
  int form_pages = 0;  // pages the form has; 0 = unknown
  unsigned marks = 0;  // of mark::; a content page has a sticker's only
};

struct SplitDocument {
  std::vector<int> pages;  // indices into the row given, ascending
  // "page_order", "page_missing", "page_foreign", "pages_uneven", "separation_disagrees",
  // "separator_half" (the other side of a separator sheet), "separator_missing"; severity doubt
  Findings findings;
};

// Splits a row of pages into documents; separators and blanks belong to none. Before each page the
// detectors vote:
//
//   a separator sheet, a sticker       decide: a document begins
//   an empty sheet, the Nth side       suggest that one begins ...
//   the forms' page numbers            ... or that one goes on, which counts more than a suggestion
//
// Where anything but the forms separates a row, what lies between is one document, annexes and
// wrongly ordered pages included; only where a form begins again, or another begins, a separator
// was missed, and the document is cut there with a finding. Where only the forms tell, page 1
// begins a document and known forms end after their last page; unknown pages in a row stay
// together. A suspicious join, and every disagreement, is a finding on all documents that it may
// concern, never a silent guess. Pure; every content page comes back in exactly one document.
std::vector<SplitDocument> split(const std::vector<SplitPage>& pages,
                                 const SeparationRules& rules = {});

}  // namespace postkamer::intake
