// SPDX-License-Identifier: EUPL-1.2
#include "tests/support/truth.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace postkamer::support {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Value& value) {
  if (const bool* yes = std::get_if<bool>(&value)) return *yes;
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* texts = std::get_if<std::vector<std::string>>(&value)) return *texts;
  return nullptr;
}

// Six decimals are a thousandth of a pixel over a page, and read better than seventeen.
double rounded(double value) { return std::round(value * 1e6) / 1e6; }

Json json_of(const TruthPage& page) {
  Json map = Json::array();
  for (const double entry : page.mm_to_px.m) map.push_back(rounded(entry));
  return {{"page_index", page.page_index},
          {"form_page", page.form_page},
          {"rotation_deg", rounded(page.skew.value)},
          {"quarter_turn", static_cast<int>(degrees_of(page.turn).value)},
          {"mm_to_px", map}};
}

Json json_of(const TruthDocument& document) {
  Json pages = Json::array();
  for (const TruthPage& page : document.pages) pages.push_back(json_of(page));
  Json out{{"form", document.form}, {"version", document.version}, {"pages", pages}};
  if (document.form.empty()) {
    out["letter"] = document.facts;
    return out;
  }
  Json fields = Json::object();
  for (const auto& [name, value] : document.fields) fields[name] = json_of(value);
  out["fields"] = fields;
  out["handprint"] = document.handprint;
  Json expected = Json::array();
  for (const Expected& finding : document.expected) {
    expected.push_back({{"code", finding.code}, {"field", finding.field}});
  }
  out["expected_findings"] = expected;
  return out;
}

}  // namespace

std::string truth_json(const FileTruth& truth) {
  Json out = Json::object();
  if (!truth.reject.empty()) {
    out["reject"] = truth.reject;
  } else {
    Json documents = Json::array();
    for (const TruthDocument& document : truth.documents) documents.push_back(json_of(document));
    out["documents"] = documents;
    out["separators"] = truth.separators;
    out["blanks"] = truth.blanks;
  }
  return out.dump(1) + "\n";
}

std::string manifest_json(std::uint64_t seed, const std::vector<ManifestEntry>& entries) {
  Json files = Json::array();
  for (const ManifestEntry& entry : entries) {
    files.push_back({{"file", entry.file},
                     {"group", entry.group},
                     {"shows", entry.shows},
                     {"bytes", entry.size},
                     {"sha256", entry.sha256}});
  }
  const Json out{{"made_by", "make_samples"}, {"seed", seed}, {"files", files}};
  return out.dump(1) + "\n";
}

}  // namespace postkamer::support
