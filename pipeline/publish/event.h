// SPDX-License-Identifier: EUPL-1.2
//
// Record -> CloudEvent (1.0, NL GOV profile). No personal data in attributes.
#pragma once

#include <cstdint>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "pipeline/forms/form.h"
#include "pipeline/model/record.h"

namespace postkamer::publish {

enum class EventType {
  item_received,     // nl.poststukken.poststuk-ontvangen.v1
  form_read,         // nl.poststukken.formulier-gelezen.v1
  form_corrected,    // nl.poststukken.formulier-gecorrigeerd.v1
  form_withdrawn,    // nl.poststukken.formulier-ingetrokken.v1
  item_rejected,     // nl.poststukken.poststuk-afgewezen.v1
};

std::string_view type_name(EventType type);

struct EventContext {
  std::string source;          // "urn:nld:oin:<OIN>:systeem:postkamer"
  std::string schema_base;     // URI prefix of dataschema; empty = none
  std::string time;            // RFC 3339 UTC, when the journal logged it
  std::uint64_t sequence = 0;  // from the journal transaction
};

// The body under `data`: document, form, dates, per field value, raw, probability, method, box,
// findings, verification. Values have the JSON type of the form's digital twin. Key order fixed.
// `form` is null for an unknown document.
nlohmann::ordered_json record_json(const Record& record, const forms::Form* form);

// A whole CloudEvent. `id` is deterministic: "<document>.<type word>.r<revision>".
nlohmann::ordered_json event_json(EventType type, const Record& record, const forms::Form* form,
                                  const EventContext& context);

// Puts sequence and time into an event made without them (the journal commits before it knows).
void stamp(nlohmann::ordered_json& event, std::uint64_t sequence, const std::string& time);

// Draft-07 schema of a form's event data, generated from its definition.
nlohmann::ordered_json data_schema(const forms::Form& form);

}  // namespace postkamer::publish
