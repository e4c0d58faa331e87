// SPDX-License-Identifier: EUPL-1.2
//
// A record's JSON, as it comes back from the journal: what is read is written the same again.
#include <nlohmann/json.hpp>

#include "pipeline/publish/body.h"
#include "pipeline/publish/event.h"
#include "pipeline/publish/profile.h"
#include "tests/fuzz/target.h"

using namespace postkamer;  // NOLINT: a target of a few lines

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(fuzz::text(data, size));
  publish::form_named_in(text);
  publish::shaped(text, nullptr, {std::nullopt, publish::BsnMode::masked, {}});
  const auto json = nlohmann::ordered_json::parse(text, nullptr, false);
  if (json.is_discarded()) return 0;
  const auto record = publish::record_from_json(json);
  if (!record) return 0;
  const std::string once = publish::record_json(*record, nullptr).dump();
  const auto again = publish::record_from_json(nlohmann::ordered_json::parse(once));
  fuzz::expect(again.has_value(), "a record that was written can be read");
  fuzz::expect(publish::record_json(*again, nullptr).dump() == once, "and is the same");
  publish::event_json(publish::EventType::form_read, *record, nullptr, {});
  return 0;
}
