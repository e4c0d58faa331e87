// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/forms/code_picture.h"

#include <exception>
#include <optional>

#include <ZXing/BarcodeFormat.h>
#include <ZXing/BitMatrix.h>
#include <ZXing/MultiFormatWriter.h>

namespace postkamer::forms {
namespace {

// Level of error correction for QR, 0..8: a quarter of the modules may be lost under a stamp.
constexpr int kQrCorrection = 4;

std::optional<ZXing::BarcodeFormat> format_of(const std::string& symbology) {
  if (symbology == "qr") return ZXing::BarcodeFormat::QRCode;
  if (symbology == "code128") return ZXing::BarcodeFormat::Code128;
  if (symbology == "code39") return ZXing::BarcodeFormat::Code39;
  return std::nullopt;
}

// One rectangle a run of dark modules, stretched over the box.
std::vector<Rect> runs_of(const ZXing::BitMatrix& modules, const Rect& box) {
  std::vector<Rect> runs;
  const double dx = box.width / modules.width();
  const double dy = box.height / modules.height();
  for (int y = 0; y < modules.height(); ++y) {
    for (int x = 0; x < modules.width(); ++x) {
      if (!modules.get(x, y)) continue;
      const int start = x;
      while (x < modules.width() && modules.get(x, y)) ++x;
      runs.push_back({box.x + start * dx, box.y + y * dy, (x - start) * dx, dy});
    }
  }
  return runs;
}

}  // namespace

Result<std::vector<Rect>> code_picture(const PageCode& code) {
  const auto format = format_of(code.symbology);
  if (!format)
    return fail(ErrorCode::invalid_config, "form_code",
                "printing a code: no symbology is named \"" + code.symbology + "\"");
  try {
    const bool is_qr = *format == ZXing::BarcodeFormat::QRCode;
    ZXing::MultiFormatWriter writer(*format);
    writer.setMargin(0);
    if (is_qr) writer.setEccLevel(kQrCorrection);
    return runs_of(writer.encode(code.text, 0, is_qr ? 0 : 1), code.box);
  } catch (const std::exception&) {
    return fail(ErrorCode::invalid_config, "form_code",
                "printing a code: a " + code.symbology + " cannot hold its " +
                    std::to_string(code.text.size()) + " characters");
  }
}

}  // namespace postkamer::forms
