// SPDX-License-Identifier: EUPL-1.2
#include "tests/faults/oracles/file_oracles.h"

#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <set>

#include "workers/journal/blob_store.h"

namespace postkamer::faults {

std::vector<std::string> texts(SQLite::Database& database, const std::string& sql) {
  std::vector<std::string> all;
  SQLite::Statement statement(database, sql);
  while (statement.executeStep()) all.push_back(statement.getColumn(0).getString());
  return all;
}

// A column may hold several hashes with commas between.
Violations blob_violations(SQLite::Database& database, const std::filesystem::path& store) {
  Violations found;
  const auto blobs = journal::BlobStore::open(store).value();
  std::set<std::string> names;
  for (const std::string& joined :
       texts(database,
             "SELECT sha256 FROM scan WHERE sha256 NOT LIKE 'refused:%' UNION SELECT picture FROM "
             "page UNION "
             "SELECT blobs FROM page_result UNION SELECT pdf FROM document"))
    for (std::size_t start = 0; start < joined.size();) {
      const std::size_t end = std::min(joined.find(',', start), joined.size());
      names.insert(joined.substr(start, end - start));
      start = end + 1;
    }
  for (const std::string& name : names)
    if (const auto blob = blobs.get(name); !blob)
      found.push_back("O4: " + blob.error().reason + " " + name);
  return found;
}

Violations integrity_violations(SQLite::Database& database) {
  Violations found;
  for (const std::string& line : texts(database, "PRAGMA integrity_check"))
    if (line != "ok") found.push_back("O5: " + line);
  return found;
}

}  // namespace postkamer::faults
