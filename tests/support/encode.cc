// SPDX-License-Identifier: EUPL-1.2
#include "tests/support/encode.h"

#include <ZXing/BitMatrix.h>
#include <ZXing/MultiFormatWriter.h>
#include <fmt/format.h>
#include <png.h>
#include <tiffio.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace postkamer::support {
namespace {

[[noreturn]] void give_up(const char* what) {
  std::fprintf(stderr, "tests/support/encode: cannot write %s\n", what);
  std::abort();
}

// libtiff writes to this instead of a file.
struct Memory {
  Bytes bytes;
  std::size_t place = 0;
};

Memory& memory_of(thandle_t handle) { return *static_cast<Memory*>(handle); }

tmsize_t read_memory(thandle_t handle, void* to, tmsize_t size) {
  Memory& memory = memory_of(handle);
  const std::size_t left = memory.bytes.size() - std::min(memory.place, memory.bytes.size());
  const std::size_t count = std::min(left, static_cast<std::size_t>(size));
  std::memcpy(to, memory.bytes.data() + memory.place, count);
  memory.place += count;
  return static_cast<tmsize_t>(count);
}

tmsize_t write_memory(thandle_t handle, void* from, tmsize_t size) {
  Memory& memory = memory_of(handle);
  const std::size_t count = static_cast<std::size_t>(size);
  if (memory.bytes.size() < memory.place + count) memory.bytes.resize(memory.place + count);
  std::memcpy(memory.bytes.data() + memory.place, from, count);
  memory.place += count;
  return size;
}

toff_t seek_memory(thandle_t handle, toff_t offset, int whence) {
  Memory& memory = memory_of(handle);
  if (whence == SEEK_SET) memory.place = offset;
  if (whence == SEEK_CUR) memory.place += offset;
  if (whence == SEEK_END) memory.place = memory.bytes.size() + offset;
  return memory.place;
}

int close_memory(thandle_t /*handle*/) { return 0; }

toff_t size_of_memory(thandle_t handle) { return memory_of(handle).bytes.size(); }

std::uint16_t tiff_compression(Compression compression) {
  switch (compression) {
    case Compression::none: return COMPRESSION_NONE;
    case Compression::g3: return COMPRESSION_CCITTFAX3;
    case Compression::g4: return COMPRESSION_CCITTFAX4;
    case Compression::lzw: return COMPRESSION_LZW;
    case Compression::deflate: return COMPRESSION_ADOBE_DEFLATE;
    case Compression::packbits: return COMPRESSION_PACKBITS;
    case Compression::jpeg: return COMPRESSION_JPEG;
  }
  return COMPRESSION_NONE;
}

bool is_fax(Compression compression) {
  return compression == Compression::g3 || compression == Compression::g4;
}

// Eight pixels a byte; a set bit is ink.
Bytes packed_row(const cv::Mat& page, int y, bool ink_is_one) {
  Bytes row((static_cast<std::size_t>(page.cols) + 7) / 8, 0);
  for (int x = 0; x < page.cols; ++x) {
    const bool ink = page.at<std::uint8_t>(y, x) < 128;
    if (ink == ink_is_one) {
      row[static_cast<std::size_t>(x) / 8] |= static_cast<std::uint8_t>(0x80 >> (x % 8));
    }
  }
  return row;
}

void set_page_tags(TIFF* tiff, const cv::Mat& page, Compression compression, Dpi dpi) {
  const bool fax = is_fax(compression);
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, static_cast<std::uint32_t>(page.cols));
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, static_cast<std::uint32_t>(page.rows));
  TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, fax ? 1 : 8);
  TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, page.channels());
  TIFFSetField(tiff, TIFFTAG_COMPRESSION, tiff_compression(compression));
  TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC,
               page.channels() == 3 ? PHOTOMETRIC_RGB
               : fax                ? PHOTOMETRIC_MINISWHITE
                                    : PHOTOMETRIC_MINISBLACK);
  TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
  TIFFSetField(tiff, TIFFTAG_RESOLUTIONUNIT, RESUNIT_INCH);
  TIFFSetField(tiff, TIFFTAG_XRESOLUTION, dpi.value);
  TIFFSetField(tiff, TIFFTAG_YRESOLUTION, dpi.value);
  TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP,
               fax ? static_cast<std::uint32_t>(page.rows) : std::uint32_t{128});
  if (compression == Compression::lzw || compression == Compression::deflate) {
    TIFFSetField(tiff, TIFFTAG_PREDICTOR, PREDICTOR_HORIZONTAL);
  }
}

