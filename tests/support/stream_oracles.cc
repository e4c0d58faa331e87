// SPDX-License-Identifier: EUPL-1.2
#include "tests/support/stream_oracles.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <tuple>

#include <SQLiteCpp/Database.h>
#include <sqlite3.h>
#include <nlohmann/json.hpp>

#include "tests/faults/oracles/file_oracles.h"
#include "workers/host/process.h"
#include "workers/journal/sqlite_journal.h"

namespace postkamer::test {
namespace {

using faults::Violations;
using nlohmann::json;

constexpr int kBusyMs = 10'000;

void add(Violations& all, Violations more) { std::ranges::move(more, std::back_inserter(all)); }

// What a subscriber printed, as rows; what is no event is a violation.
std::vector<journal::EventRow> rows_of(const SeenEvents& lines, Violations& found) {
  std::vector<journal::EventRow> rows;
  for (const std::string& line : lines) {
    const json event = json::parse(line, nullptr, false);
    if (!event.is_object() || !event.contains("sequence") || !event.contains("id"))
      found.push_back("O3: a subscriber was sent something that is no event");
    else
      rows.push_back({std::stoull(event.at("sequence").get<std::string>()), event.at("id"),
                      event.value("subject", std::string()), line});
  }
  return rows;
}

// Never forward but by one; back only to what it had before.
Violations order_violations(const std::vector<journal::EventRow>& rows, std::uint64_t head) {
  Violations found;
  std::uint64_t last = 0;
  std::uint64_t furthest = 0;
  for (const auto& row : rows) {
    if (row.sequence > last + 1)
      found.push_back("O3: a subscriber was sent " + std::to_string(row.sequence) + " after " +
                      std::to_string(last));
    last = row.sequence;
    furthest = std::max(furthest, last);
  }
  if (furthest != head)
    found.push_back("O3: a subscriber has seen " + std::to_string(furthest) + " of " +
                    std::to_string(head) + " events");
  return found;
}

Violations lease_violations(journal::Reader& reader) {
  Violations found;
  std::set<std::tuple<flow::JobKind, journal::Id, journal::Id, int>> pieces;
  const auto snapshot = *reader.snapshot();
  for (const auto& job : snapshot.jobs) {
    const std::string name = "lease: job " + std::to_string(job.id);
    if (!pieces.emplace(job.kind, job.scan, job.document, job.page).second)
      found.push_back(name + " is another one's work too");
    if (job.leased && job.token == 0) found.push_back(name + " is held without a token");
    if (job.failed > job.acquired) found.push_back(name + " failed more often than it was tried");
  }
  return found;
}

// As the journal's own readers open it.
SQLite::Database opened(const std::filesystem::path& file) {
  SQLite::Database database(file.string(), SQLite::OPEN_READONLY);
  database.setBusyTimeout(kBusyMs);
  database.exec("PRAGMA query_only = ON");
  sqlite3_db_config(database.getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  return database;
}

}  // namespace

std::vector<std::string> stream_oracles(const std::filesystem::path& data,
                                        const std::vector<SeenEvents>& seen) {
  const host::Layout layout{data};
  const auto reader = journal::open_reader(layout.journal());
  if (!reader) return {"O5: the journal cannot be opened: " + reader.error().message};
  Violations found;
  const std::uint64_t head = *(*reader)->head();
  if (seen.empty()) add(found, faults::stream_violations(**reader, {}));
  for (const SeenEvents& lines : seen) {
    const auto rows = rows_of(lines, found);
    add(found, order_violations(rows, head));
    add(found, faults::stream_violations(**reader, rows));
  }
  add(found, lease_violations(**reader));
  add(found, faults::audit_violations(**reader));
  try {
    SQLite::Database database = opened(layout.journal());
    add(found, faults::integrity_violations(database));
    add(found, faults::blob_violations(database, layout.blobs()));
  } catch (const SQLite::Exception& exception) {
    found.push_back(std::string("O5: the journal cannot be read: ") + exception.what());
  }
  return found;
}

}  // namespace postkamer::test
