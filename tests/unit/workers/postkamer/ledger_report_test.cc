// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/ledger_report.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace postkamer {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

json balanced() {
  return {{"batch", "20260503B1"},
          {"class", "bz"},
          {"date_of_receipt", "2026-05-03"},
          {"source", "inbox:post:1774000000-1-1"},
          {"state", "closed"},
          {"expected_sheets", 6},
          {"files", {{"claimed", 3}, {"read", 2}, {"rejected", 1}, {"reading", 0}}},
          {"pages",
           {{"total", 12},
            {"in_documents", 8},
            {"separators", 1},
            {"blanks", 2},
            {"quarantined", 1},
            {"underway", 0}}},
          {"documents",
           {{"total", 4},
            {"published", 2},
            {"review", 1},
            {"rejected", 1},
            {"withdrawn", 0},
            {"reading", 0},
            {"without_archive_copy", 0}}},
          {"missing", json::array()},
          {"rejected_files",
           {{{"scan", "S3"}, {"name", "kapot.tif"}, {"reason", "scan_not_an_image"}}}},
          {"balanced", true}};
}

std::string text_of_report(const json& ledger) {
  return forms::report_text(ledger_report(ledger, "2026-05-04"));
}

TEST(LedgerReport, writes_every_sum_with_its_parts) {
  const std::string text = text_of_report(balanced());
  EXPECT_THAT(text, HasSubstr("Papierbalans van batch 20260503B1"));
  EXPECT_THAT(text, HasSubstr("Ontvangen op 03-05-2026"));
  EXPECT_THAT(text, HasSubstr("langs: map post."));
  EXPECT_THAT(text, HasSubstr("De balans klopt"));
  EXPECT_THAT(text, HasSubstr("2 gelezen + 1 geweigerd + 0 nog bezig"));
  EXPECT_THAT(text, HasSubstr("8 in documenten + 2 blanco + 1 scheidingsbladen + 1 apart gelegd"));
  EXPECT_THAT(text, HasSubstr("2 verstuurd + 1 bij nakijken + 1 afgewezen + 0 ingetrokken"));
  EXPECT_THAT(text, HasSubstr("kapot.tif"));
  EXPECT_THAT(text, HasSubstr("Handtekening:"));
  EXPECT_THAT(text, Not(HasSubstr("KLOPT NIET")));
}

TEST(LedgerReport, names_what_is_missing_before_anything_else) {
  json ledger = balanced();
  ledger["balanced"] = false;
  ledger["missing"] = {{{"what", "page"}, {"subject", "S2/3"}, {"state", "in no document"}}};
  const std::string text = text_of_report(ledger);
  EXPECT_LT(text.find("DE BALANS KLOPT NIET"), text.find("De telling"));
  EXPECT_LT(text.find("S2/3"), text.find("De telling"));
  EXPECT_THAT(text, HasSubstr("Zit in geen enkel document."));
  EXPECT_THAT(text, Not(HasSubstr("De balans klopt:")));
  EXPECT_THAT(text, HasSubstr("bewaart het papier"));
}

TEST(LedgerReport, counts_the_classes_of_a_pile_apart_when_there_are_several) {
  json ledger = balanced();
  ledger["classes"]["bz"] = {{"documents", 3}, {"pages", 6}, {"published", 2}, {"review", 1}};
  EXPECT_THAT(text_of_report(ledger), Not(HasSubstr("Per soort post")));
  ledger["classes"]["bel"] = {{"documents", 1}, {"pages", 2}, {"rejected", 1}};
  const std::string text = text_of_report(ledger);
  EXPECT_THAT(text, HasSubstr("Per soort post"));
  EXPECT_THAT(text, HasSubstr("2 verstuurd + 1 bij nakijken + 0 afgewezen"));
  EXPECT_THAT(text, HasSubstr("6 beelden"));
}

TEST(LedgerReport, tells_which_copies_are_older_than_their_records) {
  json ledger = balanced();
  EXPECT_THAT(text_of_report(ledger), Not(HasSubstr("Archiefkopie verouderd")));
  ledger["documents"]["copies_due"] = 1;
  EXPECT_THAT(text_of_report(ledger), HasSubstr("Archiefkopie verouderd"));
}

TEST(LedgerReport, is_a_page_to_print) {
  const auto pdf = forms::report_pdf(ledger_report(balanced(), "2026-05-04"));
  ASSERT_TRUE(pdf);
  EXPECT_TRUE(text_of(*pdf).starts_with("%PDF-"));
}

}  // namespace
}  // namespace postkamer
