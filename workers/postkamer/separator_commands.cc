// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/separator_commands.h"

#include "pipeline/forms/print.h"
#include "workers/host/files.h"
#include "workers/postkamer/exit_codes.h"

namespace postkamer {
namespace {

constexpr double kCodeSide = 60.0;  // mm: read from a fax, and by a camera at arm's length
constexpr double kMargin = 25.0;

// "2026-05-03" -> "03-05-2026"
std::string as_written(const std::string& day) {
  return day.substr(8, 2) + "-" + day.substr(5, 2) + "-" + day.substr(0, 4);
}

// The code twice, at opposite corners: one survives a fold, a staple or a dirty edge.
forms::FormPage side(int number, const SeparatorSheet& sheet, const std::string& code) {
  forms::FormPage page;
  page.number = number;
  const double right = page.width - kMargin - kCodeSide;
  const double bottom = page.height - kMargin - kCodeSide;
  page.codes.push_back({"qr", code, {kMargin, kMargin, kCodeSide, kCodeSide}});
  page.codes.push_back({"qr", code, {right, bottom, kCodeSide, kCodeSide}});
  double top = 110.0;
  const double width = page.width - 2 * kMargin;
  const auto line = [&](const char* kind, const std::string& text, double size) {
    page.decorations.push_back({kind, {text, ""}, {kMargin, top, width, size * 0.6}, size});
    top += size * 0.8;
  };
  line("heading", "Scheidingsvel", 40.0);
  line("text", "Leg dit vel voor een document. Het geldt tot het volgende scheidingsvel.", 12.0);
  top += 8.0;
  if (!sheet.batch_class.empty()) line("strong", "Soort post: " + sheet.batch_class, 18.0);
  if (!sheet.received.empty())
    line("strong", "Datum van ontvangst: " + as_written(sheet.received), 18.0);
  if (!sheet.case_number.empty()) line("strong", "Zaaknummer: " + sheet.case_number, 18.0);
  return page;
}

Result<void> print(const SeparatorOptions& options) {
  PK_TRY(code, separator_text(options.sheet));
  forms::Form sheets;
  sheets.id = "scheidingsvel";
  sheets.version = "1";
  sheets.title.nl = "Scheidingsvel";
  for (int number = 1; number <= 2 * options.copies; ++number)
    sheets.pages.push_back(side(number, options.sheet, code));
  PK_TRY(pdf, forms::print_pdf(sheets, nullptr));
  return host::write_file(options.out_pdf, pdf);
}

}  // namespace

int separators_print(const SeparatorOptions& options, std::ostream& err) {
  const auto done = print(options);
  if (done) return exit_code::kOk;
  err << done.error().message << '\n';
  return done.error().code == ErrorCode::unsupported ? exit_code::kUsage : exit_code::kFailed;
}

}  // namespace postkamer
