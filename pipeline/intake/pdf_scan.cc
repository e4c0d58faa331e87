// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/intake/pdf_scan.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

// The headers that set qpdf's pointer switch come before qpdf's own.
#include "pipeline/intake/page_size.h"
#include "pipeline/intake/pdf_content.h"
#include "pipeline/intake/pdf_picture.h"
#include "pipeline/intake/picture_pixels.h"

#include <fmt/format.h>
#include <opencv2/core.hpp>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFExc.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <qpdf/QPDFPageObjectHelper.hh>

namespace postkamer::intake {
namespace {

constexpr double kPointsPerInch = 72.0;
constexpr double kRenderDpi = 300.0;
constexpr double kLowestRenderDpi = 72.0;
constexpr Dpi kBlankDpi{150.0};

struct PageBox {
  double left = 0.0;
  double bottom = 0.0;
  double width = 595.0;  // A4 when the page states no usable box
  double height = 842.0;
  double user_unit = 1.0;
};

PageBox box_of(QPDFPageObjectHelper& page) {
  PageBox box;
  QPDFObjectHandle array = page.getCropBox();
  if (!array.isRectangle()) array = page.getMediaBox();
  if (array.isRectangle()) {
    const auto r = array.getArrayAsRectangle();
    const double width = std::abs(r.urx - r.llx);
    const double height = std::abs(r.ury - r.lly);
    if (width >= 1.0 && height >= 1.0) {
      box = PageBox{std::min(r.llx, r.urx), std::min(r.lly, r.ury), width, height, 1.0};
    }
  }
  QPDFObjectHandle unit = page.getObjectHandle().getKey("/UserUnit");
  if (unit.isNumber() && unit.getNumericValue() > 0.0) box.user_unit = unit.getNumericValue();
  return box;
}

// Quarter turns clockwise with which the page wants to be shown.
int turn_of(QPDFPageObjectHelper& page) {
  QPDFObjectHandle rotate = page.getAttribute("/Rotate", false);
  if (!rotate.isInteger()) return 0;
  const long long degrees = rotate.getIntValue() % 360;
  return static_cast<int>((degrees + 360) % 360 / 90);
}

// How the page shows its one picture.
struct Placement {
  Dpi x;  // along the picture's rows
  Dpi y;
  int turn = 0;  // quarter turns clockwise: placement and /Rotate together
};

// Nothing when the picture is slanted, mirrored, cut off by the page or far smaller than it.
std::optional<Placement> placement_of(const QPDFMatrix& m, const PageBox& box, int rotate,
                                      int width, int height) {
  const double tiny = 0.002 * (std::abs(m.a) + std::abs(m.b) + std::abs(m.c) + std::abs(m.d));
  const bool is_straight = std::abs(m.b) <= tiny && std::abs(m.c) <= tiny;
  const bool is_sideways = std::abs(m.a) <= tiny && std::abs(m.d) <= tiny;
  if (is_straight == is_sideways || m.a * m.d - m.b * m.c <= 0.0) return std::nullopt;
  const double left = m.e + std::min(0.0, m.a) + std::min(0.0, m.c);
  const double bottom = m.f + std::min(0.0, m.b) + std::min(0.0, m.d);
  const double shown_width = std::abs(m.a) + std::abs(m.c);
  const double shown_height = std::abs(m.b) + std::abs(m.d);
  const double seen_x =
      std::min(left + shown_width, box.left + box.width) - std::max(left, box.left);
  const double seen_y =
      std::min(bottom + shown_height, box.bottom + box.height) - std::max(bottom, box.bottom);
  const double seen = std::max(0.0, seen_x) * std::max(0.0, seen_y);
  if (seen < 0.95 * shown_width * shown_height || seen < 0.70 * box.width * box.height)
    return std::nullopt;
  Placement placement;
  const double along = (is_straight ? shown_width : shown_height) * box.user_unit;
  const double down = (is_straight ? shown_height : shown_width) * box.user_unit;
  placement.x = Dpi{width / along * kPointsPerInch};
  placement.y = Dpi{height / down * kPointsPerInch};
  // The direction of the picture's rows on the page: right 0, down 1, left 2, up 3.
  const int own = is_straight ? (m.a > 0.0 ? 0 : 2) : (m.b < 0.0 ? 1 : 3);
  placement.turn = (own + rotate) % 4;
  return placement;
}

// Scanner software rounds page boxes to whole points or hundredths: 299.8 means 300.
Dpi rounded(Dpi dpi) {
  const double whole = std::round(dpi.value);
  const double even = std::round(dpi.value / 50.0) * 50.0;
  if (even > 0.0 && std::abs(dpi.value / even - 1.0) < 0.002) return Dpi{even};
  return std::abs(dpi.value - whole) < 0.05 ? Dpi{whole} : dpi;
}

// A file made with a password that nobody needs still opens; one that needs it does not.
Result<void> open_pdf(QPDF& pdf, ByteView file) {
  pdf.setSuppressWarnings(true);
  try {
    pdf.processMemoryFile("scan", reinterpret_cast<const char*>(file.data()), file.size());
    return {};
  } catch (const QPDFExc& error) {
    if (error.getErrorCode() == qpdf_e_password)
      return fail(ErrorCode::invalid_document, "scan_encrypted",
                  "the PDF asks for a password; scan again without one, or unlock it");
    if (error.getErrorCode() == qpdf_e_unsupported)
      return fail(ErrorCode::invalid_document, "scan_encrypted",
                  "the PDF is protected in a way that cannot be opened; unlock it");
  } catch (const std::exception&) {  // mapped below: a library's words may quote the document
  }
  // Without its end-of-file mark the writer or the copy was interrupted.
  const std::string_view tail = text_of(file).substr(file.size() > 2048 ? file.size() - 2048 : 0);
  if (tail.find("%%EOF") == std::string_view::npos)
    return fail(ErrorCode::invalid_document, "scan_truncated",
                "the PDF has no end; it was cut off while being written or copied: scan again");
  return fail(ErrorCode::invalid_document, "scan_damaged",
              "the PDF's structure cannot be read; scan again");
}

bool has_key(QPDFObjectHandle dictionary, const std::string& key) {
  return dictionary.isDictionary() && !dictionary.getKey(key).isNull();
}

// What in the file would act when someone opened it, or travels inside it.
std::string active_content(QPDF& pdf) {
  QPDFObjectHandle root = pdf.getRoot();
  std::string found;
  const auto note = [&found](std::string_view what) {
    found += found.empty() ? "" : ", ";
    found += what;
  };
  QPDFObjectHandle names = root.getKey("/Names");
  if (has_key(names, "/JavaScript")) note("JavaScript");
  if (has_key(names, "/EmbeddedFiles")) note("embedded files");
  if (has_key(root, "/AA")) note("automatic actions");
  QPDFObjectHandle open = root.getKey("/OpenAction");
  if (has_key(open, "/S") && open.getKey("/S").isName()) {
    const std::string action = open.getKey("/S").getName();
    if (action == "/JavaScript" || action == "/Launch" || action == "/URI" ||
        action == "/SubmitForm")
      note("opening action");
  }
  if (has_key(root.getKey("/AcroForm"), "/XFA")) note("XFA form");
  return found;
}

class PdfDecoder {
 public:
  PdfDecoder(ByteView file, const Limits& limits, const RenderPdfPage& render)
      : file_(file), limits_(limits), render_(render) {}

