// SPDX-License-Identifier: EUPL-1.2
//
// Record -> CloudEvent (1.0, NL GOV profile), record <-> JSON. No personal data in attributes.
//
// `values` in the JSON has one entry for every field of the form, in the shape in which the form's
// digital twin sends it (Open Formulieren's components); `fields` has what the machine and the
// person made of each. Where the two differ `fields` is the more exact:
//
//   type                 values                          empty     fields.value
//   checkbox             boolean                         false     boolean or null
//   choice               option value                    ""        string or null
//   choices              object, every option a boolean  all false list of option values or null
//   number, amount       number                          null      canonical text or null
//   date, time           ISO text, else empty            ""        canonical text or null
//   signature            "signed"                        ""        boolean or null
//   any other            canonical text                  ""        canonical text or null
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "pipeline/base/error.h"
#include "pipeline/forms/form.h"
#include "pipeline/model/record.h"

namespace postkamer::publish {

enum class EventType {
  item_received,   // nl.poststukken.poststuk-ontvangen.v1
  form_read,       // nl.poststukken.formulier-gelezen.v1
  form_corrected,  // nl.poststukken.formulier-gecorrigeerd.v1
  form_withdrawn,  // nl.poststukken.formulier-ingetrokken.v1
  item_rejected,   // nl.poststukken.poststuk-afgewezen.v1
};

std::string_view type_name(EventType type);

// A field that is not what it was when subscribers last heard of it. Only whether it was filled is
// told: the old value may have been somebody else's, and the new one stands in the record.
struct FieldChange {
  std::string field;
  bool was_filled = false;
  bool is_filled = false;
  bool operator==(const FieldChange&) const = default;
};

// Why a record that was told is told again: `data.change`.
struct Change {
  int revision_before = 0;
  std::string person;
  std::string why;  // one sentence; empty = settled after having been published in doubt
  std::vector<FieldChange> fields;
  std::string
      received_before{};  // ISO date of receipt as it was told; empty = that has not changed
};

// Fields whose values differ, in the order of `after`, then those that are there no more.
std::vector<FieldChange> changes_between(const Record& before, const Record& after);

struct EventContext {
  std::string source;          // "urn:nld:oin:<OIN>:systeem:postkamer"
  std::string schema_base;     // URI prefix of dataschema; empty = none
  std::string time;            // RFC 3339 UTC, when the journal logged it; empty = left to stamp()
  std::uint64_t sequence = 0;  // from the journal transaction; 0 = left to stamp()
  std::string data_base = "documents/";  // URI-reference prefix of dataref
  std::optional<Change> change;          // corrected and withdrawn records
};

// The most bytes an event may have when written without spaces: every intermediary must forward
// this many (CloudEvents 1.0, "Size Limits").
inline constexpr std::size_t kEventBytes = 64 * 1024;

// Everything that is known: document, form, dates, values, fields, findings, pages, provenance,
// full text. Key order fixed, fields in the record's order; text that is not UTF-8 is mended, so
// writing it never throws. `form` is null for an unknown document: `values` then holds what was
// found.
nlohmann::ordered_json record_json(const Record& record, const forms::Form* form);

// The inverse of record_json for what a Record holds (`values` and texts are derived and not read).
// Unknown keys are passed over; a missing one gives the member's default.
// Fails with: corrupt_store, reason record_json, when it is not a record or a type is wrong.
Result<Record> record_from_json(const nlohmann::ordered_json& json);

// A whole CloudEvent. `id` is deterministic: "<document>.<type word>.r<revision>". `data` is
// record_json; of a rejected item without values and fields, of a withdrawn form only
// what names it; `data.change` says what changed and why. Where the event would pass kEventBytes,
// parts are left out (first the full text), `data.omitted` names them and `dataref` says where the
// whole record is kept.
nlohmann::ordered_json event_json(EventType type, const Record& record, const forms::Form* form,
                                  const EventContext& context);

// Puts sequence and time into an event made without them (the journal commits before it knows),
// where they belong in the key order. Stamping again replaces.
void stamp(nlohmann::ordered_json& event, std::uint64_t sequence, const std::string& time);

}  // namespace postkamer::publish
