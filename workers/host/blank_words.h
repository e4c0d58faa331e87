// SPDX-License-Identifier: EUPL-1.2
//
// The words of a blank that lies in the catalogue as a PDF, as pdftotext (a program of its own, GPL
// and therefore never linked) finds them.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "pipeline/base/error.h"
#include "pipeline/forms/print.h"

namespace postkamer::host {

// Of one page, in the PDF's reading order; boxes in mm.
using BlankWords = std::vector<forms::PrintedWord>;

// One list a page; a page that is only a picture has no words.
// Fails with: unavailable words_missing when pdftotext cannot be started or opened the PDF not.
Result<std::vector<BlankWords>> words_of_pdf(const std::filesystem::path& pdf);

// What `pdftotext -bbox` writes -> the words. Lines that are none of its words are skipped. Pure.
std::vector<BlankWords> parse_bbox(std::string_view html);

}  // namespace postkamer::host
