// SPDX-License-Identifier: EUPL-1.2
#include "tests/support/scanner.h"

#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace postkamer::support {
namespace {

Transform turned(QuarterTurn turn, double width, double height) {
  switch (turn) {
    case QuarterTurn::none: return {};
    case QuarterTurn::right: return {{0, -1, height, 1, 0, 0, 0, 0, 1}};
    case QuarterTurn::half: return {{-1, 0, width, 0, -1, height, 0, 0, 1}};
    case QuarterTurn::left: return {{0, 1, 0, -1, 0, width, 0, 0, 1}};
  }
  return {};
}

// Pixels of the sheet to pixels of the unturned picture.
Transform placed(const Placing& placing, cv::Size sheet, cv::Size picture, Dpi dpi) {
  const Transform to_middle = Transform::translation(-sheet.width / 2.0, -sheet.height / 2.0);
  const Transform sized = then(to_middle, Transform::scale(placing.scale_x, placing.scale_y));
  const Transform skewed = then(sized, Transform::rotation(placing.skew.radians()));
  const double px = pixels_per_mm(dpi);
  return then(skewed, Transform::translation(picture.width / 2.0 + placing.shift_mm.x * px,
                                             picture.height / 2.0 + placing.shift_mm.y * px));
}

// OpenCV counts from pixel centres, we from pixel corners: half a pixel on both ends.
cv::Mat warp(const cv::Mat& from, const Transform& map, cv::Size size, const cv::Scalar& beyond) {
  const Transform centred =
      then(then(Transform::translation(0.5, 0.5), map), Transform::translation(-0.5, -0.5));
  const cv::Matx23d m(centred.m[0], centred.m[1], centred.m[2], centred.m[3], centred.m[4],
                      centred.m[5]);
  cv::Mat out;
  cv::warpAffine(from, out, m, size, cv::INTER_CUBIC, cv::BORDER_CONSTANT, beyond);
  return out;
}

// Light falls off towards one side and a little towards the edges.
cv::Mat lamp(cv::Size size, const Optics& optics, Random& random) {
  const double tilt = random.between(-1.0, 1.0);
  cv::Mat out(size, CV_32FC1);
  for (int y = 0; y < size.height; ++y) {
    const double v = 2.0 * y / size.height - 1.0;
    for (int x = 0; x < size.width; ++x) {
      const double u = 2.0 * x / size.width - 1.0;
      const double fall = optics.light_fall * (0.5 * (1 + tilt * u) + 0.25 * v * v);
      out.at<float>(y, x) = static_cast<float>(1.0 - fall);
    }
  }
  return out;
}

void add_noise(cv::Mat& picture, double deviation, Random& random) {
  if (deviation <= 0) return;
  std::vector<std::int16_t> table(1 << 14);
  for (std::int16_t& entry : table) {
    entry = static_cast<std::int16_t>(std::lround(random.normal() * deviation));
  }
  std::uint64_t bits = 0;
  int left = 0;
  for (int y = 0; y < picture.rows; ++y) {
    std::uint8_t* row = picture.ptr(y);
    for (int x = 0; x < picture.cols * picture.channels(); ++x) {
      if (left == 0) {
        bits = random.bits();
        left = 4;
      }
      row[x] = cv::saturate_cast<std::uint8_t>(row[x] + table[bits & (table.size() - 1)]);
      bits >>= 16;
      --left;
    }
  }
}

void add_dust(cv::Mat& picture, const Optics& optics, Random& random) {
  const double size = picture.cols / 2480.0;
  for (int i = 0; i < optics.dust; ++i) {
    const cv::Point at(random.whole(0, picture.cols - 1), random.whole(0, picture.rows - 1));
    const int level = random.chance(0.7) ? random.whole(20, 120) : 250;
    const cv::Size axes(static_cast<int>(1 + random.between(0, 3) * size),
                        static_cast<int>(1 + random.between(0, 3) * size));
    cv::ellipse(picture, at, axes, random.between(0, 180), 0, 360, cv::Scalar::all(level), -1,
                cv::LINE_AA);
  }
  for (int i = 0; i < optics.hairs; ++i) {
    cv::Point2d at(random.between(0, picture.cols), random.between(0, picture.rows));
    double heading = random.between(0, 6.28);
    const double bend = random.between(-0.06, 0.06);
    std::vector<cv::Point> path;
    for (int step = 0; step < 40; ++step) {
      path.emplace_back(static_cast<int>(at.x), static_cast<int>(at.y));
      at += cv::Point2d(std::cos(heading), std::sin(heading)) * (4.0 * size);
      heading += bend + random.between(-0.05, 0.05);
    }
    cv::polylines(picture, path, false, cv::Scalar::all(random.whole(40, 110)), 1, cv::LINE_AA);
  }
  if (!optics.streak) return;
  const int x = random.whole(picture.cols / 10, picture.cols * 9 / 10);
  const int level = random.whole(90, 170);
  for (int y = 0; y < picture.rows; ++y) {
    for (int c = 0; c < picture.channels(); ++c) {
      std::uint8_t& pixel = picture.ptr(y)[x * picture.channels() + c];
      pixel = std::min(pixel, static_cast<std::uint8_t>(level + random.whole(-25, 25)));
    }
  }
}

// The paper as the sensor would see it without faults of its own: tint, light, lid beyond the edge.
cv::Mat lit(const cv::Mat& paper, const cv::Mat& on_paper, const Optics& optics, Random& random) {
  const cv::Mat light = lamp(paper.size(), optics, random);
  cv::Mat out(paper.size(), paper.type());
  const int channels = paper.channels();
  for (int y = 0; y < paper.rows; ++y) {
    const std::uint8_t* from = paper.ptr(y);
    const std::uint8_t* share = on_paper.ptr(y);
    const auto* lamp_row = light.ptr<float>(y);
    std::uint8_t* to = out.ptr(y);
    for (int x = 0; x < paper.cols; ++x) {
      const double covered = share[x] / 255.0;
      for (int c = 0; c < channels; ++c) {
        const double tint = channels == 3 ? optics.tint[c] : optics.tint[1];
        const double dark = (255.0 - from[x * channels + c]) * optics.contrast;
        const double seen = (255.0 - dark) * tint * lamp_row[x];
        to[x * channels + c] =
            cv::saturate_cast<std::uint8_t>(seen * covered + optics.lid * (1 - covered));
      }
    }
  }
  return out;
}

cv::Mat rotated(const cv::Mat& picture, QuarterTurn turn) {
  cv::Mat out;
  switch (turn) {
    case QuarterTurn::none: return picture;
    case QuarterTurn::right: cv::rotate(picture, out, cv::ROTATE_90_CLOCKWISE); break;
    case QuarterTurn::half: cv::rotate(picture, out, cv::ROTATE_180); break;
    case QuarterTurn::left: cv::rotate(picture, out, cv::ROTATE_90_COUNTERCLOCKWISE); break;
  }
  return out;
}

// Lossless gray would be noise for the greater part; scanners that write it keep 16 levels.
cv::Mat sixteen_levels(const cv::Mat& gray) {
  cv::Mat table(1, 256, CV_8UC1);
  for (int i = 0; i < 256; ++i) {
    const int level = i >= 232 ? 15 : i * 16 / 256;
    table.at<std::uint8_t>(0, i) = static_cast<std::uint8_t>(level * 17);
  }
  cv::Mat out;
  cv::LUT(gray, table, out);
  return out;
}

cv::Mat as_gray(const cv::Mat& picture) {
  if (picture.channels() == 1) return picture;
  cv::Mat out;
  cv::cvtColor(picture, out, cv::COLOR_RGB2GRAY);
  return out;
}

// A white edge that a missing corner or a hole cut: the sheet's own paper says 255 there, so holes
// are drawn by paper.h as level 1..254; only the outline is needed here.
cv::Mat outline(cv::Size sheet) { return cv::Mat(sheet, CV_8UC1, cv::Scalar(255)); }

}  // namespace

