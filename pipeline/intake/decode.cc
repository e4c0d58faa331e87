// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/intake/decode.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <string_view>

#include <fmt/format.h>
#include <opencv2/core.hpp>

#include "pipeline/intake/gathered.h"
#include "pipeline/intake/jpeg_codec.h"
#include "pipeline/intake/page_size.h"
#include "pipeline/intake/pdf_scan.h"
#include "pipeline/intake/picture_pixels.h"
#include "pipeline/intake/png_codec.h"
#include "pipeline/intake/tiff_encode.h"
#include "pipeline/intake/tiff_scan.h"

namespace postkamer::intake {
namespace {

enum class FileKind {
  tiff,
  jpeg,
  png,
  pdf,
  gathered,
  other
};

// By the first bytes alone. A PDF may have up to 1,024 bytes of anything before its header.
FileKind kind_of(ByteView file) {
  const std::string_view head = text_of(file.first(std::min<std::size_t>(file.size(), 1024 + 5)));
  if (head.starts_with(std::string_view{"II*\0", 4}) ||
      head.starts_with(std::string_view{"MM\0*", 4}) ||
      head.starts_with(std::string_view{"II+\0", 4}) ||
      head.starts_with(std::string_view{"MM\0+", 4}))
    return FileKind::tiff;
  if (head.starts_with("\xff\xd8\xff")) return FileKind::jpeg;
  if (head.starts_with("\x89PNG\r\n\x1a\n")) return FileKind::png;
  if (is_gathered(file)) return FileKind::gathered;
  if (head.find("%PDF-") != std::string_view::npos) return FileKind::pdf;
  return FileKind::other;
}

// Formats we know and do not take, so that the message can say more than "no image".
std::string_view known_name(ByteView file) {
  const std::string_view head = text_of(file.first(std::min<std::size_t>(file.size(), 16)));
  if (head.starts_with("GIF8")) return "GIF";
  if (head.starts_with("BM")) return "BMP";
  if (head.starts_with("PK\x03\x04")) return "ZIP or Office document";
  if (head.starts_with("RIFF") && head.substr(8, 4) == "WEBP") return "WebP";
  if (head.size() >= 12 && head.substr(4, 4) == "ftyp") return "HEIC or video";
  if (head.starts_with(std::string_view{"\0\0\0\x0cjP", 6})) return "JPEG 2000";
  return {};
}

// A picture that is a file of its own: as it is, or made square where its file says that it is not.
Result<DecodedScan> single_page(Picture picture, const Resolution& resolution,
                                const Limits& limits) {
  if (!resolution.is_square()) {
    PK_TRY(square, straightened(picture, resolution, 0, limits));
    picture = std::move(square);
  }
  DecodedScan scan;
  scan.page_count = 1;
  if (resolution.guessed)
    scan.findings.push_back({"resolution_guessed", "", 1, Severity::notice, resolution.evidence});
  scan.pages.push_back(std::move(picture));
  return scan;
}

Result<DecodedScan> decode_jpeg(ByteView file, const Limits& limits) {
  PK_TRY(info, read_jpeg_header(file, limits));
  const Resolution resolution = resolve(info.stated, info.width, info.height);
  return single_page(Picture{PictureFormat::jpeg, Bytes(file.begin(), file.end()), info.width,
                             info.height, resolution.x, false},
                     resolution, limits);
}

Result<DecodedScan> decode_png(ByteView file, const Limits& limits) {
  PK_TRY(info, read_png_header(file, limits));
  const Resolution resolution = resolve(info.stated, info.width, info.height);
  return single_page(Picture{PictureFormat::png, Bytes(file.begin(), file.end()), info.width,
                             info.height, resolution.x, info.is_bilevel},
                     resolution, limits);
}

Result<DecodedScan> decode_gathered(ByteView file, const DecodeRequest& request,
                                    const Limits& limits, const RenderPdfPage& render);

Result<DecodedScan> decode_by_kind(ByteView file, const DecodeRequest& request,
                                   const Limits& limits, const RenderPdfPage& render) {
  const auto only_page = [&request](Result<DecodedScan> scan) {
    if (scan && (request.first_page > 0 || request.max_pages < 1)) scan->pages.clear();
    return scan;
  };
  switch (kind_of(file)) {
    case FileKind::tiff: return decode_tiff(file, request, limits);
    case FileKind::jpeg: return only_page(decode_jpeg(file, limits));
    case FileKind::png: return only_page(decode_png(file, limits));
    case FileKind::pdf: return decode_pdf(file, request, limits, render);
    case FileKind::gathered: return decode_gathered(file, request, limits, render);
    case FileKind::other: break;
  }
  if (const std::string_view name = known_name(file); !name.empty())
    return fail(ErrorCode::unsupported, "scan_format",
                fmt::format("the file is a {}; only TIFF, JPEG, PNG and PDF are taken", name));
  return fail(
      ErrorCode::invalid_document, "scan_not_an_image",
      fmt::format("the file's {} bytes are no TIFF, JPEG, PNG or PDF; scan again", file.size()));
}

// The pages that `request` asks for of one file, whose first page is number `before` of the scan.
Result<DecodedScan> decode_part(ByteView part, int before, const DecodeRequest& request,
                                const Limits& limits, const RenderPdfPage& render) {
  if (is_gathered(part))
    return fail(ErrorCode::unsupported, "scan_format", "a gathered scan inside a gathered scan");
  const int first = std::max(0, request.first_page - before);
  const int most = std::max(0, request.first_page + request.max_pages - before - first);
  return decode_by_kind(part, {first, most}, limits, render);
}

// Pages of a file of which none can be given now: as many as it says, one when it cannot say.
int page_count_of(ByteView part, const Limits& limits, const RenderPdfPage& render) {
  const auto shape = decode_by_kind(part, {0, 0}, limits, render);
  return shape ? shape->page_count : 1;
}

// Page after page of file after file. A file that cannot be decoded is one page that cannot.
Result<DecodedScan> decode_gathered(ByteView file, const DecodeRequest& request,
                                    const Limits& limits, const RenderPdfPage& render) {
  PK_TRY(parts, gathered_files(file));
  DecodedScan scan;
  for (const ByteView part : parts) {
    auto one = decode_part(part, scan.page_count, request, limits, render);
    const int held = one ? one->page_count : page_count_of(part, limits, render);
    const int end = request.first_page + request.max_pages;
    const bool is_asked_for = scan.page_count + held > request.first_page && scan.page_count < end;
    if (!one && is_asked_for) return one;
    for (Finding finding : one && !one->pages.empty() ? one->findings : Findings{}) {
      if (finding.page > 0) finding.page += scan.page_count;
      scan.findings.push_back(std::move(finding));
    }
    for (Picture& page : one ? one->pages : std::vector<Picture>{})
      scan.pages.push_back(std::move(page));
    scan.page_count += held;
    if (static_cast<std::uint32_t>(scan.page_count) > limits.file_pages)
      return fail(ErrorCode::resource_limit, "limit_file_pages",
                  fmt::format("more than {} pages; limit file_pages; scan in smaller batches",
                              limits.file_pages));
  }
  return scan;
}

}  // namespace

Result<DecodedScan> decode_scan(ByteView file, const DecodeRequest& request, const Limits& limits,
                                const RenderPdfPage& render) {
  if (file.empty())
    return fail(ErrorCode::invalid_document, "scan_empty", "the file has no bytes; scan again");
  if (file.size() > limits.file_bytes)
    return fail(ErrorCode::resource_limit, "limit_file_bytes",
                fmt::format("{} bytes; limit file_bytes is {}; scan in smaller batches",
                            file.size(), limits.file_bytes));
  DecodeRequest bounded = request;
  bounded.max_pages = static_cast<int>(std::min<std::uint32_t>(
      static_cast<std::uint32_t>(std::max(0, request.max_pages)), limits.pages_per_decode));
  try {
    return decode_by_kind(file, bounded, limits, render);
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::resource_limit, "limit_memory",
                "a page needs more memory than there is");
  } catch (const std::exception&) {  // OpenCV's: mapped, since a library's words may quote data
    return fail(ErrorCode::invalid_document, "scan_damaged",
                "the file cannot be decoded; scan again");
  }
}

