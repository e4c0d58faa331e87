// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/ledger_report.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "pipeline/model/finding_texts.h"

namespace postkamer {
namespace {

using forms::Report;
using forms::ReportBlock;
using nlohmann::json;

// "2026-05-03" as people here write it.
std::string dutch_date(const std::string& iso) {
  if (iso.size() != 10) return iso;
  return iso.substr(8, 2) + "-" + iso.substr(5, 2) + "-" + iso.substr(0, 4);
}

std::string dutch_state(const std::string& state) {
  if (state == "open") return "open: er kan nog papier bij";
  if (state == "closing") return "nog niet afgesloten";
  return state == "closed" ? "afgesloten" : state;
}

std::string dutch_kind(const std::string& what) {
  if (what == "file") return "Bestand";
  if (what == "page") return "Bladzijde";
  if (what == "sheets") return "Vellen";
  return what == "document" ? "Document" : what;
}

// The broker's own words, which programs read, as a person would say them.
std::string dutch_trouble(const std::string& what, const std::string& state) {
  if (what == "sheets") return "Het aantal beelden past niet bij het opgegeven aantal vellen.";
  if (what == "document")
    return state == "reading" ? "Wordt nog gelezen." : "De archiefkopie is nog niet klaar.";
  if (state == "in no document") return "Zit in geen enkel document.";
  if (state == "claimed" || state == "decoding") return "Wordt nog gelezen.";
  if (state.starts_with("gone") || what == "file") return "Is verdwenen uit het journaal.";
  return "Het bestand heeft meer bladzijden dan er geteld zijn.";
}

// "inbox:post:1774000000-4711-12" without the claim, which only matters to programs.
std::string dutch_source(const std::string& source) {
  if (!source.starts_with("inbox:")) return source;
  return "map " + source.substr(6, source.find(':', 6) - 6);
}

class LedgerReport {
 public:
  LedgerReport(const json& ledger, const std::string& today)
      : ledger_(ledger), today_(dutch_date(today)) {}

  Report write() {
    const std::string batch = text("batch");
    report_.title = "Papierbalans van batch " + batch;
    report_.footer = fmt::format("Papierbalans van batch {}, gemaakt op {}", batch, today_);
    report_.say(fmt::format("Soort post: {}. Ontvangen op {}. Binnengekomen langs: {}.",
                            text("class"), dutch_date(text("date_of_receipt")),
                            dutch_source(text("source"))));
    report_.say(fmt::format("De batch is {}. Gemaakt op {}.", dutch_state(text("state")), today_));
    say_balance();
    add_counts();
    add_classes();
    add_refused();
    add_signature();
    return std::move(report_);
  }

 private:
  [[nodiscard]] std::string text(const char* key) const {
    return ledger_.value(key, std::string());
  }
  [[nodiscard]] int count(const char* pointer) const {
    return ledger_.value(json::json_pointer(pointer), 0);
  }
  [[nodiscard]] bool is_balanced() const { return ledger_.value("balanced", false); }

  void say_balance() {
    if (is_balanced()) {
      report_.say("De balans klopt: van ieder blad staat hieronder waar het is.");
      return;
    }
    report_.heading("DE BALANS KLOPT NIET");
    report_.say("Bewaar het papier. Dit is niet verantwoord:");
    ReportBlock table;
    table.kind = ReportBlock::Kind::table;
    table.columns = {{"Wat", 24, false}, {"Welk", 56, false}, {"Hoe het ermee staat", 90, false}};
    for (const json& one : ledger_.value("missing", json::array()))
      table.rows.push_back(
          {dutch_kind(one.value("what", std::string())), one.value("subject", std::string()),
           dutch_trouble(one.value("what", std::string()), one.value("state", std::string()))});
    report_.blocks.push_back(std::move(table));
  }

