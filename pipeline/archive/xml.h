// SPDX-License-Identifier: EUPL-1.2
//
// Text in XML. Used inside this folder only.
#pragma once

#include <string>
#include <string_view>

namespace postkamer::archive {

// Text between tags; XML 1.0 has no place for control characters, which are left out.
std::string xml_escaped(std::string_view text);

}  // namespace postkamer::archive
