// SPDX-License-Identifier: EUPL-1.2
//
// Scanners that write a file a page number the files. Which of them belong together.
#pragma once

#include <string>
#include <string_view>

namespace postkamer::intake {

// What the names of the pages of one scan share: everything but the last number before the ending.
// "S KMBT_C300 2605031200_0001.JPG" and "..._0002.JPG" are one series; "scan.tif" is one of its
// own. Endings and the other letters compare as they are.
std::string series_of(std::string_view name);

}  // namespace postkamer::intake