  // Every sum is written out with its parts, so that it can be checked by hand.
  void add_counts() {
    report_.heading("De telling");
    ReportBlock table;
    table.kind = ReportBlock::Kind::table;
    table.columns = {{"Wat", 44, false}, {"Aantal", 18, false}, {"Waarvan", 108, false}};
    const int sheets = count("/expected_sheets");
    table.rows.push_back({"Vellen verwacht", sheets == 0 ? "-" : std::to_string(sheets),
                          sheets == 0 ? "niet opgegeven"
                                      : "een vel geeft een beeld, of twee als het dubbelzijdig "
                                        "gescand is"});
    table.rows.push_back(
        {"Bestanden", std::to_string(count("/files/claimed")),
         fmt::format("{} gelezen + {} geweigerd + {} nog bezig", count("/files/read"),
                     count("/files/rejected"), count("/files/reading"))});
    table.rows.push_back(
        {"Beelden (zijden)", std::to_string(count("/pages/total")),
         fmt::format("{} in documenten + {} blanco + {} scheidingsbladen + {} apart gelegd + {} "
                     "nog bezig",
                     count("/pages/in_documents"), count("/pages/blanks"),
                     count("/pages/separators"), count("/pages/quarantined"),
                     count("/pages/underway"))});
    table.rows.push_back(
        {"Documenten", std::to_string(count("/documents/total")),
         fmt::format(
             "{} verstuurd + {} bij nakijken + {} afgewezen + {} ingetrokken + {} nog bezig",
             count("/documents/published"), count("/documents/review"),
             count("/documents/rejected"), count("/documents/withdrawn"),
             count("/documents/reading"))});
    table.rows.push_back({"Zonder archiefkopie",
                          std::to_string(count("/documents/without_archive_copy")),
                          "documenten; het papier ervan moet blijven"});
    if (count("/documents/copies_due") > 0)
      table.rows.push_back({"Archiefkopie verouderd",
                            std::to_string(count("/documents/copies_due")),
                            "wordt opnieuw gemaakt na een wijziging; tot dan moet het papier "
                            "blijven"});
    report_.blocks.push_back(std::move(table));
  }

  // Only for a pile that carries more than one: else all counts are those above.
  void add_classes() {
    const json classes = ledger_.value("classes", json::object());
    if (classes.size() < 2) return;
    report_.heading("Per soort post");
    ReportBlock table;
    table.kind = ReportBlock::Kind::table;
    table.columns = {{"Soort post", 44, false}, {"Documenten", 22, false}, {"Waarvan", 104, false}};
    for (const auto& [name, of_class] : classes.items()) {
      const auto own = [&](const char* key) { return of_class.value(key, 0); };
      table.rows.push_back(
          {name.empty() ? "(geen)" : name, std::to_string(own("documents")),
           fmt::format("{} verstuurd + {} bij nakijken + {} afgewezen + {} ingetrokken + {} nog "
                       "bezig; {} beelden",
                       own("published"), own("review"), own("rejected"), own("withdrawn"),
                       own("reading"), own("pages"))});
    }
    report_.blocks.push_back(std::move(table));
  }

  void add_refused() {
    const json refused = ledger_.value("rejected_files", json::array());
    if (refused.empty()) return;
    report_.heading("Geweigerde bestanden");
    ReportBlock table;
    table.kind = ReportBlock::Kind::table;
    table.columns = {
        {"Scan", 16, false}, {"Bestand", 54, false}, {"Waarom, en wat te doen", 100, false}};
    for (const json& one : refused) {
      const auto reason = finding_text(one.value("reason", std::string()));
      table.rows.push_back({one.value("scan", std::string()), one.value("name", std::string()),
                            fmt::format("{} {}", reason.dutch, reason.way_out)});
    }
    report_.blocks.push_back(std::move(table));
  }

  void add_signature() {
    ReportBlock block;
    block.kind = ReportBlock::Kind::signature;
    block.text = is_balanced() ? "Ondergetekende heeft het papier van deze batch nageteld; het "
                                 "komt overeen met deze balans."
                               : "Ondergetekende heeft gezien dat deze balans niet klopt, en "
                                 "bewaart het papier.";
    report_.blocks.push_back(std::move(block));
  }

  const json& ledger_;
  std::string today_;
  Report report_;
};

}  // namespace

Report ledger_report(const json& ledger, const std::string& today) {
  return LedgerReport(ledger, today).write();
}

}  // namespace postkamer
