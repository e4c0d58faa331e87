// SPDX-License-Identifier: EUPL-1.2
//
// Figures as a page in Prometheus' text format (version 0.0.4). What each means and when to worry:
// README.md beside this file, which a test holds to this.
#pragma once

#include <string>

#include "workers/metrics/figures.h"

namespace postkamer::metrics {

std::string page_of(const Figures& figures);

inline constexpr const char* kPageType = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace postkamer::metrics
