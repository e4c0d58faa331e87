// SPDX-License-Identifier: EUPL-1.2
//
// How the rows of rows.h lie in the tables, which migrations.h makes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include "workers/journal/rows.h"

namespace postkamer::journal {

// Columns in the order in which read_* takes them and bind() gives them.
inline constexpr const char* kBatchColumns =
    "id, name, class, date_of_receipt, source, publish, expected_sheets, state, scans";
inline constexpr const char* kScanColumns =
    "id, batch, number, name, sha256, copy, size, state, reason, message, page_count, "
    "pages_decoded, findings";
inline constexpr const char* kPageColumns =
    "scan, idx, kind, picture, flags, form, form_version, form_page, quarantine, document";
inline constexpr const char* kDocumentColumns =
    "id, name, batch, scan, state, flags, revision, form, split_findings, pdf, archive_failure, "
    "class";
inline constexpr int kDocumentColumnCount = 12;
inline constexpr const char* kJobColumns =
    "id, kind, scan, document, page, generation, attempt, acquired, failed, leased, token";

BatchRow read_batch(SQLite::Statement& row);
ScanRow read_scan(SQLite::Statement& row);
PageRow read_page(SQLite::Statement& row);
DocumentRow read_document(SQLite::Statement& row);
JobRow read_job(SQLite::Statement& row);

// The strings must live until the statement has run: they are not copied.
void bind(SQLite::Statement& statement, const BatchRow& row);
void bind(SQLite::Statement& statement, const ScanRow& row);
void bind(SQLite::Statement& statement, const PageRow& row);
void bind(SQLite::Statement& statement, const DocumentRow& row);
void bind(SQLite::Statement& statement, const JobRow& row);

// Hashes joined with commas, and back; names of columns stand a comma and a space apart.
std::string joined(const std::vector<std::string>& hashes);
std::vector<std::string> parted(const std::string& text, std::string_view mark = ",");

}  // namespace postkamer::journal
