// SPDX-License-Identifier: EUPL-1.2
//
// Lays the form over the page: the map from millimetres on the form to pixels of the original scan.
#pragma once

#include "pipeline/base/error.h"
#include "pipeline/model/geometry.h"
#include "pipeline/model/page.h"

namespace postkamer::extract {

// One page of a form as printed without values; made once per form and kept.
struct BlankPage {
  GrayImage image;  // upright, known dpi, page fills the image: px = mm * pixels_per_mm(dpi)
  double width_mm = 210.0;
  double height_mm = 297.0;
};

// What registration keeps of a blank (registration_blank.h): made once, then every page is cheaper.
struct PreparedBlank;

struct Registration {
  Transform mm_to_upright;   // px of the upright page
  Transform mm_to_original;  // px of the original picture
  double residual_mm = 0.0;  // median distance of matched points
  double match = 0.0;        // 0..1, share of the blank's print found on the page
  int points = 0;            // that support the map
};

struct RegistrationOptions {
  double min_match = 0.55;  // less of the blank's print found: this is not that form
  double max_residual_mm = 0.6;
};

// Registers an upright page on a blank, at any quarter turn (candidate.turn first), robust to
// stamps, missing corners, up to 4 % of scale and roller stretch.
//
// `candidate.mm_to_upright` is used as the first guess when present.
// Fails with: unsupported, reason registration_failed, when the page is not that form.
// Deterministic.
Result<Registration> register_page(const UprightPage& page, const BlankPage& blank,
                                   const FormCandidate& candidate,
                                   const RegistrationOptions& options);
Result<Registration> register_page(const UprightPage& page, const PreparedBlank& blank,
                                   const FormCandidate& candidate,
                                   const RegistrationOptions& options);

}  // namespace postkamer::extract
