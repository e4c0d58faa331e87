// SPDX-License-Identifier: EUPL-1.2
#include "workers/broker/ledger_json.h"

namespace postkamer::broker {

nlohmann::json to_json(const journal::Ledger& l) {
  auto missing = nlohmann::json::array();
  for (const journal::Missing& m : l.missing)
    missing.push_back({{"what", m.what}, {"subject", m.subject}, {"state", m.state}});
  auto classes = nlohmann::json::object();
  for (const auto& [name, count] : l.classes)
    classes[name] = {{"documents", count.documents}, {"pages", count.pages},
                     {"published", count.published}, {"review", count.review},
                     {"rejected", count.rejected},   {"withdrawn", count.withdrawn},
                     {"reading", count.reading}};
  return {{"files",
           {{"claimed", l.files},
            {"read", l.files_read},
            {"rejected", l.files_rejected},
            {"reading", l.files_reading}}},
          {"pages",
           {{"total", l.pages},
            {"in_documents", l.pages_in_documents},
            {"separators", l.separators},
            {"blanks", l.blanks},
            {"quarantined", l.quarantined},
            {"underway", l.pages_underway}}},
          {"documents",
           {{"total", l.documents},
            {"published", l.published},
            {"review", l.review},
            {"rejected", l.rejected},
            {"withdrawn", l.withdrawn},
            {"reading", l.reading},
            {"without_archive_copy", l.without_archive_copy},
            {"copies_due", l.copies_due}}},
          {"classes", std::move(classes)},
          {"expected_sheets", l.expected_sheets},
          {"missing", std::move(missing)},
          {"balanced", l.balanced}};
}

}  // namespace postkamer::broker
