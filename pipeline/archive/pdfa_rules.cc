// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/archive/pdfa_rules.h"

#include <exception>

#include "pipeline/archive/pdfa_check.h"

#include <qpdf/Pl_Discard.hh>
#include <qpdf/QPDFWriter.hh>

namespace postkamer::archive {
namespace {

// Throws what qpdf throws.
void open(QPDF& pdf, ByteView file) {
  pdf.setSuppressWarnings(true);
  pdf.processMemoryFile("copy", reinterpret_cast<const char*>(file.data()), file.size());
}

// Every stream is decoded once; qpdf warns of each that cannot be.
void decode_everything(QPDF& pdf) {
  QPDFWriter writer(pdf);
  Pl_Discard nowhere;
  writer.setOutputPipeline(&nowhere);
  writer.setDecodeLevel(qpdf_dl_all);
  writer.setStreamDataMode(qpdf_s_uncompress);
  writer.write();
}

}  // namespace

std::string place_of(const QPDFObjectHandle& object) {
  return "object " + std::to_string(object.getObjectID());
}

std::string xmp_of(QPDF& pdf) {
  QPDFObjectHandle metadata = pdf.getRoot().getKey("/Metadata");
  if (!metadata.isStream()) return {};
  const auto buffer = metadata.getStreamData(qpdf_dl_generalized);
  return {reinterpret_cast<const char*>(buffer->getBuffer()), buffer->getSize()};
}

int part_claimed(std::string_view xmp) {
  constexpr std::string_view kTag = "<pdfaid:part>";
  const std::size_t at = xmp.find(kTag);
  if (at == std::string_view::npos || at + kTag.size() >= xmp.size()) return 0;
  const char digit = xmp[at + kTag.size()];
  const bool is_level_b =
      xmp.find("<pdfaid:conformance>B</pdfaid:conformance>") != std::string_view::npos;
  return is_level_b && digit >= '1' && digit <= '3' ? digit - '0' : 0;
}

std::vector<Breach> pdfa_breaches(ByteView file, Look look) {
  std::vector<Breach> breaches;
  try {
    QPDF pdf;
    open(pdf, file);
    const int claimed = part_claimed(xmp_of(pdf));
    PdfaCheck check{file, pdf, claimed == 0 ? 2 : claimed, 0, breaches};
    check.require(claimed != 0, "claims_pdfa", "XMP");
    check_file(check);
    check_objects(check);
    if (look == Look::everything) decode_everything(pdf);
    for (const QPDFExc& warning : pdf.getWarnings())
      check.require(false, "sound", "byte " + std::to_string(warning.getFilePosition()));
  } catch (const std::exception&) {  // a library's words may quote the document
    breaches.push_back({"opens", "file"});
  }
  return breaches;
}

std::optional<Pdfa> claimed_pdfa(ByteView file) {
  try {
    QPDF pdf;
    open(pdf, file);
    const int part = part_claimed(xmp_of(pdf));
    if (part != 0) return static_cast<Pdfa>(part - 1);
  } catch (const std::exception&) {  // what does not open claims nothing
  }
  return std::nullopt;
}

}  // namespace postkamer::archive
