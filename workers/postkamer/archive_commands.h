// SPDX-License-Identifier: EUPL-1.2
//
// Verbs about what is kept: a batch's documents out of the store, and the statement that lets its
// paper go. Both work on a data folder; the statement needs no running mailroom.
#pragma once

#include <filesystem>
#include <string>

namespace postkamer {

struct ArchiveOptions {
  std::filesystem::path dir;       // the mailroom's data folder
  std::filesystem::path settings;  // settings file
  std::string batch;
  std::filesystem::path out;  // export: folder; statement: PDF, may be empty
  bool json = false;
};

// The records, copies and metadata of a batch into a folder.
int export_command(const ArchiveOptions& options);

// Prints the statement, and writes it as a PDF when asked. Ends with kUnsettled when a sheet is
// refused: each is named, with why.
int statement_command(const ArchiveOptions& options);

}  // namespace postkamer
