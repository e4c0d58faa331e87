// SPDX-License-Identifier: EUPL-1.2
//
// What is printed beside a place to write, and what that says about it. Internal to pipeline/forms.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "pipeline/forms/form.h"
#include "pipeline/forms/print.h"

namespace postkamer::forms {

struct Label {
  std::string text;
  Rect box;  // mm
};

// Words of one page (mm), asked for the text near a box.
class Labels {
 public:
  explicit Labels(std::vector<PrintedWord> words);

  // To the right of a tick box, up to `limit` (mm).
  [[nodiscard]] Label right_of(const Rect& box, double limit) const;
  // To the left of the box on the same row, else right above it; empty when neither.
  // `others` are boxes a label does not reach across.
  [[nodiscard]] Label of(const Rect& box, const std::vector<Rect>& others) const;

  // A currency sign stands right before the box.
  [[nodiscard]] bool has_currency(const Rect& box) const;

 private:
  [[nodiscard]] Label left_of(const Rect& box, const std::vector<Rect>& others) const;
  [[nodiscard]] Label above(const Rect& box) const;
  std::vector<PrintedWord> words_, currency_;
};

// "Datum verhuizing" -> "datumVerhuizing"; `taken` gets the name, which differs from all before it.
std::string name_from(const std::string& label, std::set<std::string>& taken);

// The type that a label and the shape of a comb (cells in each group) speak for.
FieldType type_from(const std::string& label, const std::vector<int>& groups);

}  // namespace postkamer::forms
