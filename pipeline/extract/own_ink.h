// SPDX-License-Identifier: EUPL-1.2
//
// Whether what a zone shows was written there at all. A stamp that was set anywhere, a fold, what
// shines through from the other side and coffee are ink too.
#pragma once

#include <functional>
#include <string_view>

#include "pipeline/extract/added_ink.h"
#include "pipeline/extract/zone_readers.h"

namespace postkamer::extract {

// A zone's reading may rest on ink that is not the writer's: how sure it is at most, a cautious
// guess.
inline constexpr double kMostSureOfDoubtfulInk = 0.6;

// What a character or a line is worth over which a stamp or a fold may lie, or into which something
// hangs: a cautious guess too.
inline constexpr double kSureUnderForeignInk = 0.9;

// Why the ink of a tick box or a signature's field is doubtful, as a finding's code; empty when it
// is not. `is_same` tells of a mask whether it is read as `ink`'s own; it is asked of the ink
// without what is foreign (ink_from_elsewhere), and without what is much paler than the form's
// print (ink_pale).
std::string_view doubt_about(const ZonePage& page, const PatchFrame& frame, const AddedInk& ink,
                             const std::function<bool(const cv::Mat&)>& is_same);

// Whether a good part of `ink` (255 = ink), which was read as characters, is not in `own`: the same
// cut-out without what is foreign.
bool is_foreign(const cv::Mat& ink, const cv::Mat& own);

}  // namespace postkamer::extract
