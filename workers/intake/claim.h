// SPDX-License-Identifier: EUPL-1.2
//
// A claim: what was taken from an inbox in one act, in a folder of its own under work/, until its
// batch is settled. All that must outlive a crash stands in the folder's name, so that a rename
// writes it.
#pragma once

#include <cstdint>
#include <ctime>
#include <filesystem>
#include <string>
#include <vector>

namespace postkamer::intake {

// "1774000000-4711-12=Burgerzaken@20260320B7"; the last two parts may be missing.
struct ClaimName {
  std::string key;           // time, process and number: sorts by age, unlike any other
  std::string class_folder;  // the sub-folder it came from; empty = none
  std::string batch;         // empty = not known to the broker yet

  [[nodiscard]] std::string text() const;
  [[nodiscard]] std::time_t time() const;  // when it was taken
};

ClaimName claim_name_of(const std::filesystem::path& claim);

// One thing to tell the broker of: a file, or the pages of one document.
struct Unit {
  std::string name;                          // as the ledger knows it, always UTF-8
  std::vector<std::filesystem::path> files;  // several: pages in order
  std::string refusal;  // the reason why it is none: a link, a pipe, a folder, an empty file
};

struct ClaimContents {
  bool is_folder = false;      // a folder came, its name is that of `root`
  std::filesystem::path root;  // the file or folder as it came; empty = nothing is there any more
  std::vector<Unit> units;     // in natural order
  // What the marker of a folder said of its batch, as JSON: {"expected_sheets": 12,
  // "date_of_receipt": "2026-05-03"}; an empty marker says nothing.
  int expected_sheets = 0;      // 0 = not said
  std::string date_of_receipt;  // yyyy-mm-dd; empty = not said
  bool is_marker_wrong = false;
};

// What lies in a claim. `page_per_file`: files of one series are one unit.
ClaimContents contents_of(const std::filesystem::path& claim, bool page_per_file);

// A file's name for the ledger: bytes that are no UTF-8 as %XX, so that two names stay two.
std::string ledger_name(const std::filesystem::path& file);

}  // namespace postkamer::intake
