// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/model/finding_texts.h"

#include <algorithm>
#include <array>

namespace postkamer {
namespace {

// Sorted by code; a test holds it to that.
constexpr std::array kTexts{
    FindingText{"bsn_invalid", "Het burgerservicenummer voldoet niet aan de 11-proef.",
                "Vergelijk het nummer met het formulier."},
    FindingText{"scan_empty", "Het bestand is leeg.", "Scan het papier opnieuw."},
    FindingText{"scan_encrypted", "Het bestand is beveiligd met een wachtwoord.",
                "Scan opnieuw zonder wachtwoord, of sleep het ontgrendelde bestand terug in de map."},
};

}  // namespace

FindingText finding_text(std::string_view code) {
  const auto found = std::lower_bound(
      kTexts.begin(), kTexts.end(), code,
      [](const FindingText& row, std::string_view wanted) { return row.code < wanted; });
  if (found != kTexts.end() && found->code == code) return *found;
  return {code, "Er is iets dat een mens moet bekijken.", ""};
}

std::span<const FindingText> finding_texts() { return kTexts; }

}  // namespace postkamer
