// SPDX-License-Identifier: EUPL-1.2
//
// What a reader states -> how often that is right: monotone curves, one a reader and kind of field,
// fitted on scans that the reader was not trained on (classifiers/calibrate.py) and kept as data
// beside the models (classifiers/calibration.tsv).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/base/error.h"

namespace postkamer {

class Calibration {
 public:
  // No curves: what is stated stands.
  Calibration() = default;
  // Lines of "curve TAB stated TAB right", both 0..1, rising; '#' starts a comment.
  // Fails with: invalid_config, reason calibration_invalid (message names the line).
  static Result<Calibration> parse(std::string_view table);

  // Share right where the reader states this much; straight between the curve's points, and flat
  // outside them. A curve that is not there leaves `stated` as it is. In 0..1.
  [[nodiscard]] double right(std::string_view curve, double stated) const;

 private:
  struct Point {
    double stated = 0.0;
    double right = 0.0;
  };
  std::map<std::string, std::vector<Point>, std::less<>> curves_;
};

}  // namespace postkamer
