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
    FindingText{"ocr_failed", "De tekstherkenning is op deze pagina vastgelopen.",
                "Voer de gegevens met de hand in, of scan de pagina opnieuw."},
    FindingText{"ocr_image", "Er was geen geheugen om deze pagina te lezen.",
                "Probeer het opnieuw als het rustiger is, of scan in zwart-wit."},
    FindingText{"ocr_language_missing",
                "Het taalmodel voor de tekstherkenning ontbreekt op deze machine.",
                "Laat de beheerder `postkamer doctor` draaien en het genoemde pakket installeren."},
    FindingText{"ocr_start_failed", "De tekstherkenning start niet op deze machine.",
                "Laat de beheerder `postkamer doctor` draaien."},
    FindingText{"page_transform", "De rechtgezette pagina past niet meer op haar eigen scan.",
                "Meld dit aan de beheerder en scan de pagina opnieuw."},
    FindingText{"scan_empty", "Het bestand is leeg.", "Scan het papier opnieuw."},
    FindingText{
        "scan_encrypted", "Het bestand is beveiligd met een wachtwoord.",
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
