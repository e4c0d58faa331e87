// SPDX-License-Identifier: EUPL-1.2
//
// What one subscriber may know of an event. A profile only ever takes away: what it does not name
// as allowed, or cannot judge, stays behind.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/base/bytes.h"
#include "pipeline/base/error.h"
#include "pipeline/forms/form.h"

namespace postkamer::publish {

enum class BsnMode {
  full,
  masked,     // the last three digits
  pseudonym,  // HMAC-SHA-256 of the nine digits under the profile's key, hexadecimal
  omitted     // no trace of the field
};

std::string_view name_of(BsnMode mode);
std::optional<BsnMode> bsn_mode_named(std::string_view name);

struct Profile {
  std::optional<std::vector<std::string>> fields;  // names; nothing = all
  BsnMode bsn = BsnMode::full;
  Bytes key;  // pseudonym: 32 bytes or more; the same key gives the same pseudonym everywhere

  // Events go out as they are in the journal, byte for byte.
  [[nodiscard]] bool is_plain() const { return !fields && bsn == BsnMode::full; }
};

// An event's text under `profile`, with `data.profile` saying what was done to it. Attributes stay:
// they have nothing personal.
//   fields: values, fields, findings and changes of other fields go; so do the full text, names of
//           files, and what people wrote, because no field can be told in them.
//   bsn:    fields of type bsn are replaced or left out, with their raw reading, alternatives and
//           evidence. In every text that is free (letters, reasons, file names, other text fields)
//           nine digits that pass the eleven-test become asterisks.
// `form` is the event's own; null (a letter, a definition that is not there any more): every field
// with eight or nine digits counts as a BSN.
// Fails with: corrupt_store (event_json) when the text is no event.
Result<std::string> shaped(const std::string& event, const forms::Form* form,
                           const Profile& profile);

}  // namespace postkamer::publish
