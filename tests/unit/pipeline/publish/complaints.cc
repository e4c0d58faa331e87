// SPDX-License-Identifier: EUPL-1.2
#include "tests/unit/pipeline/publish/complaints.h"

#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace postkamer::test {

std::string complaints(const nlohmann::ordered_json& schema_json,
                       const nlohmann::ordered_json& json) {
  // valijson's adapter takes the unordered kind.
  const auto plain_schema = nlohmann::json::parse(schema_json.dump());
  const auto plain = nlohmann::json::parse(json.dump());
  valijson::Schema schema;
  valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
  parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(plain_schema), schema);
  valijson::Validator validator;
  valijson::ValidationResults results;
  validator.validate(schema, valijson::adapters::NlohmannJsonAdapter(plain), &results);
  std::string all;
  for (valijson::ValidationResults::Error error; results.popError(error);) {
    for (const std::string& step : error.context) all += step;
    all += ": " + error.description + "\n";
  }
  return all;
}

}  // namespace postkamer::test
