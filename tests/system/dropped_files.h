// SPDX-License-Identifier: EUPL-1.2
//
// Small whole scans to drop in folders: one blank page each, every number with bytes of its own.
#pragma once

#include <string>

namespace postkamer::test {

std::string tiff(int number);
std::string jpeg(int number);
std::string pdf(int number);

}  // namespace postkamer::test