const char* name_of(OutputMode mode) {
  switch (mode) {
    case OutputMode::g4_300: return "g4_300";
    case OutputMode::g4_200: return "g4_200";
    case OutputMode::gray_lzw: return "gray_lzw";
    case OutputMode::jpeg_pdf: return "jpeg_pdf";
    case OutputMode::g4_pdf: return "g4_pdf";
    case OutputMode::png: return "png";
  }
  return "";
}

Dpi dpi_of(OutputMode mode) { return {mode == OutputMode::g4_200 ? 200.0 : 300.0}; }

bool is_bilevel(OutputMode mode) {
  return mode == OutputMode::g4_300 || mode == OutputMode::g4_200 || mode == OutputMode::g4_pdf;
}

cv::Mat bilevel(const cv::Mat& gray, Dpi dpi) {
  const int window = static_cast<int>(pixels_per_mm(dpi) * 4) | 1;
  cv::Mat local;
  cv::adaptiveThreshold(gray, local, 255, cv::ADAPTIVE_THRESH_MEAN_C, cv::THRESH_BINARY, window,
                        26);
  // A neighbourhood that is black all over (lid, a printed bar) stays black.
  cv::Mat bright;
  cv::threshold(gray, bright, 105, 255, cv::THRESH_BINARY);
  return local & bright;
}

