// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/archive/pdf_pictures.h"

#include <exception>

#define POINTERHOLDER_TRANSITION 4  // qpdf 11 with std::shared_ptr only
#include <qpdf/Buffer.hh>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>

namespace postkamer::archive {

Result<std::vector<std::string>> picture_hashes(ByteView file) {
  std::vector<std::string> hashes;
  try {
    QPDF pdf;
    pdf.setSuppressWarnings(true);
    pdf.processMemoryFile("copy", reinterpret_cast<const char*>(file.data()), file.size());
    for (auto& page : QPDFPageDocumentHelper(pdf).getAllPages()) {
      auto pictures = page.getImages();
      hashes.emplace_back();
      if (pictures.size() != 1) continue;
      const auto data = pictures.begin()->second.getRawStreamData();
      hashes.back() = sha256_hex({data->getBuffer(), data->getSize()});
    }
  } catch (const std::exception&) {  // a library's words may quote the document
    return fail(ErrorCode::invalid_document, "pdf_unreadable",
                "reading an archive copy: it is no PDF that opens; make it again");
  }
  return hashes;
}

}  // namespace postkamer::archive
