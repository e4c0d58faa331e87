// SPDX-License-Identifier: EUPL-1.2
#include "tests/faults/bombs.h"

#include <libdeflate.h>

#include <array>
#include <cstring>
#include <memory>
#include <string_view>

#include "tests/unit/pipeline/intake/drawn.h"

namespace postkamer::faults {
namespace {

using intake::drawn::Pdf;

template <class T>
void put(Bytes& bytes, T value) {
  const auto* begin = reinterpret_cast<const std::uint8_t*>(&value);
  bytes.insert(bytes.end(), begin, begin + sizeof value);
}

void put_big(Bytes& bytes, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8)
    bytes.push_back(static_cast<std::uint8_t>(value >> shift));
}

Bytes zlib_of(const Bytes& plain) {
  const std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)> packer(
      libdeflate_alloc_compressor(6), libdeflate_free_compressor);
  Bytes packed(libdeflate_zlib_compress_bound(packer.get(), plain.size()));
  packed.resize(libdeflate_zlib_compress(packer.get(), plain.data(), plain.size(), packed.data(),
                                         packed.size()));
  return packed;
}

void put_chunk(Bytes& file, std::string_view type, const Bytes& data) {
  put_big(file, static_cast<std::uint32_t>(data.size()));
  Bytes body(type.begin(), type.end());
  body.insert(body.end(), data.begin(), data.end());
  file.insert(file.end(), body.begin(), body.end());
  put_big(file, libdeflate_crc32(0, body.data(), body.size()));
}

// A PNG of one colour whose picture data are `rows` rows, however many its header promises.
Bytes png(std::uint32_t side, std::uint8_t bits, std::uint8_t kind, std::size_t rows) {
  const std::size_t samples = kind == 2 ? 3 : 1;
  const std::size_t row = 1 + (side * samples * bits + 7) / 8;
  Bytes file{0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  Bytes head;
  put_big(head, side);
  put_big(head, side);
  head.insert(head.end(), {bits, kind, 0, 0, 0});
  put_chunk(file, "IHDR", head);
  put_chunk(file, "IDAT", zlib_of(Bytes(row * rows)));
  put_chunk(file, "IEND", {});
  return file;
}

struct Tag {
  std::uint16_t number;
  std::uint16_t type;  // 3 SHORT, 4 LONG
  std::uint32_t count;
  std::uint32_t value;
};

void put_directory(Bytes& file, const std::vector<Tag>& tags, std::uint32_t next) {
  put(file, static_cast<std::uint16_t>(tags.size()));
  for (const Tag& tag : tags) {
    put(file, tag.number);
    put(file, tag.type);
    put(file, tag.count);
    put(file, tag.value);
  }
  put(file, next);
}

Bytes tiff_head(std::uint32_t first) {
  Bytes file{'I', 'I', 42, 0};
  put(file, first);
  return file;
}

// One strip of packed zeros at byte 8.
Bytes tiff(std::uint32_t side, const Bytes& strip) {
  const auto length = static_cast<std::uint32_t>(strip.size());
  Bytes file = tiff_head(8 + length + length % 2);
  file.insert(file.end(), strip.begin(), strip.end());
  if (length % 2 != 0) file.push_back(0);
  put_directory(file,
                {{256, 4, 1, side},
                 {257, 4, 1, side},
                 {258, 3, 1, 8},
                 {259, 3, 1, 8},
                 {262, 3, 1, 1},
                 {273, 4, 1, 8},
                 {277, 3, 1, 1},
                 {278, 4, 1, side},
                 {279, 4, 1, length}},
                0);
  return file;
}

// A directory whose next one is itself.
Bytes tiff_loop() {
  Bytes file = tiff_head(8);
  put_directory(file, {{256, 4, 1, 8}}, 8);
  return file;
}

Bytes tiff_chain(std::uint32_t directories) {
  constexpr std::uint32_t kDirectory = 2 + 12 + 4;
  Bytes file = tiff_head(8);
  file.reserve(8 + std::size_t{kDirectory} * directories);
  for (std::uint32_t i = 1; i <= directories; ++i)
    put_directory(file, {{256, 4, 1, 8}}, i == directories ? 0 : 8 + i * kDirectory);
  return file;
}

// A tag that says it has four thousand million values.
Bytes tiff_with_a_long_tag() {
  Bytes file = tiff_head(8);
  put_directory(
      file, {{256, 4, 1, 100}, {257, 4, 1, 100}, {273, 4, 0xffffffff, 8}, {279, 4, 0xffffffff, 8}},
      0);
  return file;
}

Bytes jpeg_head(std::uint16_t side) {
  const auto high = static_cast<std::uint8_t>(side >> 8);
  const auto low = static_cast<std::uint8_t>(side & 0xff);
  return {0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, high, low, high, low, 1, 1,    0x11, 0,
          0xff, 0xda, 0,    8,    1, 1,  0, 0,    63,  0,    0,   0, 0xff, 0xd9};
}

std::string text_of_bytes(const Bytes& bytes) { return {bytes.begin(), bytes.end()}; }

// Zeros packed twice: some kilobytes that unfold to `size`.
std::string folded(std::size_t size) { return text_of_bytes(zlib_of(zlib_of(Bytes(size)))); }

Bytes pdf_content_bomb() {
  Pdf pdf;
  pdf.add_page(0, "");
  const int content = pdf.add_stream("/Filter [/FlateDecode /FlateDecode]", folded(400u << 20));
  pdf.add_page(0, "", fmt::format("/Contents {} 0 R", content));
  return pdf.finish();
}

Bytes pdf_picture_bomb(int side) {
  Pdf pdf;
  const int picture = pdf.add_stream(
      fmt::format("/Type /XObject /Subtype /Image /Width {} /Height {} /BitsPerComponent 8 "
                  "/ColorSpace /DeviceRGB /Filter [/FlateDecode /FlateDecode]",
                  side, side),
      folded(64u << 20));
  pdf.add_page(picture, "q 595.2 0 0 841.92 0 0 cm /I Do Q");
  return pdf.finish();
}

Bytes pdf_page_of_a_kilometre() {
  Pdf pdf;
  pdf.add_page(0, "0 g 0 0 100 100 re f", "/UserUnit 1000", "0 0 14400 14400");
  return pdf.finish();
}

Bytes pdf_nest(std::size_t depth) {
  Pdf pdf;
  pdf.add(std::string(depth, '[') + std::string(depth, ']'));
  pdf.add_page(0, "0 g 0 0 100 100 re f",
               fmt::format("/Deep {}{}", std::string(depth, '['), std::string(depth, ']')));
  return pdf.finish();
}

// A page tree that holds itself.
Bytes pdf_tree_loop() {
  const std::string text =
      "%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages "
      "/Kids [2 0 R 2 0 R] /Count 1000000 >>\nendobj\ntrailer\n<< /Root 1 0 R /Size 3 "
      ">>\n%%EOF\n";
  return {text.begin(), text.end()};
}

}  // namespace

