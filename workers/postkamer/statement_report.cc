// SPDX-License-Identifier: EUPL-1.2
//
// The Dutch text of the statement. Article numbers of law stay out of it: they change, and the
// decision that the settings name refers to them.
#include <fmt/format.h>

#include "pipeline/archive/pdfa.h"
#include "pipeline/model/finding_texts.h"
#include "workers/postkamer/statement.h"

namespace postkamer {
namespace {

using forms::Report;
using forms::ReportBlock;

constexpr const char* kNotFilledIn = "(nog niet ingevuld: zie [vervanging] in de instellingen)";

std::string or_gap(const std::string& text) { return text.empty() ? kNotFilledIn : text; }

void list(Report& report, const std::vector<std::string>& lines) {
  if (lines.empty()) report.say(kNotFilledIn);
  for (const std::string& line : lines) report.bullet(line);
}

std::string place_of(const StatementPage& page) {
  return page.page == 0 ? "heel" : std::to_string(page.page);
}

std::string what_it_is(const StatementPage& page) {
  if (!page.document.empty()) return page.document;
  return page.kind == PageKind::blank ? "(blanco zijde)" : "-";
}

void add_proven(Report& report, const Statement& statement) {
  report.heading("Bladen die vernietigd mogen worden");
  if (statement.proven.empty()) {
    report.say("Geen.");
    return;
  }
  report.say(
      "Van iedere zijde hieronder zijn scan, beeld en archiefkopie opnieuw gelezen en vergeleken. "
      "Een blad mag weg als al zijn zijden op deze lijst staan.");
  ReportBlock table;
  table.kind = ReportBlock::Kind::table;
  table.columns = {{"Nr", 10, false},
                   {"Scan (SHA-256)", 48, true},
                   {"Zijde", 12, false},
                   {"Document", 52, false},
                   {"Archiefkopie (SHA-256)", 48, true}};
  int number = 0;
  for (const StatementPage& page : statement.proven)
    table.rows.push_back({std::to_string(++number), page.scan_sha256, place_of(page),
                          what_it_is(page), page.pdf_sha256.empty() ? "-" : page.pdf_sha256});
  report.blocks.push_back(std::move(table));
}

void add_refused(Report& report, const Statement& statement) {
  report.heading("Geweigerd: dit papier moet blijven");
  if (statement.refused.empty()) {
    report.say("Geen.");
    return;
  }
  ReportBlock table;
  table.kind = ReportBlock::Kind::table;
  table.columns = {{"Scan", 12, false},
                   {"Zijde", 12, false},
                   {"Scan (SHA-256)", 40, true},
                   {"Document", 46, false},
                   {"Waarom", 60, false}};
  for (const StatementPage& page : statement.refused) {
    std::string why;
    for (const Refusal& refusal : page.refusals)
      why += fmt::format("{}{} [{}]", why.empty() ? "" : " ", finding_text(refusal.code).dutch,
                         refusal.code);
    table.rows.push_back({page.scan, place_of(page),
                          page.scan_sha256.empty() ? "-" : page.scan_sha256, what_it_is(page),
                          why});
  }
  report.blocks.push_back(std::move(table));
}

void add_formats(Report& report, const host::Settings& settings) {
  const std::string kind(archive::label_of(settings.archive.pdfa));
  report.heading("Programmatuur en bestandsformaten");
  report.bullet("Postkamer " POSTKAMER_VERSION ", op Debian GNU/Linux.");
  report.bullet("Archiefkopie: " + kind + " (" +
                std::string(archive::pronom_of(settings.archive.pdfa)) +
                " in PRONOM), met de gelezen tekst onzichtbaar over het beeld.");
  report.bullet(
      "Het beeld in de archiefkopie is dat van de scanner. Waar het formaat het toelaat gaat het "
      "er byte voor byte in; anders is het zonder verlies opnieuw gecodeerd. Rechtzetten en "
      "zwart-wit maken gebeurt op een kopie die alleen dient om te lezen.");
  report.bullet(
      "Naast iedere archiefkopie staat provenance.json: iedere bewerking van ieder beeld "
      "met haar instellingen en de SHA-256 van wat erin ging en eruit kwam.");
  report.bullet("Metagegevens: MDTO 1.0 (XML-schema 1.0.1).");
}

void add_quality(Report& report, const host::SubstitutionSettings& texts) {
  report.heading("Kwaliteitscontrole");
  list(report, texts.quality);
  report.say(
      "Door het systeem, van iedere bladzijde: resolutie, scherpte, contrast, over- en "
      "onderbelichting, ontbrekende hoeken, en of het bestand heel is. Van iedere batch: iedere "
      "bladzijde staat in precies een document, of is als leeg, scheidingsblad of onleesbaar "
      "verantwoord. Een blad wordt geweigerd bij een van deze bevindingen:");
  for (const std::string& code : texts.blocking)
    report.bullet(fmt::format("{} [{}]", finding_text(code).dutch, code));
}

}  // namespace

forms::Report statement_report(const Statement& statement, const host::Settings& settings,
                               const std::string& today) {
  const host::SubstitutionSettings& texts = settings.substitution;
  const bool is_draft = texts.decision.empty();
  Report report;
  report.title = std::string(is_draft ? "CONCEPT - " : "") + "Verklaring van vervanging, batch " +
                 statement.batch;
  report.footer =
      fmt::format("Verklaring van vervanging, batch {}, gemaakt op {}", statement.batch, today);
  report.say(fmt::format("{}. Ontvangen op {}. Gemaakt op {}.", settings.archive.mdto.creator,
                         statement.date_of_receipt, today));
  if (is_draft)
    report.say(
        "Er is geen besluit tot vervanging genoemd: op grond van dit stuk mag niets worden "
        "vernietigd.");
  report.say(
      fmt::format("Zijden die vernietigd mogen worden: {}. Geweigerd: {}. Scheidingsbladen: "
                  "{}.",
                  statement.proven.size(), statement.refused.size(), statement.separators));
  add_refused(report, statement);
  add_proven(report, statement);
  ReportBlock signature;
  signature.kind = ReportBlock::Kind::signature;
  signature.text =
      "Ondergetekende verklaart dat de archiefkopieën van de genoemde bladen juist en volledig "
      "zijn "
      "en in de plaats komen van het papier.";
  report.blocks.push_back(std::move(signature));

  report.heading("Bijlage: technische inrichting");
  report.say("Besluit: " + or_gap(texts.decision));
  report.say("Reikwijdte: " + or_gap(texts.scope));
  report.heading("Apparatuur");
  list(report, texts.equipment);
  report.heading("Instellingen van de scanner");
  list(report, texts.scan_settings);
  report.heading("Kleur, grijs of zwart-wit");
  report.say(or_gap(texts.colour));
  add_formats(report, settings);
  add_quality(report, texts);
  report.heading("Vernietiging");
  report.say(or_gap(texts.destruction));
  return report;
}

}  // namespace postkamer
