// SPDX-License-Identifier: EUPL-1.2
//
// The count that proves that no sheet disappeared. Pure: over rows, wherever they come from.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "workers/journal/journal.h"

namespace postkamer::journal {

struct Missing {
  std::string what;     // "file", "page", "document", "sheets"
  std::string subject;  // id
  std::string state;    // where it is now
};

// Of a pile that carries several classes of post: what each got.
struct ClassCount {
  int documents = 0, pages = 0;
  int published = 0, review = 0, rejected = 0, withdrawn = 0, reading = 0;
};

struct Ledger {
  // files: claimed = read + rejected + reading
  int files = 0, files_read = 0, files_rejected = 0, files_reading = 0;
  // pages = in documents + separators + blanks + quarantined + underway
  int pages = 0, pages_in_documents = 0, separators = 0, blanks = 0, quarantined = 0;
  int pages_underway = 0;
  // documents = published + review + rejected + withdrawn + reading
  int documents = 0, published = 0, review = 0, rejected = 0, withdrawn = 0, reading = 0;
  int without_archive_copy = 0;
  int copies_due = 0;                         // the copy is older than the record
  std::map<std::string, ClassCount> classes;  // of the documents, by name
  int expected_sheets = 0;                    // 0 = not told
  std::vector<Missing> missing;               // what keeps it from balancing, at most kMaxMissing
  bool balanced = false;
};

inline constexpr std::size_t kMaxMissing = 100;

// Balanced: every file that got a number is here, and is read or rejected; every page of a read
// file is here and accounted for exactly once; every document has reached an end (a person's desk
// included) with its archive copy made or its failure known, and the sheets are as many as were
// told (as single or double sides).
Ledger ledger_of(const BatchContents& contents);

}  // namespace postkamer::journal