std::vector<Bomb> bombs() {
  const std::string pixels = "limit_page_pixels";
  const std::string side = "limit_side_pixels|limit_page_pixels";
  const std::string broken = "scan_damaged|scan_truncated|scan_no_pages|render_failed";
  return {
      {"png_20k", "20k.png", png(20'000, 8, 2, 200), pixels, true},
      {"png_20k_whole", "20k-whole.png", png(20'000, 1, 0, 20'000), pixels, true},
      {"png_60k", "60k.png", png(60'000, 1, 0, 2'000), side, true},
      {"png_most", "most.png", png(0x7fffffff, 1, 0, 0), side + "|scan_damaged", true},
      {"jpeg_65k", "65k.jpg", jpeg_head(65'500), side, true},
      {"tiff_20k", "20k.tif", tiff(20'000, zlib_of(Bytes(8u << 20))), pixels, true},
      {"tiff_60k", "60k.tif", tiff(60'000, zlib_of(Bytes(8u << 20))), side, true},
      {"tiff_most", "most.tif", tiff(0xffffffff, zlib_of(Bytes(1u << 20))), side + "|" + broken,
       true},
      {"tiff_loop", "loop.tif", tiff_loop(), broken + "|limit_file_pages", false},
      {"tiff_million", "million.tif", tiff_chain(1'000'000), "limit_file_pages", false},
      {"tiff_long_tag", "long-tag.tif", tiff_with_a_long_tag(), broken, false},
      {"pdf_content", "content.pdf", pdf_content_bomb(), "", false},
      // 4.8 GB of pixels, which the renderer makes small row by row: it may be opened.
      {"pdf_picture", "picture.pdf", pdf_picture_bomb(40'000), "", false},
      {"pdf_kilometre", "kilometre.pdf", pdf_page_of_a_kilometre(), pixels, false},
      {"pdf_nest", "nest.pdf", pdf_nest(200'000), "", false},
      {"pdf_tree_loop", "tree-loop.pdf", pdf_tree_loop(), broken, false},
  };
}

}  // namespace postkamer::faults
