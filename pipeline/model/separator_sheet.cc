// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/model/separator_sheet.h"

#include <algorithm>

#include "pipeline/base/calendar.h"

namespace postkamer {
namespace {

constexpr std::string_view kMark = "PK-SEP|v";
constexpr std::string_view kVersion = "1";

bool is_word(std::string_view text) {
  const auto is_allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           std::string_view(" ._/-").find(c) != std::string_view::npos;
  };
  return !text.empty() && text.size() <= kSheetWordLength && std::ranges::all_of(text, is_allowed);
}

tl::unexpected<Error> wrong(const char* reason, std::string message) {
  return fail(ErrorCode::unsupported, reason, "making a separator sheet: " + std::move(message));
}

void doubt(ReadSheet& read, std::string code) {
  read.findings.push_back({std::move(code), "", 0, Severity::doubt, "separator sheet"});
}

void take(ReadSheet& read, std::string_view key, std::string_view value) {
  if (key == "class") {
    if (!is_word(value)) return doubt(read, "separator_class");
    read.sheet.batch_class = value;
  } else if (key == "received") {
    if (!iso_day(value)) return doubt(read, "separator_date");
    read.sheet.received = value;
  } else if (key == "case") {
    if (!is_word(value)) return doubt(read, "separator_case");
    read.sheet.case_number = value;
  } else {
    doubt(read, "separator_unreadable");
  }
}

}  // namespace

Result<std::string> separator_text(const SeparatorSheet& sheet) {
  if (!sheet.batch_class.empty() && !is_word(sheet.batch_class))
    return wrong("separator_class",
                 "a class is at most 60 letters, digits, spaces and . _ / -; choose another");
  if (!sheet.received.empty() && !iso_day(sheet.received))
    return wrong("separator_date", "\"" + sheet.received + "\" is no day; write yyyy-mm-dd");
  if (!sheet.case_number.empty() && !is_word(sheet.case_number))
    return wrong("separator_case",
                 "a case number is at most 60 letters, digits, spaces and . _ / -");
  std::string text = std::string(kMark) + std::string(kVersion);
  if (!sheet.batch_class.empty()) text += "|class=" + sheet.batch_class;
  if (!sheet.received.empty()) text += "|received=" + sheet.received;
  if (!sheet.case_number.empty()) text += "|case=" + sheet.case_number;
  return text;
}

ReadSheet read_separator(std::string_view text) {
  ReadSheet read;
  if (!text.starts_with(kMark)) return read;
  read.is_sheet = true;
  text.remove_prefix(kMark.size());
  const auto cut = [&text] {
    const std::size_t end = std::min(text.find('|'), text.size());
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return part;
  };
  if (cut() != kVersion) {  // of a newer system: none of it is understood for certain
    doubt(read, "separator_unreadable");
    return read;
  }
  while (!text.empty()) {
    const std::string_view part = cut();
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos)
      doubt(read, "separator_unreadable");
    else
      take(read, part.substr(0, equals), part.substr(equals + 1));
  }
  return read;
}

}  // namespace postkamer
