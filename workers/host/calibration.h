// SPDX-License-Identifier: EUPL-1.2
//
// The readers' calibration of this installation: classifiers/calibration.tsv.
#pragma once

#include "pipeline/base/error.h"
#include "pipeline/model/calibration.h"

namespace postkamer::host {

// Fails with: those of read_file (message names the file) and of Calibration::parse.
Result<Calibration> load_calibration();

}  // namespace postkamer::host
