// SPDX-License-Identifier: EUPL-1.2
//
// What must be true of the files of a mailroom: O4 and O5 of README.md. The database may be open
// for reading only, and a broker may be writing to it.
#pragma once

#include <filesystem>

#include <SQLiteCpp/Database.h>

#include "tests/faults/oracles/journal_oracles.h"

namespace postkamer::faults {

// The first column of what an SQL query gives.
std::vector<std::string> texts(SQLite::Database& database, const std::string& sql);

// O4: every blob that a row names is in the store, and hashes to its name.
Violations blob_violations(SQLite::Database& database, const std::filesystem::path& store);

// O5: SQLite finds nothing wrong with it.
Violations integrity_violations(SQLite::Database& database);

}  // namespace postkamer::faults
