// SPDX-License-Identifier: EUPL-1.2
//
// Metadata for lasting access (MDTO 1.0, XML schema 1.0.1 of the Nationaal Archief): one file about
// the document, one about the file that represents it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace postkamer::archive {

struct MdtoEvent {
  std::string type;    // of MDTO's EventTypeLijst: "Ontvangst", "Digitalisering", "Opname"
  std::string time;    // xsd:date or xsd:dateTime; empty = not known
  std::string actor;   // who answers for it
  std::string result;  // empty = left out
};

// Who keeps the archive, and what it has decided.
struct MdtoArchive {
  std::string creator = "Nog niet ingevuld";  // archiefvormer, "Gemeente Voorbeeld"
  std::string creator_id;                     // its identification; empty = left out
  std::string creator_id_source;              // "Register van Overheidsorganisaties"
  std::string system;           // identificatieBron of our ids: the CloudEvents source
  std::string appraisal = "N";  // waardering: "B", "V" or "N" (not decided yet)
  std::string retention;        // bewaartermijn as ISO 8601 duration; empty = left out
  std::string restriction = "Nader te bepalen";  // beperkingGebruikType; never empty
};

struct MdtoDocument {
  std::string id;     // "PK-20261123B4-0001-01"
  std::string title;  // no personal data
  std::string form;   // classification; empty = unknown
  std::vector<MdtoEvent> events;
};

struct MdtoFile {
  std::string name;  // "document.pdf"
  std::string sha256;
  std::string checked_at;  // xsd:dateTime
  std::uint64_t size = 0;  // bytes
  std::string format;      // "PDF/A-2b"
  std::string pronom;      // "fmt/477"
};

// The <informatieobject>; `file` represents it.
std::string mdto_document(const MdtoDocument& document, const MdtoFile& file,
                          const MdtoArchive& archive);

// The <bestand>.
std::string mdto_file(const MdtoDocument& document, const MdtoFile& file,
                      const MdtoArchive& archive);

// Whether `text` is a period such as "P7Y", "P6M", "P1Y6M" or "P30D", or empty.
bool is_duration(const std::string& text);

// Whether `code` is one of waardering's three.
bool is_appraisal(const std::string& code);

}  // namespace postkamer::archive