  Result<DecodedScan> decode(const DecodeRequest& request) {
    QPDF pdf;
    PK_CHECK(open_pdf(pdf, file_));
    const std::vector<QPDFPageObjectHelper> pages = QPDFPageDocumentHelper(pdf).getAllPages();
    if (pages.empty())
      return fail(ErrorCode::unsupported, "scan_no_pages", "the PDF holds no page; scan again");
    if (pages.size() > limits_.file_pages)
      return fail(ErrorCode::resource_limit, "limit_file_pages",
                  fmt::format("{} pages; limit file_pages is {}; scan in smaller batches",
                              pages.size(), limits_.file_pages));
    DecodedScan scan;
    scan.page_count = static_cast<int>(pages.size());
    if (const std::string active = active_content(pdf); !active.empty())
      scan.findings.push_back({"pdf_active_content", "", 0, Severity::notice, active});
    const int first = std::max(0, request.first_page);
    const int end = std::min(scan.page_count, first + std::max(0, request.max_pages));
    for (int index = first; index < end; ++index) {
      auto picture = decode_page(pages[static_cast<std::size_t>(index)], index);
      if (!picture)
        return tl::unexpected(while_doing(fmt::format("decoding PDF page {}", index + 1),
                                          std::move(picture).error()));
      scan.pages.push_back(std::move(*picture));
    }
    return scan;
  }

