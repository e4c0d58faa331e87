// SPDX-License-Identifier: EUPL-1.2
//
// How the tables came to be what they are, step by step. A journal only ever goes forward: its
// version is the number of the last step that was taken (SQLite's user_version), an older one takes
// the steps it lacks, a newer one is refused. What a step once did never changes; what is to be
// otherwise is another step at the end.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <SQLiteCpp/Database.h>

#include "pipeline/base/error.h"

namespace postkamer::journal {

struct Step {
  const char* what;  // for people: "streams have an id"
  const char* sql;   // run as one transaction, together with the new version number
};

// Step n (from 1 on) makes version n of version n - 1.
const std::vector<Step>& steps();

// The newest version, which is what this program reads and writes.
int newest_version();

// 0 = nothing was made yet. Throws SQLite::Exception.
int version_of(SQLite::Database& database);

// Takes the steps up to `version` that the journal lacks, each one transaction: a crash between two
// leaves an older version, whole. `tell` is called as open_journal says. Throws SQLite::Exception.
void bring_forward(SQLite::Database& database, int version = newest_version(),
                   const std::function<void(const std::string& step)>& tell = {});

// Fails with: invalid_config (journal_newer).
Result<void> check_not_newer(int version);

}  // namespace postkamer::journal
