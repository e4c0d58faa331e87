// SPDX-License-Identifier: EUPL-1.2
//
// An event as systems want it that take the digital form's submissions: what the paper form says,
// in the body in which its digital twin is sent.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pipeline/base/error.h"
#include "pipeline/forms/form.h"

namespace postkamer::publish {

enum class BodyKind {
  cloudevent,        // the event as it is
  open_formulieren,  // the generic JSON of Open Formulieren's plug-in json_dump
  productaanvraag    // Dimpact's Productaanvraag, as community-concepts/productaanvraag has it
};

std::string_view name_of(BodyKind kind);

// `event` is an event's text as a subscriber gets it; `form` its form, null when there is none.
//
// open_formulieren: {values, values_schema, metadata, metadata_schema}. `values` has what the
// citizen fills in: fields of the office are not in the digital form, and neither are signatures
// (who is logged in has signed; the drawing is in the archive copy). Nobody was logged in on paper:
// auth_type is "". The public reference is the document's name, name and
// id of the form are those of form.toml's twin, else the form's own.
//
// productaanvraag: {bron, type, aanvraaggegevens, taal}, and as `betrokkenen` the initiator when
// the form's first BSN passes the eleven-test; the one step is named after the form.
//
// Fails with: unsupported, reason sink_no_body, when the event has no values of a form (a letter, a
// withdrawal, a record too large for an event, a form whose definition is not there any more);
// corrupt_store (event_json) when the text is no event.
Result<std::string> body_of(BodyKind kind, const std::string& event, const forms::Form* form);

// Id and version of the event's form; nothing for a letter.
struct FormName {
  std::string id, version;
};
std::optional<FormName> form_named_in(const std::string& event);

}  // namespace postkamer::publish
