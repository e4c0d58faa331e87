// SPDX-License-Identifier: EUPL-1.2
#include "tests/unit/pipeline/archive/pdf_probe.h"

#define POINTERHOLDER_TRANSITION 4  // qpdf 11 with std::shared_ptr only
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <opencv2/core.hpp>
#include <qpdf/Pl_Discard.hh>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <qpdf/QPDFWriter.hh>
#include <regex>
#include <sstream>
#include <stdexcept>

namespace postkamer::test {
namespace {

namespace fs = std::filesystem;

Bytes file_bytes(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

// A folder of its own that goes when the test does.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "pdf-probe-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder for the test");
    path_ = name;
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] fs::path operator/(const char* name) const { return path_ / name; }

 private:
  fs::path path_;
};

// What `command IN OUT` writes to OUT when IN is the PDF.
std::string made_by(const std::string& command, const Bytes& pdf, const char* out) {
  const Folder folder;
  std::ofstream(folder / "in.pdf", std::ios::binary) << text_of(pdf);
  const std::string line = command + " " + (folder / "in.pdf").string() + " " +
                           (folder / "out").string() + " >/dev/null 2>&1";
  if (std::system(line.c_str()) != 0) throw std::runtime_error("failed: " + command);
  const Bytes bytes = file_bytes(folder / out);
  return std::string(text_of(bytes));
}

// Eight pixels a byte, 1 = black.
cv::Mat unpacked(std::istream& in, int width, int height) {
  cv::Mat pixels(height, width, CV_8UC1);
  std::string row(static_cast<std::size_t>((width + 7) / 8), '\0');
  for (int y = 0; y < height; ++y) {
    in.read(row.data(), static_cast<std::streamsize>(row.size()));
    for (int x = 0; x < width; ++x) {
      const bool is_black = (row[static_cast<std::size_t>(x / 8)] >> (7 - x % 8) & 1) != 0;
      pixels.at<std::uint8_t>(y, x) = is_black ? 0 : 255;
    }
  }
  return pixels;
}

// A binary PBM, PGM or PPM.
cv::Mat netpbm(const std::string& file) {
  std::istringstream in(file);
  std::string magic;
  int width = 0;
  int height = 0;
  int most = 0;
  in >> magic >> width >> height;
  if (magic != "P4") in >> most;
  in.get();
  if (magic == "P4") return unpacked(in, width, height);
  cv::Mat pixels(height, width, magic == "P6" ? CV_8UC3 : CV_8UC1);
  in.read(reinterpret_cast<char*>(pixels.data),
          static_cast<std::streamsize>(pixels.total() * pixels.elemSize()));
  return pixels;
}

}  // namespace

archive::ArchiveResources resources() {
  return {file_bytes("/usr/share/tesseract-ocr/5/tessdata/pdf.ttf"),
          file_bytes("/usr/share/color/icc/sRGB.icc")};
}

GrayImage test_picture(int width, int height, bool is_bilevel) {
  GrayImage image;
  image.is_bilevel = is_bilevel;
  image.pixels = cv::Mat(height, width, CV_8UC1);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const int gray = 120 + 100 * x / width + 30 * y / height;
      const bool is_frame = x < 5 || y < 5 || x >= width - 5 || y >= height - 5;
      const bool is_block = x < width / 4 && y < height / 3;
      const bool is_ink = is_frame || is_block || (x / 16 + y / 16) % 7 == 0;
      image.pixels.at<std::uint8_t>(y, x) = static_cast<std::uint8_t>(is_ink       ? 0
                                                                      : is_bilevel ? 255
                                                                                   : gray);
    }
  }
  return image;
}

std::vector<std::string> qpdf_complaints(const Bytes& pdf) {
  QPDF document;
  document.setSuppressWarnings(true);
  document.processMemoryFile("test", reinterpret_cast<const char*>(pdf.data()), pdf.size());
  QPDFWriter writer(document);
  Pl_Discard nowhere;
  writer.setOutputPipeline(&nowhere);
  writer.setDecodeLevel(qpdf_dl_all);
  writer.setStreamDataMode(qpdf_s_uncompress);
  writer.write();
  class Nothing : public QPDFObjectHandle::ParserCallbacks {
    void handleObject(QPDFObjectHandle, std::size_t, std::size_t) override {}
    void handleEOF() override {}
  } nothing;
  for (auto& page : QPDFPageDocumentHelper(document).getAllPages()) page.parseContents(&nothing);
  std::vector<std::string> complaints;
  for (const QPDFExc& warning : document.getWarnings()) complaints.emplace_back(warning.what());
  return complaints;
}

std::vector<FoundWord> words_found(const Bytes& pdf, int page) {
  const std::string number = std::to_string(page);
  const std::string html = made_by("pdftotext -bbox -f " + number + " -l " + number, pdf, "out");
  const std::regex row(
      R"re(<word xMin="([-0-9.]+)" yMin="([-0-9.]+)" xMax="([-0-9.]+)" yMax="([-0-9.]+)">(.*?)</word>)re");
  std::vector<FoundWord> words;
  for (auto at = std::sregex_iterator(html.begin(), html.end(), row); at != std::sregex_iterator();
       ++at) {
    const auto number_at = [&](std::size_t group) { return std::stod((*at)[group]); };
    words.push_back(
        {(*at)[5],
         {number_at(1), number_at(2), number_at(3) - number_at(1), number_at(4) - number_at(2)}});
  }
  return words;
}

GrayImage shown(const Bytes& pdf, int page, int dpi) {
  std::ostringstream command;
  command << "pdftoppm -singlefile -gray -aa no -f " << page << " -l " << page << " -r " << dpi;
  GrayImage image;
  image.pixels = netpbm(made_by(command.str(), pdf, "out.pgm"));
  image.dpi = {static_cast<double>(dpi)};
  return image;
}

cv::Mat first_picture(const Bytes& pdf) {
  const Folder folder;
  std::ofstream(folder / "in.pdf", std::ios::binary) << text_of(pdf);
  const std::string line = "pdfimages " + (folder / "in.pdf").string() + " " +
                           (folder / "out").string() + " >/dev/null 2>&1";
  if (std::system(line.c_str()) != 0) throw std::runtime_error("failed: pdfimages");
  for (const char* name : {"out-000.pbm", "out-000.pgm", "out-000.ppm"}) {
    if (fs::exists(folder / name)) {
      return netpbm(std::string(text_of(file_bytes(folder / name))));
    }
  }
  throw std::runtime_error("pdfimages found no picture");
}

double share_different(const cv::Mat& a, const cv::Mat& b, int tolerance) {
  if (a.size() != b.size() || a.type() != b.type()) return 1.0;
  cv::Mat difference;
  cv::absdiff(a, b, difference);
  const cv::Mat flat = difference.reshape(1);
  return cv::countNonZero(flat > tolerance) / static_cast<double>(flat.total());
}

}  // namespace postkamer::test
