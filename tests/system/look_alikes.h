// SPDX-License-Identifier: EUPL-1.2
//
// Filled-in forms that look like ours and are not: of another municipality, with the rows in
// another order, and of a version that is not in the catalogue any more. Each with a code of its
// own, and without any.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>

namespace postkamer::test {

struct LookAlike {
  std::string name;  // "foreign-coded-parkeervergunning"
  cv::Mat page;      // gray, 300 dpi
  nlohmann::json truth;
};

// Of every form of the catalogue that has one page.
std::vector<LookAlike> look_alikes();

}  // namespace postkamer::test
