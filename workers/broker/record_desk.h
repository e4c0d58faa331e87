// SPDX-License-Identifier: EUPL-1.2
//
// Where the broker handles records: an assembled one becomes its text and its event, a person's act
// becomes the next one. Pure but for the forms it is given.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "pipeline/base/error.h"
#include "pipeline/forms/form.h"
#include "pipeline/model/record.h"
#include "pipeline/publish/event.h"
#include "pipeline/review/review.h"
#include "workers/broker/recipe.h"

namespace postkamer::broker {

// Null when there is no such form.
using FindForm = std::function<const forms::Form*(std::string_view id, std::string_view version)>;

// Of a batch's source and class; null = the usual ones for all.
using FindRules =
    std::function<SeparationRules(std::string_view source, std::string_view batch_class)>;

struct DeskSettings {
  std::string source;       // CloudEvents source
  std::string schema_base;  // URI prefix of dataschema; empty = none
};

// A person's act on a document that waits, or on one that is published.
struct ReviewAct {
  std::string act;    // waits: "set", "accept", "reject"; published: "correct", "withdraw"
  std::string field;  // set
  std::string value;  // set: as typed
  std::string person;
  std::string why;                                  // reject, correct, withdraw
  std::vector<review::Correction::Change> changes;  // correct
  std::string second;                               // correct: who confirms
};

// What an assemble worker was asked for, which its record must tell again.
struct RecordAsked {
  struct Page {
    std::string scan;  // its name
    int index = 0;     // in that scan
    std::string picture_sha256;
    int form_page = 0;  // that its form was laid over; 0 = none was
  };
  std::string document, batch;  // names
  std::string date_of_receipt;
  std::string batch_class, case_number;  // may be empty
  std::vector<Page> pages;               // in order
};

// True for the acts on published records.
bool is_amendment(std::string_view act);

class RecordDesk {
 public:
  RecordDesk(FindForm find_form, DeskSettings settings);

  // Of an assemble worker's answer. Fails with: corrupt_store (record_json), internal
  // (worker_nonsense) when it is not the first record of what was asked for, of just those pages;
  // is of a form that there is not; or says what only people may: that a value is a person's, that
  // a record is rejected or withdrawn.
  [[nodiscard]] Result<AssembledDigest> assembled(const nlohmann::json& record,
                                                  const RecordAsked& asked) const;

  // `record` as it is kept; `is_told`: subscribers have seen it, last in the event `told`, which is
  // empty when its text is dropped: what changed is then told against the record as it is kept.
  // Where they have, what comes out has the next revision and says what changed; a correction that
  // changes nothing keeps the revision and has no event. Fails as the review functions do.
  [[nodiscard]] Result<AssembledDigest> reviewed(const std::string& record, bool is_told,
                                                 const std::string& told,
                                                 const ReviewAct& act) const;

  // The record with another date of receipt; told again, with the next revision, where it was told.
  [[nodiscard]] Result<AssembledDigest> redated(const std::string& record, bool is_told,
                                                const std::string& date,
                                                const ReviewAct& act) const;

  // The record with a page put back at `place` (0-based); told again likewise.
  [[nodiscard]] Result<AssembledDigest> with_page(const std::string& record, bool is_told,
                                                  const RecordPage& page, std::size_t place,
                                                  const ReviewAct& act) const;

  [[nodiscard]] AssembledDigest digest_of(Record record,
                                          std::optional<publish::Change> change = {}) const;

  // Number and time into an event's text: the journal's StampEvent.
  static std::string stamp(const std::string& event, std::uint64_t sequence,
                           const std::string& time);

 private:
  FindForm find_form_;
  DeskSettings settings_;
};

// The pipeline's own splitting, and a record where none could be made.
class MailroomRecipe : public Recipe {
 public:
  MailroomRecipe(const RecordDesk& desk, FindForm find_form, FindRules find_rules = nullptr);
  [[nodiscard]] SeparationRules separation(const journal::BatchRow& batch) const override;
  [[nodiscard]] std::vector<SplitPart> split(
      const journal::BatchRow& batch, const std::vector<journal::PageRow>& pages) const override;
  [[nodiscard]] AssembledDigest unread_record(const journal::DocumentRow& document,
                                              const journal::BatchRow& batch,
                                              const std::string& reason) const override;

 private:
  const RecordDesk& desk_;
  FindForm find_form_;
  FindRules find_rules_;
};

}  // namespace postkamer::broker
