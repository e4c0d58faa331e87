// SPDX-License-Identifier: EUPL-1.2
//
// A simulated scanner: paper in, picture out, with the exact map from paper to picture. Everything
// follows from the arguments and one seed; the same call gives the same pixels.
//
// The order is nature's: things happen to the paper (paper.h), the paper lies crooked on the glass,
// the glass and lamp add their own, the sensor quantises, the operator may have fed it sideways.
#pragma once

#include <cstdint>

#include "pipeline/base/units.h"
#include "pipeline/model/geometry.h"
#include "pipeline/model/image.h"
#include "tests/support/random.h"

namespace postkamer::support {

// One side of a sheet, 0 = ink. CV_8UC1 or CV_8UC3 (red-green-blue).
struct Sheet {
  cv::Mat side;
  Dpi dpi{300.0};
};

enum class OutputMode {
  g4_300,
  g4_200,
  gray_lzw,
  jpeg_pdf,
  g4_pdf,
  png
};

const char* name_of(OutputMode mode);
Dpi dpi_of(OutputMode mode);
bool is_bilevel(OutputMode mode);

struct Placing {
  Degrees skew{};                        // clockwise
  QuarterTurn turn = QuarterTurn::none;  // applied last
  double scale_x = 1.0;                  // 0.99..1.01: printer and paper
  double scale_y = 1.0;                  // differs a little: roller stretch
  Point shift_mm{};                      // of the print on the picture
  double over_scan_mm = 0.0;             // picture wider than the paper on all sides
};

struct Optics {
  std::uint8_t lid = 255;      // level beyond the paper: 0 black lid, 255 white
  double tint[3] = {1, 1, 1};  // paper colour, share of white a channel
  double light_fall = 0.0;     // 0..0.3: how much darker the far side is lit
  double blur_px = 0.0;        // deviation of the point spread
  double noise = 0.0;          // deviation, gray levels
  double contrast = 1.0;       // 0.5..1
  int dust = 0;                // specks on the glass
  int hairs = 0;
  bool streak = false;  // a dirty sensor element: a line down the whole picture
};

struct ScanSettings {
  OutputMode mode = OutputMode::g4_300;
  Placing placing;
  Optics optics;
  std::uint64_t seed = 1;
};

struct ScannedPage {
  cv::Mat picture;  // CV_8UC3 in jpeg_pdf mode when the sheet has colour, else CV_8UC1
  Dpi dpi{300.0};
  bool is_bilevel = false;
  Transform mm_to_px;  // of the form as printed to this picture, exact
};

// Requires: sheet.dpi equals dpi_of(settings.mode).
ScannedPage scan_sheet(const Sheet& sheet, const ScanSettings& settings);

// Settings as they occur: skew -3..3 degrees (mostly small), 1 % scale, a few mm of shift, and
// optics that leave the page readable. `mildness` 0 (anything) .. 1 (a clean office scanner).
ScanSettings drawn_settings(OutputMode mode, double mildness, Random& random);

// Gray to two levels as scanners do it: against the mean of the neighbourhood.
cv::Mat bilevel(const cv::Mat& gray, Dpi dpi);

}  // namespace postkamer::support
