// SPDX-License-Identifier: EUPL-1.2
//
// Whether a form page's title stands among the words that were read.
#pragma once

#include <string_view>
#include <vector>

#include "pipeline/model/page.h"

namespace postkamer::classifiers {

// The share of the title's letters, in words of three and more, whose word was read; one wrong
// letter in five is forgiven. 0 for a title without such words. Deterministic.
double title_share(std::string_view title, const std::vector<Word>& words);

}  // namespace postkamer::classifiers
