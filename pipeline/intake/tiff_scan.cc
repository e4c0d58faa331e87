// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/intake/tiff_scan.h"

#include <algorithm>

#include <fmt/format.h>

#include "pipeline/intake/page_size.h"
#include "pipeline/intake/picture_pixels.h"
#include "pipeline/intake/tiff_directory.h"
#include "pipeline/intake/tiff_encode.h"
#include "pipeline/intake/tiff_memory.h"
#include "pipeline/intake/tiff_page.h"

namespace postkamer::intake {
namespace {

tl::unexpected<Error> unreadable(const TiffReader& reader) {
  return fail(
      ErrorCode::invalid_document, "scan_damaged",
      fmt::format("the TIFF's directory cannot be read ({}); scan again", reader.last_error()));
}

Channels channels_of(const TiffPageInfo& info) {
  const bool is_colour = info.samples >= 3 || info.photometric == PHOTOMETRIC_PALETTE;
  return is_colour ? Channels::rgb : Channels::gray;
}

Result<Picture> reencoded(TiffReader& reader, const TiffPageInfo& info,
                          const Resolution& resolution, const Limits& limits) {
  PK_TRY(pixels, read_tiff_pixels(reader, info, channels_of(info)));
  GrayImage image{pixels, resolution.x, info.is_bilevel()};
  if (!resolution.is_square()) {
    // Orientation 5 to 8 swaps rows and columns, and with them the two resolutions.
    const bool is_swapped = info.orientation >= ORIENTATION_LEFTTOP;
    image = squared(image, is_swapped ? resolution.y : resolution.x,
                    is_swapped ? resolution.x : resolution.y);
    PK_CHECK(check_page_size(static_cast<std::uint64_t>(image.width()),
                             static_cast<std::uint64_t>(image.height()), limits));
  }
  if (image.is_bilevel) return encode_bilevel(image);
  PK_TRY(bytes, encode_lzw(image.pixels, image.dpi));
  return Picture{
      PictureFormat::tiff,       std::move(bytes), image.width(), image.height(), image.dpi, false,
      PictureOrigin::coded_again};
}

Result<Picture> decode_page(TiffReader& reader, int index, const Limits& limits,
                            Findings& findings) {
  PK_TRY(info, tiff_page_info(reader, limits));
  const Resolution resolution = resolve(info.stated, info.width, info.height);
  if (resolution.guessed)
    findings.push_back(
        {"resolution_guessed", "", index + 1, Severity::notice, resolution.evidence});
  if (info.orientation == ORIENTATION_TOPLEFT && resolution.is_square()) {
    auto bytes = rewrap_tiff_page(reader, info, resolution.x, resolution.y);
    if (bytes)
      return Picture{
          PictureFormat::tiff, std::move(*bytes),       info.width, info.height, resolution.x,
          info.is_bilevel(),   PictureOrigin::unwrapped};
    if (bytes.error().code != ErrorCode::unsupported)
      return tl::unexpected(std::move(bytes).error());
    reader.clear_errors();
  }
  return reencoded(reader, info, resolution, limits);
}

}  // namespace

Result<DecodedScan> decode_tiff(ByteView file, const DecodeRequest& request, const Limits& limits) {
  PK_TRY(list, list_tiff_pages(file, limits));
  TiffReader reader{file, limits};
  if (!reader.is_open()) return unreadable(reader);
  DecodedScan scan;
  scan.page_count = static_cast<int>(list.pages.size());
  if (list.chain_broken)
    scan.findings.push_back({"scan_chain_broken", "", 0, Severity::doubt,
                             fmt::format("{} pages were reached", scan.page_count)});
  const int first = std::max(0, request.first_page);
  const int end = std::min(scan.page_count, first + std::max(0, request.max_pages));
  for (int index = first; index < end; ++index) {
    if (!reader.go_to(list.pages[static_cast<std::size_t>(index)])) return unreadable(reader);
    auto picture = decode_page(reader, index, limits, scan.findings);
    if (!picture)
      return tl::unexpected(
          while_doing(fmt::format("decoding TIFF page {}", index + 1), std::move(picture).error()));
    scan.pages.push_back(std::move(*picture));
  }
  return scan;
}

Result<cv::Mat> read_stored_tiff(const Picture& picture, const Limits& limits) {
  PK_TRY(list, list_tiff_pages(picture.bytes, limits));
  TiffReader reader{picture.bytes, limits};
  if (!reader.is_open() || !reader.go_to(list.pages.front())) return unreadable(reader);
  PK_TRY(info, tiff_page_info(reader, limits));
  return read_tiff_pixels(reader, info, channels_of(info));
}

Result<GrayImage> open_tiff(const Picture& picture, const Limits& limits) {
  PK_TRY(list, list_tiff_pages(picture.bytes, limits));
  TiffReader reader{picture.bytes, limits};
  if (!reader.is_open() || !reader.go_to(list.pages.front())) return unreadable(reader);
  PK_TRY(info, tiff_page_info(reader, limits));
  PK_TRY(pixels, read_tiff_pixels(reader, info, Channels::gray));
  GrayImage image{pixels, picture.dpi, info.is_bilevel()};
  const Resolution stated = resolve(info.stated, info.width, info.height);
  if (stated.is_square()) return image;
  image = squared(image, stated.x, stated.y);
  return image;
}

}  // namespace postkamer::intake
