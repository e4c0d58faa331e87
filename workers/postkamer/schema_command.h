// SPDX-License-Identifier: EUPL-1.2
//
// What the stream's events look like, for those who write programs on it.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>

namespace postkamer {

struct SchemaOptions {
  std::filesystem::path config;
  std::string form;        // id; empty = the whole stream as AsyncAPI 3
  std::string version;     // empty = the newest
  std::string subscriber;  // as this one sees it; empty = everything
};

// Prints a JSON Schema (draft-07) of the data of a form's events, or the AsyncAPI document of the
// stream. Gives an exit code.
int schema_command(const SchemaOptions& options, std::ostream& out, std::ostream& errors);

}  // namespace postkamer
