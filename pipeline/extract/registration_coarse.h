// SPDX-License-Identifier: EUPL-1.2
//
// Where on the page a blank lies, roughly: correlation of coarse ink maps over all shifts.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include <opencv2/core/mat.hpp>

#include "pipeline/extract/registration_blank.h"
#include "pipeline/extract/registration_levels.h"

namespace postkamer::extract {

struct CoarseMatch {
  QuarterTurn turn = QuarterTurn::none;  // to apply to the upright page
  double score = 0.0;                    // normalised correlation, -1..1
  Transform mm_to_upright;
};

// The ink of a blank as its spectrum; made once a blank.
struct CoarseBlank {
  cv::Mat spectrum;
  double energy = 0.0;
  std::vector<float> rows;  // profile: mean darkness of each millimetre down the page
  std::vector<float> columns;
  double width_mm = 0.0;
  double height_mm = 0.0;
};

CoarseBlank make_coarse_blank(const PreparedBlank& blank);

// One page, to be compared with many blanks. Not for use from two threads at a time.
class CoarsePage {
 public:
  explicit CoarsePage(const PageLevels& levels);

  // How well the profiles fit at the best shift, -1..1; microseconds.
  [[nodiscard]] double profile_score(const CoarseBlank& blank, QuarterTurn turn) const;

  // The best shift in both directions; about a millisecond. `scale` is the size of the print on the
  // page against its size on the blank.
  CoarseMatch correlate(const CoarseBlank& blank, QuarterTurn turn, double scale = 1.0);

 private:
  struct Turned {
    double scale = 0.0;
    cv::Mat spectrum;
    double energy = 0.0;
  };
  const Turned& turned(QuarterTurn turn, double scale);

  const PageLevels& levels_;
  std::array<Turned, 4> turned_;
  std::array<std::vector<float>, 4> rows_;
  std::array<std::vector<float>, 4> columns_;
};

}  // namespace postkamer::extract
