// SPDX-License-Identifier: EUPL-1.2
//
// Asking a prepared statement: what is bound, what is read, and what SQLite throws as an Error.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>

#include "workers/journal/rows.h"
#include "workers/journal/sqlite_reader.h"

namespace postkamer::journal {

inline std::int64_t signed_of(std::uint64_t value) { return static_cast<std::int64_t>(value); }

// Runs `work`; what SQLite throws becomes an Error.
template <class Work>
auto guarded(std::string_view doing, Work work) -> Result<decltype(work())> {
  try {
    return work();
  } catch (const SQLite::Exception& exception) {
    return journal_error(doing, exception);
  }
}

template <class Row>
std::vector<Row> all(SQLite::Statement& statement, Row (*read)(SQLite::Statement&)) {
  std::vector<Row> rows;
  while (statement.executeStep()) rows.push_back(read(statement));
  statement.reset();
  return rows;
}

template <class Row>
std::optional<Row> first(SQLite::Statement& statement, Row (*read)(SQLite::Statement&)) {
  std::optional<Row> row;
  if (statement.executeStep()) row = read(statement);
  statement.reset();
  return row;
}

inline std::string select(const char* columns, const std::string& rest) {
  return std::string("SELECT ") + columns + " FROM " + rest;
}

inline Id read_id(SQLite::Statement& row) { return static_cast<Id>(row.getColumn(0).getInt64()); }

// Binds the only parameter.
inline SQLite::Statement& with(SQLite::Statement& statement, std::uint64_t value) {
  statement.bind(1, signed_of(value));
  return statement;
}
inline SQLite::Statement& with(SQLite::Statement& statement, const std::string& value) {
  statement.bind(1, value);
  return statement;
}

}  // namespace postkamer::journal