Result<GrayImage> open_picture(const Picture& picture, const Limits& limits) {
  const bool has_dpi = picture.dpi.value > 0.0;
  const Dpi dpi = has_dpi ? picture.dpi : Dpi{300.0};
  try {
    switch (picture.format) {
      case PictureFormat::tiff: return open_tiff(picture, limits);
      case PictureFormat::jpeg: {
        PK_TRY(pixels, read_jpeg_gray(picture.bytes, limits));
        return GrayImage{pixels, dpi, false};
      }
      case PictureFormat::png: {
        PK_TRY(info, read_png_header(picture.bytes, limits));
        PK_TRY(pixels, read_png_gray(picture.bytes, limits));
        return GrayImage{pixels, dpi, info.is_bilevel};
      }
    }
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::resource_limit, "limit_memory",
                "a page needs more memory than there is");
  } catch (const std::exception&) {
    return fail(ErrorCode::invalid_document, "scan_damaged", "the picture cannot be opened");
  }
  return fail(ErrorCode::internal, "picture_format", "a picture of no known format");
}

Result<Picture> encode_bilevel(const GrayImage& image) {
  if (image.pixels.empty() || image.pixels.type() != CV_8UC1)
    return fail(ErrorCode::internal, "encode_failed", "no gray pixels to encode");
  PK_TRY(bytes, encode_g4(image.pixels, image.dpi));
  return Picture{
      PictureFormat::tiff,       std::move(bytes), image.width(), image.height(), image.dpi, true,
      PictureOrigin::coded_again};
}

Result<Picture> encode_gray(const GrayImage& image, int quality) {
  if (image.pixels.empty() || image.pixels.type() != CV_8UC1)
    return fail(ErrorCode::internal, "encode_failed", "no gray pixels to encode");
  PK_TRY(bytes, encode_jpeg_gray(image.pixels, image.dpi, quality));
  return Picture{
      PictureFormat::jpeg,       std::move(bytes), image.width(), image.height(), image.dpi, false,
      PictureOrigin::coded_again};
}

}  // namespace postkamer::intake
