// SPDX-License-Identifier: EUPL-1.2
//
// What the parts of the PDF/A check share. Internal to this folder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pipeline/archive/pdfa_rules.h"

#define POINTERHOLDER_TRANSITION 4  // qpdf 11 with std::shared_ptr only
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFObjectHandle.hh>

namespace postkamer::archive {

struct PdfaCheck {
  ByteView file;
  QPDF& pdf;
  int part = 2;              // 1, 2 or 3
  int profile_channels = 0;  // of the output intent; 0 = none
  std::vector<Breach>& breaches;

  void require(bool kept, std::string_view rule, std::string where) const {
    if (!kept) breaches.push_back({std::string(rule), std::move(where)});
  }
};

// "object 12".
std::string place_of(const QPDFObjectHandle& object);

// The text of the document's XMP packet; empty when there is none.
std::string xmp_of(QPDF& pdf);

// The part that the packet claims; 0 = none.
int part_claimed(std::string_view xmp);

// pdfa_file.cc: bytes, trailer, catalogue, XMP, output intent. Sets profile_channels.
void check_file(PdfaCheck& check);
// pdfa_objects.cc: every object of the file.
void check_objects(const PdfaCheck& check);

}  // namespace postkamer::archive
