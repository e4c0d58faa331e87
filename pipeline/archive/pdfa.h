// SPDX-License-Identifier: EUPL-1.2
//
// The kinds of PDF/A that an archive copy can be.
#pragma once

#include <optional>
#include <string_view>

namespace postkamer::archive {

// Level B each: it looks the same for ever.
enum class Pdfa {
  a1b,  // PDF 1.4: what the oldest archives take; no 16-bit pictures
  a2b,  // PDF 1.7: what archives ask for; may hold other files only when they are PDF/A themselves
  a3b,  // as 2b, and holds the record as an embedded file
};

std::string_view label_of(Pdfa kind);   // "PDF/A-2b"
std::string_view pronom_of(Pdfa kind);  // "fmt/477"
int part_of(Pdfa kind);                 // 1, 2 or 3

// As written in settings: "1b", "2b", "3b".
std::optional<Pdfa> pdfa_named(std::string_view name);

// By label_of.
std::optional<Pdfa> pdfa_labelled(std::string_view label);

}  // namespace postkamer::archive
