// SPDX-License-Identifier: EUPL-1.2
//
// The rows of finding_texts.h about ink that is not simply a field's own: where it goes on, and
// where it may come from.
#pragma once

#include <array>

#include "pipeline/model/finding_texts.h"

namespace postkamer {

// Sorted by code.
inline constexpr std::array kInkTexts{
    FindingText{"accent_seen", "Boven een letter staat iets: misschien een accent of een trema.",
                "Vergelijk het woord met het formulier en zet het teken erbij."},
    FindingText{"character_foreign",
                "In een hokje voor een cijfer lijkt een letter of ander teken te staan.",
                "Vergelijk de waarde met het beeld en bevestig of verbeter haar."},
    FindingText{"ink_from_elsewhere",
                "Door dit veld loopt inkt die ook erbuiten staat: een stempel, notitie of vouw.",
                "Kijk op het beeld of het veld zelf is ingevuld."},
    FindingText{"ink_outside_fields", "Buiten de velden staat een stempel of aantekening.",
                "Kijk op het formulier of het van belang is."},
    FindingText{"ink_pale", "Wat hier staat, is veel lichter dan de rest van de pagina.",
                "Kijk op het beeld of het veld is ingevuld, of dat de achterkant doorschijnt."},
    FindingText{"mark_crossed_out",
                "Een hokje is dichtgekrast: dat kan een kruisje zijn of een verbetering.",
                "Kijk op het beeld of het hokje is aangekruist of juist niet."},
    FindingText{"note_outside_fields", "Buiten de velden is veel geschreven of gestempeld.",
                "Lees op het formulier wat daar staat."},
    FindingText{"writing_runs_over", "Het schrift gaat buiten het vak verder.",
                "Lees op het beeld verder en vul de waarde aan, of bevestig haar."},
};

}  // namespace postkamer
