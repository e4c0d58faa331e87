// SPDX-License-Identifier: EUPL-1.2
//
// A definition against config/schema/form.schema.json: the only place that knows valijson. Valijson
// judges; the sentence comes from the schema node's own description. Internal to pipeline/forms.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/forms/toml_json.h"

namespace postkamer::forms {

// The text of the schema, built in.
std::string_view form_schema();

struct SchemaVerdict {
  std::vector<Mistake> mistakes;
  std::set<std::string> at;  // JSON pointers of what is wrong
};

SchemaVerdict check_schema(const Located& definition, std::string_view file);

}  // namespace postkamer::forms
