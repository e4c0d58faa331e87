// SPDX-License-Identifier: EUPL-1.2
#include "tests/support/broken_files.h"

// Asks qpdf for std::shared_ptr throughout.
#define POINTERHOLDER_TRANSITION 4
#include <qpdf/Buffer.hh>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFWriter.hh>

#include "tests/support/encode.h"

namespace postkamer::support {
namespace {

Bytes first_part(Bytes bytes, double share) {
  bytes.resize(static_cast<std::size_t>(static_cast<double>(bytes.size()) * share));
  return bytes;
}

Bytes bytes_from(std::string_view text) { return {text.begin(), text.end()}; }

// With a password that nobody knows. The ids are fixed, so the bytes are too; RC4 because the newer
// methods draw their salts at random.
Bytes encrypted(const Bytes& pdf) {
  QPDF document;
  document.processMemoryFile("page.pdf", reinterpret_cast<const char*>(pdf.data()), pdf.size());
  QPDFWriter writer(document);
  writer.setOutputMemory();
  writer.setStaticID(true);
  writer.setR3EncryptionParametersInsecure("geheim", "eigenaar", true, true, true, true, true, true,
                                           qpdf_r3p_full);
  writer.write();
  const auto buffer = writer.getBufferSharedPointer();
  return {buffer->getBuffer(), buffer->getBuffer() + buffer->getSize()};
}

// A header that promises a row of 40 000 pixels and holds next to nothing.
Bytes too_wide(Dpi dpi) {
  return tiff_file({cv::Mat(40, 40'000, CV_8UC1, cv::Scalar(255))}, Compression::g4, dpi);
}

Bytes pdf_without_pages() {
  return bytes_from(
      "%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages "
      "/Count 0 /Kids [ ] >>\nendobj\nxref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n"
      "0000000058 00000 n \ntrailer\n<< /Size 3 /Root 1 0 R >>\nstartxref\n110\n%%EOF\n");
}

}  // namespace

std::vector<BrokenFile> broken_files(const ScannedPage& page) {
  const Bytes tiff = tiff_file({page.picture}, Compression::g4, page.dpi);
  const Bytes pdf = pdf_file({pdf_jpeg(page.picture, 20, page.dpi)}, page.dpi);
  const Bytes jpeg = jpeg_file(page.picture, 10, page.dpi);
  constexpr const char* kCut = "scan_truncated|scan_damaged";
  std::vector<BrokenFile> files;
  files.push_back({"broken-01-empty.tif", "a file of no bytes", "scan_empty", {}});
  files.push_back(
      {"broken-02-cut.tif", "a TIFF of which the copy broke off", kCut, first_part(tiff, 0.6)});
  files.push_back(
      {"broken-03-cut.pdf", "a PDF of which the copy broke off", kCut, first_part(pdf, 0.1)});
  files.push_back(
      {"broken-04-cut.jpg", "a JPEG of which the copy broke off", kCut, first_part(jpeg, 0.1)});
  files.push_back({"broken-05-locked.pdf", "a PDF with a password", "scan_encrypted",
                   encrypted(pdf_file({pdf_g4(page.picture, page.dpi)}, page.dpi))});
  files.push_back({"broken-06-text.tif", "a text that calls itself a TIFF", "scan_not_an_image",
                   bytes_from("Beste collega,\n\nDe scan volgt morgen.\n")});
  files.push_back(
      {"broken-07-wide.tif", "40 000 pixels wide", "limit_side_pixels", too_wide(page.dpi)});
  files.push_back({"broken-08-web-page.pdf", "a web page that was saved as a PDF",
                   "scan_not_an_image",
                   bytes_from("<!DOCTYPE html>\n<html><head><title>Scan</title></head><body>"
                              "<p>Uw scan staat klaar.</p></body></html>\n")});
  files.push_back(
      {"broken-09-no-pages.pdf", "a PDF without pages", "scan_no_pages", pdf_without_pages()});
  files.push_back(
      {"broken-10-strip.tif", "9 000 by 20 pixels: no page of paper", "limit_side_ratio",
       tiff_file({cv::Mat(20, 9'000, CV_8UC1, cv::Scalar(255))}, Compression::lzw, page.dpi)});
  return files;
}

}  // namespace postkamer::support
