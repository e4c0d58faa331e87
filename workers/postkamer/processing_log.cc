// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/processing_log.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace postkamer {
namespace {

using nlohmann::json;

struct Act {
  std::string_view what, name, step;
};
// In the words of people who read a processing log. Others are shown by their own name.
constexpr std::array<Act, 22> kActs{{
    {"file_claimed", "Poststuk innemen", "Opslaan"},
    {"file_rejected", "Bestand weigeren", "Vastleggen reden"},
    {"page_quarantined", "Pagina apart zetten", "Vastleggen reden"},
    {"document_settled", "Formulier lezen", "Vastleggen uitkomst"},
    {"document_archived", "Archiefkopie maken", "Opslaan"},
    {"archive_failed", "Archiefkopie maken", "Vastleggen reden"},
    {"record_reviewed", "Gegevens controleren", "Vaststellen"},
    {"record_corrected", "Gegevens corrigeren", "Wijzigen"},
    {"record_withdrawn", "Gegevens intrekken", "Intrekken"},
    {"batch_redated", "Ontvangstdatum wijzigen", "Wijzigen"},
    {"document_shown", "Document inzien", "Raadplegen"},
    {"value_revealed", "Gegeven tonen", "Raadplegen"},
    {"batch_exported", "Batch uitvoeren", "Verstrekken"},
    {"stream_followed", "Stroom volgen", "Raadplegen"},
    {"person_data_asked", "Gegevens van een persoon zoeken", "Raadplegen"},
    {"statement_made", "Verklaring van vervanging maken", "Vaststellen"},
    {"sink_replayed", "Opnieuw verzenden", "Verstrekken"},
    {"sink_event_dropped", "Verzending laten vervallen", "Vastleggen"},
    {"intermediate_dropped", "Tussenbestanden vernietigen", "Vernietigen"},
    {"originals_dropped", "Originele scans vernietigen", "Vernietigen"},
    {"records_dropped", "Gegevens vernietigen", "Vernietigen"},
    {"events_dropped", "Berichten vernietigen", "Vernietigen"},
}};

// "00000099000000001000" of "urn:nld:oin:00000099000000001000:systeem:postkamer".
std::string oin_of(const std::string& source) {
  constexpr std::string_view kStart = "urn:nld:oin:";
  if (!source.starts_with(kStart)) return {};
  const std::string rest = source.substr(kStart.size());
  return rest.substr(0, rest.find(':'));
}

const char* type_of(const std::string& subject) {
  if (subject.starts_with("PK-")) return "document";
  if (subject.starts_with("S") && subject.size() > 1 && subject[1] >= '0' && subject[1] <= '9')
    return subject.find('/') == std::string::npos ? "scan" : "pagina";
  return subject.size() > 8 && subject[8] == 'B' ? "batch" : "overig";
}

}  // namespace

json processing_action(const journal::AuditRow& row, const std::string& source, int audit_days) {
  const auto known = std::ranges::find(kActs, row.what, &Act::what);
  const std::string name(known != kActs.end() ? known->name : std::string_view(row.what));
  json action{
      {"actieId", row.hash},
      {"actieNaam", name},
      {"handelingNaam", known != kActs.end() ? known->step : std::string_view("Vastleggen")},
      {"verwerkingNaam", "Verwerken van inkomende papieren post"},
      {"verwerkingId", row.subject},
      {"vertrouwelijkheid", "vertrouwelijk"},
      {"uitvoerder", oin_of(source)},
      {"systeem", source},
      {"gebruiker", row.actor},
      {"gegevensbron", "papieren post"},
      {"tijdstip", row.time},
      {"volgnummer", row.number},
      {"verwerkteObjecten", json::array()}};
  if (audit_days > 0) action["bewaartermijn"] = "P" + std::to_string(audit_days) + "D";
  if (!row.subject.empty())
    action["verwerkteObjecten"].push_back({{"objecttype", type_of(row.subject)},
                                           {"soortObjectId", "postkamer"},
                                           {"objectId", row.subject}});
  return action;
}

}  // namespace postkamer
