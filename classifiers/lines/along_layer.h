// SPDX-License-Identifier: EUPL-1.2
//
// Convolutions along the line, one channel at a time: eight layers of the line reader's network.
// OpenCV 4.6 has fast code for depthwise convolutions of 3x3 only, so these took a quarter of the
// network's time for a fiftieth of its work.
#pragma once

namespace postkamer::lines {

// From now on networks read in this process compute a convolution of 1x5 with as many groups as
// channels, of any dilation, that keeps the width, by code of ours; all others as before. The
// results differ from OpenCV's by rounding alone. Once is enough; safe from any thread.
void use_fast_convolutions_along();

}  // namespace postkamer::lines