ScannedPage scan_sheet(const Sheet& sheet, const ScanSettings& settings) {
  Random random(seed_for(settings.seed, "scanner"));
  const Placing& placing = settings.placing;
  const Optics& optics = settings.optics;
  const int margin = static_cast<int>(std::lround(placing.over_scan_mm * pixels_per_mm(sheet.dpi)));
  const cv::Size size(sheet.side.cols + 2 * margin, sheet.side.rows + 2 * margin);
  const bool colour = settings.mode == OutputMode::jpeg_pdf;
  const cv::Mat paper = colour ? sheet.side : as_gray(sheet.side);
  const Transform sheet_to_picture = placed(placing, paper.size(), size, sheet.dpi);

  cv::Mat picture = warp(paper, sheet_to_picture, size, cv::Scalar::all(255));
  const cv::Mat covered = warp(outline(paper.size()), sheet_to_picture, size, cv::Scalar(0));
  picture = lit(picture, covered, optics, random);
  if (optics.blur_px > 0) cv::GaussianBlur(picture, picture, cv::Size(), optics.blur_px);
  add_dust(picture, optics, random);
  add_noise(picture, optics.noise, random);
  if (is_bilevel(settings.mode)) picture = bilevel(picture, sheet.dpi);
  if (settings.mode == OutputMode::gray_lzw || settings.mode == OutputMode::png) {
    picture = sixteen_levels(picture);
  }

  ScannedPage page;
  page.picture = rotated(picture, placing.turn);
  page.dpi = sheet.dpi;
  page.is_bilevel = is_bilevel(settings.mode);
  const double px = pixels_per_mm(sheet.dpi);
  page.mm_to_px = then(then(Transform::scale(px, px), sheet_to_picture),
                       turned(placing.turn, size.width, size.height));
  return page;
}

namespace {

Placing drawn_placing(double wild, Random& random) {
  Placing placing;
  const double skew = random.chance(0.6 + 0.4 * wild) ? random.between(-3.0, 3.0) : 0.0;
  placing.skew = {skew * (0.25 + 0.75 * wild)};
  const double scale = 1.0 + random.between(-0.01, 0.01) * wild;
  placing.scale_x = scale;
  placing.scale_y = scale + random.between(-0.002, 0.002) * wild;
  placing.shift_mm = {random.between(-4, 4) * wild, random.between(-4, 4) * wild};
  placing.over_scan_mm = random.chance(0.35) ? random.between(2.0, 6.0) : 0.0;
  return placing;
}

Optics drawn_optics(double wild, Random& random) {
  Optics optics;
  constexpr std::array<int, 3> kLids{0, 255, 150};
  optics.lid = static_cast<std::uint8_t>(random.one_of(kLids));
  const double yellow = random.between(0.0, 0.08);
  optics.tint[0] = random.between(0.95, 1.0);
  optics.tint[1] = optics.tint[0] - yellow * 0.3;
  optics.tint[2] = optics.tint[0] - yellow;
  optics.light_fall = random.between(0.0, 0.16) * wild;
  optics.blur_px = random.between(0.35, 0.6 + 0.5 * wild);
  optics.noise = random.between(1.0, 2.0 + 3.5 * wild);
  optics.contrast = random.between(1.0 - 0.25 * wild, 1.0);
  optics.dust = random.whole(0, static_cast<int>(5 + 25 * wild));
  optics.hairs = random.chance(0.2 * wild) ? random.whole(1, 2) : 0;
  optics.streak = random.chance(0.12 * wild);
  return optics;
}

}  // namespace

ScanSettings drawn_settings(OutputMode mode, double mildness, Random& random) {
  ScanSettings settings;
  settings.mode = mode;
  settings.placing = drawn_placing(1.0 - mildness, random);
  settings.optics = drawn_optics(1.0 - mildness, random);
  settings.seed = random.bits();
  return settings;
}

}  // namespace postkamer::support
