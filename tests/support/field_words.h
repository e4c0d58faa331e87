// SPDX-License-Identifier: EUPL-1.2
//
// What a person writes in one field that takes characters: as written, and in canonical form.
#pragma once

#include <string>
#include <vector>

#include "pipeline/forms/form.h"
#include "tests/support/sample_values.h"

namespace postkamer::support {

struct WrittenWord {
  std::string written;    // as it stands on paper
  std::string canonical;  // as the record has it (model/reading.h)
};

WrittenWord amount_word(long cents);

// "1234.56" -> 123456; 0 for an empty text.
long cents_of(const std::string& canonical_amount);

// One household and its neighbours: the same person answers all of a form's questions about him.
class FieldWords {
 public:
  FieldWords(Random& random, bool by_hand);

  // Requires: a field of a type that takes characters. Never longer than the field has room for.
  WrittenWord for_field(const forms::Field& field);

 private:
  [[nodiscard]] const Person& whose(const std::string& name) const;
  std::string words(const forms::Field& field, const Person& person, int room);
  std::string date(const std::string& name, const Person& person);
  std::string number(const forms::Field& field, const std::string& name, const Person& person);

  Random& random_;
  bool by_hand_;
  std::vector<Person> people_;
  Date signed_on_;
};

}  // namespace postkamer::support
