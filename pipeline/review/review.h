// SPDX-License-Identifier: EUPL-1.2
//
// The states of human verification, as a pure machine: record and a person's act -> new record or a
// refusal in words. A record is open while its status is `review`; accept and reject close it. What
// was accepted is published, and may be corrected or withdrawn.
#pragma once

#include <string>
#include <vector>

#include "pipeline/base/error.h"
#include "pipeline/forms/form.h"
#include "pipeline/model/record.h"

namespace postkamer::review {

// A person sets a field; an empty text says "left empty on paper". Checks run at once: those of the
// field and the form's cross-field rules. `form` is null for an unknown document, whose fields take
// any text. A field that two people must see (verify = twice) carries the finding verify_second
// until a second person sets the same value.
// Fails with: unsupported (reasons review_unknown_field, review_not_open).
Result<Record> set_field(const Record& record, const forms::Form* form, const std::string& field,
                         const std::string& typed, const std::string& person);

// Everything was looked at: doubtful values are taken as they stand, verified by `person`; doubts
// become notices; the record becomes ready.
// Fails with: unsupported (review_not_open; review_required_missing: a required field is empty and
// nobody has said that it is; review_second_person: a field wants two people and has had one).
Result<Record> accept(const Record& record, const forms::Form* form, const std::string& person);

// The document is refused; `why` is for the record (finding review_rejected).
// Fails with: unsupported (review_not_open).
Result<Record> reject(const Record& record, const std::string& person, const std::string& why);

// What a person found wrong in a record that is published already.
struct Correction {
  struct Change {
    std::string field;
    std::string typed;  // empty: the field is empty on paper
  };
  std::vector<Change> changes;
  std::string person;
  std::string second;  // who confirms fields that two people must see; empty = nobody
};

// The published record with the changes made, all or none, under the rules of set_field and accept;
// it stays ready. Its revision is not touched.
// Fails with: unsupported (review_not_published, and those of set_field and accept).
Result<Record> correct(const Record& record, const forms::Form* form, const Correction& correction);

// The published record is taken back (finding review_withdrawn, with `why`); it becomes withdrawn,
// for good. Fails with: unsupported (review_not_published).
Result<Record> withdraw(const Record& record, const std::string& person, const std::string& why);

// The record with another date of receipt (ISO), and what the form's rules say with it. Status and
// revision stay.
Record redated(const Record& record, const forms::Form* form, const std::string& date);

// The record with one more page, at `place` among its pages (0-based, at most their number): the
// page numbers of findings, and of the fields of an unknown document, follow. Notice page_put_back
// names it. Status and revision stay.
Record with_page(const Record& record, const RecordPage& page, std::size_t place);

// True when some field or document finding still needs a person.
bool needs_person(const Record& record);

}  // namespace postkamer::review
