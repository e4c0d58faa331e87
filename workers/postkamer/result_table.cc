// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/result_table.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "pipeline/model/finding_texts.h"

namespace postkamer {
namespace {

using nlohmann::json;

// What a line tells of a document.
struct Summary {
  std::string document, file, form, status;
  int pages = 0;
  int fields = 0;
  int accepted = 0;
  std::vector<std::string> findings;  // codes, each once, in order of appearance
};

// A file's name is whatever its sender chose: what would steer a terminal is shown as '?'.
std::string printable(std::string name) {
  std::ranges::replace_if(
      name, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
  return name;
}

void add_codes(const json& findings, std::set<std::string>& seen, Summary& summary) {
  for (const auto& finding : findings) {
    if (finding.value("severity", std::string("doubt")) == "notice") continue;
    const auto code = finding.value("code", std::string());
    if (seen.insert(code).second) summary.findings.push_back(code);
  }
}

Summary summary_of(const ExportedDocument& document) {
  const json& record = document.record;
  Summary summary;
  summary.document = document.id;
  summary.status = record.value("status", std::string());
  const json pages = record.value("pages", json::array());
  summary.pages = static_cast<int>(pages.size());
  if (!pages.empty()) summary.file = pages.front().value("file", std::string());
  // Null for an unknown form.
  const json form = record.value("form", json()).is_object() ? record.at("form") : json::object();
  summary.form = form.value("id", std::string());
  if (!summary.form.empty()) summary.form += " " + form.value("version", std::string());
  if (summary.form.empty()) summary.form = "(unknown)";
  std::set<std::string> seen;
  add_codes(record.value("findings", json::array()), seen, summary);
  const json fields = record.value("fields", json::object());
  for (const auto& [name, field] : fields.items()) {
    ++summary.fields;
    if (field.value("accepted", false)) ++summary.accepted;
    add_codes(field.value("findings", json::array()), seen, summary);
  }
  return summary;
}

std::string joined(const std::vector<std::string>& codes, std::size_t most) {
  std::string text;
  for (std::size_t i = 0; i < codes.size() && i < most; ++i)
    text += (i == 0 ? "" : ", ") + codes[i];
  if (codes.size() > most) text += fmt::format(" +{}", codes.size() - most);
  return text;
}

void print_rejected(std::ostream& out, const json& ledger) {
  const json rejected = ledger.value("rejected_files", json::array());
  for (const auto& file : rejected) {
    const auto reason = file.value("reason", std::string());
    const auto text = finding_text(reason);
    out << fmt::format("{:<16} {:<26} {}: {} {}\n", "rejected",
                       printable(file.value("name", std::string())), reason, text.dutch,
                       text.way_out);
  }
}

}  // namespace

void print_table(std::ostream& out, const std::vector<ExportedDocument>& documents,
                 const json& ledger, const std::filesystem::path& folder) {
  out << fmt::format("{:<16} {:<26} {:>5} {:<28} {:<8} {:>7}  {}\n", "document", "file", "pages",
                     "form", "status", "sure", "why a person must look");
  for (const auto& document : documents) {
    const Summary line = summary_of(document);
    out << fmt::format("{:<16} {:<26} {:>5} {:<28} {:<8} {:>3}/{:<3}  {}\n", line.document,
                       printable(line.file), line.pages, line.form, line.status, line.accepted,
                       line.fields, joined(line.findings, 3));
  }
  print_rejected(out, ledger);
  const auto n = [&](const char* pointer) { return ledger.value(json::json_pointer(pointer), 0); };
  out << fmt::format(
      "\n{} files = {} read + {} rejected\n"
      "{} pages = {} in documents + {} separators + {} blanks + {} quarantined\n"
      "{} documents = {} published + {} for review + {} rejected\n"
      "The ledger {}.\n{}\n",
      n("/files/claimed"), n("/files/read"), n("/files/rejected"), n("/pages/total"),
      n("/pages/in_documents"), n("/pages/separators"), n("/pages/blanks"), n("/pages/quarantined"),
      n("/documents/total"), n("/documents/published"), n("/documents/review"),
      n("/documents/rejected"),
      ledger.value("balanced", false) ? "balances" : "does NOT balance: see ledger.json",
      folder.string());
}

void print_json(std::ostream& out, const std::vector<ExportedDocument>& documents,
                const json& ledger) {
  auto lines = json::array();
  for (const auto& document : documents) {
    const Summary line = summary_of(document);
    lines.push_back({{"document", line.document},
                     {"file", line.file},
                     {"pages", line.pages},
                     {"form", line.form},
                     {"status", line.status},
                     {"fields", line.fields},
                     {"accepted", line.accepted},
                     {"findings", line.findings},
                     {"pdf", document.has_pdf}});
  }
  out << json{{"documents", lines}, {"ledger", ledger}}.dump(2) << '\n';
}

}  // namespace postkamer
