// SPDX-License-Identifier: EUPL-1.2
//
// The order of elements is the schema's (xsd:sequence): do not sort.
#include "pipeline/archive/mdto.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "pipeline/archive/xml.h"

namespace postkamer::archive {
namespace {

constexpr std::array<std::pair<const char*, const char*>, 3> kAppraisals{
    {{"B", "Blijvend te bewaren"}, {"N", "Nader te bepalen"}, {"V", "Tijdelijk te bewaren"}}};

const char* label_of_appraisal(const std::string& code) {
  const auto* found =
      std::ranges::find_if(kAppraisals, [&](const auto& row) { return code == row.first; });
  return found == kAppraisals.end() ? "Nader te bepalen" : found->second;
}

// Elements, indented; text is escaped.
class Xml {
 public:
  void open(const char* name) {
    indent();
    text_ += fmt::format("<{}>\n", name);
    ++depth_;
  }
  void close(const char* name) {
    --depth_;
    indent();
    text_ += fmt::format("</{}>\n", name);
  }
  void leaf(const char* name, const std::string& text) {
    indent();
    text_ += fmt::format("<{0}>{1}</{0}>\n", name, xml_escaped(text));
  }
  void maybe(const char* name, const std::string& text) {
    if (!text.empty()) leaf(name, text);
  }
  // begripGegevens: a word of a list.
  void term(const char* name, const std::string& label, const std::string& code, const char* list) {
    open(name);
    leaf("begripLabel", label);
    maybe("begripCode", code);
    open("begripBegrippenlijst");
    leaf("verwijzingNaam", list);
    close("begripBegrippenlijst");
    close(name);
  }
  // identificatieGegevens.
  void id(const char* name, const std::string& mark, const std::string& source) {
    open(name);
    leaf("identificatieKenmerk", mark);
    leaf("identificatieBron", source);
    close(name);
  }
  // verwijzingGegevens: something elsewhere, by name and, where known, by id.
  void reference(const char* name, const std::string& label, const std::string& mark,
                 const std::string& source) {
    open(name);
    leaf("verwijzingNaam", label);
    if (!mark.empty()) id("verwijzingIdentificatie", mark, source);
    close(name);
  }
  std::string take() { return std::move(text_); }

 private:
  void indent() { text_.append(static_cast<std::size_t>(2 * depth_), ' '); }
  std::string text_;
  int depth_ = 0;
};

std::string file_id(const MdtoDocument& document, const MdtoFile& file) {
  return document.id + "/" + file.name;
}

std::string in_envelope(Xml& xml) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
         "<MDTO xmlns=\"https://www.nationaalarchief.nl/mdto\""
         " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
         " xsi:schemaLocation=\"https://www.nationaalarchief.nl/mdto"
         " https://www.nationaalarchief.nl/mdto/MDTO-XML1.0.1.xsd\">\n" +
         xml.take() + "</MDTO>\n";
}

void write_event(Xml& xml, const MdtoEvent& event) {
  xml.open("event");
  xml.term("eventType", event.type, "", "Begrippenlijst EventTypeLijst MDTO");
  xml.maybe("eventTijd", event.time);
  if (!event.actor.empty()) xml.reference("eventVerantwoordelijkeActor", event.actor, "", "");
  xml.maybe("eventResultaat", event.result);
  xml.close("event");
}

void write_decisions(Xml& xml, const MdtoArchive& archive) {
  xml.term("waardering", label_of_appraisal(archive.appraisal), archive.appraisal,
           "Begrippenlijst Waarderingen MDTO");
  if (archive.retention.empty()) return;
  xml.open("bewaartermijn");
  xml.leaf("termijnLooptijd", archive.retention);
  xml.close("bewaartermijn");
}

}  // namespace

bool is_duration(const std::string& text) {
  if (text.empty()) return true;
  if (text.front() != 'P' || text.size() < 3) return false;
  std::string_view units = "YMD";
  for (std::size_t at = 1; at < text.size();) {
    const std::size_t unit = text.find_first_not_of("0123456789", at);
    if (unit == std::string::npos || unit == at) return false;
    const std::size_t place = units.find(text[unit]);
    if (place == std::string_view::npos) return false;
    units.remove_prefix(place + 1);
    at = unit + 1;
  }
  return true;
}

bool is_appraisal(const std::string& code) {
  return std::ranges::any_of(kAppraisals, [&](const auto& row) { return code == row.first; });
}

std::string mdto_document(const MdtoDocument& document, const MdtoFile& file,
                          const MdtoArchive& archive) {
  Xml xml;
  xml.open("informatieobject");
  xml.id("identificatie", document.id, archive.system);
  xml.leaf("naam", document.title);
  xml.term("aggregatieniveau", "Archiefstuk", "", "Begrippenlijst Aggregatieniveaus MDTO");
  if (!document.form.empty())
    xml.term("classificatie", document.form, "", "Formulieren van dit systeem");
  xml.leaf("taal", "nl");
  for (const MdtoEvent& event : document.events) write_event(xml, event);
  write_decisions(xml, archive);
  xml.reference("heeftRepresentatie", file.name, file_id(document, file), archive.system);
  xml.reference("archiefvormer", archive.creator, archive.creator_id, archive.creator_id_source);
  xml.open("beperkingGebruik");
  xml.term("beperkingGebruikType", archive.restriction, "", "Begrippenlijst BeperkingGebruik MDTO");
  xml.close("beperkingGebruik");
  xml.close("informatieobject");
  return in_envelope(xml);
}

std::string mdto_file(const MdtoDocument& document, const MdtoFile& file,
                      const MdtoArchive& archive) {
  Xml xml;
  xml.open("bestand");
  xml.id("identificatie", file_id(document, file), archive.system);
  xml.leaf("naam", file.name);
  xml.leaf("omvang", std::to_string(file.size));
  xml.term("bestandsformaat", file.format, file.pronom, "PRONOM-register");
  xml.open("checksum");
  xml.term("checksumAlgoritme", "SHA-256", "", "Begrippenlijst ChecksumAlgoritme MDTO");
  xml.leaf("checksumWaarde", file.sha256);
  xml.leaf("checksumDatum", file.checked_at);
  xml.close("checksum");
  xml.reference("isRepresentatieVan", document.title, document.id, archive.system);
  xml.close("bestand");
  return in_envelope(xml);
}

}  // namespace postkamer::archive