 private:
  Result<Picture> decode_page(QPDFPageObjectHelper page, int index) {
    const PageBox box = box_of(page);
    const int rotate = turn_of(page);
    PageContent content;
    try {
      content = read_page_content(page);
    } catch (const std::exception&) {  // content that cannot be parsed may still be shown
      content.paints = PagePaints::anything;
    }
    // Content that qpdf had to warn about may only look empty to it.
    if (content.paints == PagePaints::nothing &&
        page.getObjectHandle().getOwningQPDF()->numWarnings() == 0)
      return blank_page(box, rotate);
    if (content.paints == PagePaints::one_picture) {
      PK_TRY(own, own_picture(content, box, rotate));
      if (own) return std::move(*own);
    }
    return rendered(box, index, kRenderDpi);
  }

  Result<std::optional<Picture>> own_picture(PageContent& content, const PageBox& box, int rotate) {
    QPDFObjectHandle dictionary = content.picture.getDict();
    QPDFObjectHandle width = dictionary.getKey("/Width");
    QPDFObjectHandle height = dictionary.getKey("/Height");
    if (!width.isInteger() || !height.isInteger()) return std::nullopt;
    const auto placement = placement_of(content.placement, box, rotate, width.getIntValueAsInt(),
                                        height.getIntValueAsInt());
    if (!placement) return std::nullopt;
    std::optional<Picture> picture;
    try {
      PK_TRY(found, picture_of(content.picture, content.fill_is_black, rounded(placement->x),
                               rounded(placement->y), limits_));
      picture = std::move(found);
    } catch (const std::exception&) {
      return std::nullopt;
    }
    if (!picture) return std::nullopt;
    const Resolution shown{rounded(placement->x), rounded(placement->y), false, {}};
    if (picture->dpi.value < 50.0 || picture->dpi.value > 2400.0) return std::nullopt;
    if (placement->turn == 0 && shown.is_square()) return picture;
    return straightened(*picture, shown, placement->turn, limits_);
  }

  static Result<Picture> blank_page(const PageBox& box, int rotate) {
    // A blank page needs no detail; a huge box is shown small, a tiny one large enough to count.
    const auto pixels = [&box](double points) {
      return static_cast<int>(
          std::clamp(points * box.user_unit / kPointsPerInch * kBlankDpi.value, 64.0, 4096.0));
    };
    cv::Size size{pixels(box.width), pixels(box.height)};
    if (rotate % 2 != 0) std::swap(size.width, size.height);
    PK_TRY(blank,
           encode_bilevel(GrayImage{cv::Mat(size, CV_8UC1, cv::Scalar(255)), kBlankDpi, true}));
    blank.origin = PictureOrigin::made_as_blank;
    return blank;
  }

  Result<Picture> rendered(const PageBox& box, int index, double dpi) {
    if (!render_)
      return fail(ErrorCode::unsupported, "scan_format",
                  "the page is no scanner image and no renderer is at hand");
    // A poster is shown at the resolution that fits the limits.
    const double width = box.width * box.user_unit / kPointsPerInch;
    const double height = box.height * box.user_unit / kPointsPerInch;
    const double by_side = 0.99 * limits_.side_pixels / std::max(width, height);
    const double by_area =
        0.99 * std::sqrt(static_cast<double>(limits_.page_pixels) / (width * height));
    const double fitting = std::floor(std::min({dpi, by_side, by_area}));
    if (fitting < kLowestRenderDpi)
      return fail(ErrorCode::resource_limit, "limit_page_pixels",
                  fmt::format("the page is {:.0f}x{:.0f} mm; limit page_pixels is {}",
                              width * kMillimetresPerInch, height * kMillimetresPerInch,
                              limits_.page_pixels));
    PK_TRY(picture, render_(file_, index, Dpi{fitting}));
    PK_CHECK(check_page_size(static_cast<std::uint64_t>(std::max(0, picture.width)),
                             static_cast<std::uint64_t>(std::max(0, picture.height)), limits_));
    picture.origin = PictureOrigin::rendered;
    return picture;
  }

  ByteView file_;
  const Limits& limits_;
  const RenderPdfPage& render_;
};

}  // namespace

Result<DecodedScan> decode_pdf(ByteView file, const DecodeRequest& request, const Limits& limits,
                               const RenderPdfPage& render) {
  try {
    return PdfDecoder{file, limits, render}.decode(request);
  } catch (const std::exception&) {  // qpdf's words may quote the document: not passed on
    return fail(ErrorCode::invalid_document, "scan_damaged",
                "the PDF's page list cannot be read; scan again");
  }
}

}  // namespace postkamer::intake
