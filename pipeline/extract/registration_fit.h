// SPDX-License-Identifier: EUPL-1.2
//
// A map through pairs of points of which some are wrong.
#pragma once

#include <optional>
#include <vector>

#include "pipeline/model/geometry.h"

namespace postkamer::extract {

struct PointPair {
  Point from;           // mm
  Point to;             // mm
  double weight = 1.0;  // > 0
};

struct FitOptions {
  double tolerance_mm = 0.4;    // farther than this from the map is wrong
  std::size_t least_pairs = 6;  // that must agree
  bool projective = false;      // allowed when the pairs bear it
};

struct Fit {
  Transform map;
  double residual_mm = 0.0;  // median distance of the pairs that agree
  std::vector<PointPair> agreed;
};

// Gives: the map on which most weight agrees: first a similarity over all pairs of pairs (no
// randomness: at most 72 pairs), then affine and, with at least 20 pairs in all four quarters of
// their bounds, projective by least squares. Nothing when too few agree, or when the map would
// shear or stretch by more than 8 %. Deterministic.
std::optional<Fit> fit_robust(const std::vector<PointPair>& pairs, const FitOptions& options);

}  // namespace postkamer::extract
