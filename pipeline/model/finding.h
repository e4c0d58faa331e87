// SPDX-License-Identifier: EUPL-1.2
//
// Something a person should know about a page or a field. Codes are stable snake_case words; the
// sentence an operator reads is looked up by code in finding_texts.h and nowhere else.
#pragma once

#include <string>
#include <vector>

namespace postkamer {

enum class Severity {
  notice,  // worth keeping with the record, needs nobody
  doubt,   // a person must look before the record goes out
};

struct Finding {
  std::string code;   // e.g. "bsn_invalid"; key of finding_texts
  std::string field;  // field name; empty when about the page or document
  int page = 0;       // 1-based page of the document; 0 = whole document
  Severity severity = Severity::doubt;
  std::string evidence;  // numbers and units that led to it, never field content
  bool operator==(const Finding&) const = default;
};

using Findings = std::vector<Finding>;

}  // namespace postkamer
