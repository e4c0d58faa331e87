// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/calibration.h"

#include "workers/host/files.h"
#include "workers/host/settings.h"

namespace postkamer::host {

Result<Calibration> load_calibration() {
  PK_TRY(table, read_file(installation_root() / "classifiers" / "calibration.tsv"));
  return Calibration::parse(text_of(table));
}

}  // namespace postkamer::host
