// SPDX-License-Identifier: EUPL-1.2
//
// What a PDF page paints, as far as it matters: nothing, one picture and nothing else, or anything
// that needs a renderer.
#pragma once

// qpdf's switch between its old and new smart pointers; unset, its headers warn.
#ifndef POINTERHOLDER_TRANSITION
#define POINTERHOLDER_TRANSITION 4
#endif

#include <optional>

#include <qpdf/QPDFMatrix.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <qpdf/QPDFPageObjectHelper.hh>

namespace postkamer::intake {

enum class PagePaints {
  nothing,
  one_picture,
  anything
};

struct PageContent {
  PagePaints paints = PagePaints::nothing;
  QPDFObjectHandle picture;   // image XObject; only with one_picture
  QPDFMatrix placement;       // unit square -> page points; only with one_picture
  bool fill_is_black = true;  // no fill colour was set before it: what an image mask paints with
};

// Reads the page's content stream and the form XObjects it calls. Invisible text (a scanner's own
// text layer) does not count; annotations other than links do. Throws what qpdf throws; the caller
// is the adapter that catches.
PageContent read_page_content(QPDFPageObjectHelper page);

}  // namespace postkamer::intake
