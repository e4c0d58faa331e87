// SPDX-License-Identifier: EUPL-1.2
//
// The rows of finding_texts.h about a pile: where documents begin, and whether their pages are all
// there.
#pragma once

#include <array>

#include "pipeline/model/finding_texts.h"

namespace postkamer {

// Sorted by code.
inline constexpr std::array kPileTexts{
    FindingText{"page_foreign",
                "Tussen de pagina's van het formulier zit een pagina die er niet bij hoort.",
                "Kijk of de pagina bij dit document hoort."},
    FindingText{"page_missing", "Er ontbreekt een pagina van het formulier.",
                "Zoek de pagina in de stapel en scan het document opnieuw."},
    FindingText{"page_not_blank", "Deze bladzijde is niet als blanco herkend.",
                "Kies er een uit `postkamer batch blanks`."},
    FindingText{"page_order", "De pagina's zijn in een andere volgorde gescand.",
                "Controleer of alle pagina's van dezelfde inzender zijn."},
    FindingText{"page_put_back", "Een bladzijde die als blanco was herkend, is teruggelegd.",
                "Bekijk de bladzijde; neem over wat erop staat."},
    FindingText{"page_unknown", "Deze bladzijde is er niet.",
                "Kies er een uit `postkamer batch blanks`."},
    FindingText{"pages_uneven",
                "Het document heeft niet het aantal bladzijden dat voor deze post is ingesteld.",
                "Tel het papier na: er kan een blad dubbel zijn doorgevoerd of overgeslagen."},
    FindingText{"separation_disagrees",
                "Waar dit document begint of eindigt, is niet zeker: de aanwijzingen spreken "
                "elkaar tegen.",
                "Controleer of alle pagina's van dezelfde inzender zijn."},
    FindingText{"separator_case", "Het zaaknummer op het scheidingsvel is onleesbaar.",
                "Vul het zaaknummer zelf in bij de zaak; druk het scheidingsvel opnieuw af."},
    FindingText{"separator_class", "De soort post op het scheidingsvel is onleesbaar.",
                "Controleer voor wie dit document is; druk het scheidingsvel opnieuw af."},
    FindingText{"separator_date", "De datum van ontvangst op het scheidingsvel bestaat niet.",
                "Controleer de datum van ontvangst; druk het scheidingsvel opnieuw af."},
    FindingText{"separator_half",
                "Een zijde van een scheidingsvel is niet herkend en zit nu in dit document.",
                "Controleer het document en zijn soort; druk het scheidingsvel opnieuw af."},
    FindingText{"separator_missing",
                "Hier begint een formulier zonder dat er een scheidingsvel voor ligt.",
                "Controleer of het document op de juiste plaats is gesplitst."},
    FindingText{"separator_unreadable", "Het scheidingsvel zegt iets dat niet wordt begrepen.",
                "Controleer soort en datum van ontvangst; druk het scheidingsvel opnieuw af."},
};

}  // namespace postkamer
