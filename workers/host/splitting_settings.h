// SPDX-License-Identifier: EUPL-1.2
//
// What begins a document, [splitting] of the settings: for all post, for a class of it, or for an
// inbox.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "pipeline/model/separation.h"

namespace postkamer::host {

struct SplittingSettings {
  SeparationRules rules;                            // unless one of these says otherwise
  std::map<std::string, SeparationRules> of_class;  // [splitting.class.NAME]
  std::map<std::string, SeparationRules> of_inbox;  // `splitting` of an [[inbox]], by its name

  // For a batch: its inbox's own, else those of its class, else the general ones. `source` is the
  // batch's: "inbox:NAME:...", or no inbox.
  [[nodiscard]] const SeparationRules& rules_for(std::string_view source,
                                                 std::string_view batch_class) const;
};

}  // namespace postkamer::host
