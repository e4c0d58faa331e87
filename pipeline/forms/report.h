// SPDX-License-Identifier: EUPL-1.2
//
// A report that people read, sign and keep: as a page to print and as plain text. Says nothing of
// what it is about.
#pragma once

#include <string>
#include <vector>

#include "pipeline/base/bytes.h"
#include "pipeline/base/error.h"

namespace postkamer::forms {

struct ReportColumn {
  std::string head;
  double width_mm = 20.0;
  bool is_code = false;  // hashes and ids: small and fixed, broken where it must be
};

struct ReportBlock {
  enum class Kind {
    heading,
    text,
    bullet,
    table,
    signature  // lines to sign on; `text` says for what
  };
  Kind kind = Kind::text;
  std::string text;
  std::vector<ReportColumn> columns;           // table; at most 170 mm together
  std::vector<std::vector<std::string>> rows;  // table; as many cells as columns
};

struct Report {
  std::string title;
  std::string footer;  // stands on every page, before "blad 2 van 3"
  std::vector<ReportBlock> blocks;

  Report& heading(std::string text) { return add(ReportBlock::Kind::heading, std::move(text)); }
  Report& say(std::string text) { return add(ReportBlock::Kind::text, std::move(text)); }
  Report& bullet(std::string text) { return add(ReportBlock::Kind::bullet, std::move(text)); }

 private:
  Report& add(ReportBlock::Kind kind, std::string text) {
    blocks.push_back({kind, std::move(text), {}, {}});
    return *this;
  }
};

// Plain text, UTF-8; the cells of a table parted by two spaces, codes whole.
std::string report_text(const Report& report);

// A4, in DejaVu and Liberation; table heads stand on every page. Deterministic for equal input and
// fonts. Fails with: internal when Cairo reports an error.
Result<Bytes> report_pdf(const Report& report);

}  // namespace postkamer::forms