void write_page(TIFF* tiff, const cv::Mat& page, Compression compression, Dpi dpi) {
  set_page_tags(tiff, page, compression, dpi);
  for (int y = 0; y < page.rows; ++y) {
    Bytes row = is_fax(compression) ? packed_row(page, y, true)
                                    : Bytes(page.ptr(y), page.ptr(y) + page.cols * page.channels());
    if (TIFFWriteScanline(tiff, row.data(), static_cast<std::uint32_t>(y), 0) < 0) {
      give_up("TIFF row");
    }
  }
  if (TIFFWriteDirectory(tiff) == 0) give_up("TIFF page");
}

void append_png(png_structp png, png_bytep data, png_size_t size) {
  auto* bytes = static_cast<Bytes*>(png_get_io_ptr(png));
  bytes->insert(bytes->end(), data, data + size);
}

void flush_png(png_structp /*png*/) {}

// The bytes of the first strip as they lie in the file.
Bytes raw_strip(Bytes file) {
  Memory memory{std::move(file), 0};
  TIFF* tiff = TIFFClientOpen("memory", "rm", &memory, read_memory, write_memory, seek_memory,
                              close_memory, size_of_memory, nullptr, nullptr);
  if (tiff == nullptr) give_up("G4 strip");
  Bytes strip(static_cast<std::size_t>(TIFFRawStripSize(tiff, 0)));
  TIFFReadRawStrip(tiff, 0, strip.data(), static_cast<tmsize_t>(strip.size()));
  TIFFClose(tiff);
  return strip;
}

}  // namespace

Bytes tiff_file(const std::vector<cv::Mat>& pages, Compression compression, Dpi dpi) {
  Memory memory;
  TIFF* tiff = TIFFClientOpen("memory", "w", &memory, read_memory, write_memory, seek_memory,
                              close_memory, size_of_memory, nullptr, nullptr);
  if (tiff == nullptr) give_up("TIFF");
  for (const cv::Mat& page : pages) write_page(tiff, page, compression, dpi);
  TIFFClose(tiff);
  return std::move(memory.bytes);
}

