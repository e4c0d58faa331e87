// SPDX-License-Identifier: EUPL-1.2
//
// What other people's programs make of a PDF of ours: poppler's tools and libqpdf.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "pipeline/archive/document_pdf.h"
#include "pipeline/model/geometry.h"
#include "pipeline/model/image.h"

namespace postkamer::test {

archive::ArchiveResources resources();

// A gray picture with a gradient, a dark frame and a black corner block: no two turns look alike.
GrayImage test_picture(int width, int height, bool is_bilevel);

// What qpdf complains of when it reads every page and decodes every stream; empty = sound.
std::vector<std::string> qpdf_complaints(const Bytes& pdf);

struct FoundWord {
  std::string text;
  Rect box;  // points, page as shown, origin top-left
};

// The words pdftotext finds on the page (1-based), with their boxes.
std::vector<FoundWord> words_found(const Bytes& pdf, int page);

// The page (1-based) as pdftoppm shows it at `dpi`, gray.
GrayImage shown(const Bytes& pdf, int page, int dpi);

// The first picture in the document as pdfimages decodes it: gray, or three bytes a pixel, R G B.
cv::Mat first_picture(const Bytes& pdf);

// The share of pixels that differ by more than `tolerance`; 1 when the sizes differ.
double share_different(const cv::Mat& a, const cv::Mat& b, int tolerance);

}  // namespace postkamer::test