Bytes png_file(const cv::Mat& page, int bits, Dpi dpi) {
  Bytes bytes;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png == nullptr ? nullptr : png_create_info_struct(png);
  if (info == nullptr || setjmp(png_jmpbuf(png)) != 0) give_up("PNG");
  png_set_write_fn(png, &bytes, append_png, flush_png);
  png_set_compression_level(png, 9);
  png_set_IHDR(png, info, static_cast<png_uint_32>(page.cols), static_cast<png_uint_32>(page.rows),
               bits, page.channels() == 3 ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_GRAY,
               PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  const auto per_metre = static_cast<png_uint_32>(dpi.value / kMillimetresPerInch * 1000 + 0.5);
  png_set_pHYs(png, info, per_metre, per_metre, PNG_RESOLUTION_METER);
  png_write_info(png, info);
  for (int y = 0; y < page.rows; ++y) {
    if (bits == 1) {
      png_write_row(png, packed_row(page, y, false).data());
    } else {
      png_write_row(png, page.ptr(y));
    }
  }
  png_write_end(png, nullptr);
  png_destroy_write_struct(&png, &info);
  return bytes;
}

PdfPicture pdf_jpeg(const cv::Mat& page, int quality, Dpi dpi) {
  return {jpeg_file(page, quality, dpi), true, page.channels(), page.cols, page.rows};
}

PdfPicture pdf_g4(const cv::Mat& page, Dpi dpi) {
  return {raw_strip(tiff_file({page}, Compression::g4, dpi)), false, 1, page.cols, page.rows};
}

namespace {

std::string picture_dictionary(const PdfPicture& picture) {
  if (picture.is_jpeg) {
    return fmt::format(
        "<< /Type /XObject /Subtype /Image /Width {} /Height {} /BitsPerComponent 8 "
        "/ColorSpace /Device{} /Filter /DCTDecode /Length {} >>",
        picture.width, picture.height, picture.channels == 3 ? "RGB" : "Gray", picture.data.size());
  }
  return fmt::format(
      "<< /Type /XObject /Subtype /Image /Width {0} /Height {1} /BitsPerComponent 1 "
      "/ColorSpace /DeviceGray /Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns {0} "
      "/Rows {1} >> /Length {2} >>",
      picture.width, picture.height, picture.data.size());
}

// Collects numbered objects and remembers where they begin.
class PdfText {
 public:
  void object(const std::string& body) {
    open();
    bytes_ += body + "\nendobj\n";
  }
  void stream(const std::string& dictionary, std::string_view data) {
    open();
    bytes_ += dictionary + "\nstream\n";
    bytes_ += data;
    bytes_ += "\nendstream\nendobj\n";
  }
  Bytes finish() {
    const std::size_t table = bytes_.size();
    bytes_ += fmt::format("xref\n0 {}\n0000000000 65535 f \n", starts_.size() + 1);
    for (const std::size_t start : starts_) bytes_ += fmt::format("{:010} 00000 n \n", start);
    bytes_ += fmt::format("trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{}\n%%EOF\n",
                          starts_.size() + 1, table);
    return {bytes_.begin(), bytes_.end()};
  }

 private:
  void open() {
    starts_.push_back(bytes_.size());
    bytes_ += fmt::format("{} 0 obj\n", starts_.size());
  }
  std::string bytes_ = "%PDF-1.4\n%\xE2\xE3\xCF\xD3\n";
  std::vector<std::size_t> starts_;
};

}  // namespace

Bytes pdf_file(const std::vector<PdfPicture>& pages, Dpi dpi) {
  // Objects: 1 catalogue, 2 page tree, then page, content and picture for each page.
  PdfText pdf;
  pdf.object("<< /Type /Catalog /Pages 2 0 R >>");
  std::string kids;
  for (std::size_t i = 0; i < pages.size(); ++i) kids += fmt::format("{} 0 R ", 3 + 3 * i);
  pdf.object(fmt::format("<< /Type /Pages /Count {} /Kids [ {}] >>", pages.size(), kids));
  for (std::size_t i = 0; i < pages.size(); ++i) {
    const PdfPicture& picture = pages[i];
    const double width = picture.width * 72.0 / dpi.value;
    const double height = picture.height * 72.0 / dpi.value;
    pdf.object(
        fmt::format("<< /Type /Page /Parent 2 0 R /MediaBox [ 0 0 {:.3f} {:.3f} ] "
                    "/Resources << /XObject << /Im0 {} 0 R >> >> /Contents {} 0 R >>",
                    width, height, 5 + 3 * i, 4 + 3 * i));
    const std::string content = fmt::format("q {:.3f} 0 0 {:.3f} 0 0 cm /Im0 Do Q", width, height);
    pdf.stream(fmt::format("<< /Length {} >>", content.size()), content);
    pdf.stream(picture_dictionary(picture), text_of(picture.data));
  }
  return pdf.finish();
}

cv::Mat qr_code(const std::string& text, int module_px) {
  ZXing::MultiFormatWriter writer(ZXing::BarcodeFormat::QRCode);
  const ZXing::BitMatrix matrix =
      writer.setMargin(4).encode(std::wstring(text.begin(), text.end()), 0, 0);
  cv::Mat out(matrix.height() * module_px, matrix.width() * module_px, CV_8UC1, cv::Scalar(255));
  for (int y = 0; y < out.rows; ++y) {
    for (int x = 0; x < out.cols; ++x) {
      if (matrix.get(x / module_px, y / module_px)) out.at<std::uint8_t>(y, x) = 0;
    }
  }
  return out;
}

}  // namespace postkamer::support
