// SPDX-License-Identifier: EUPL-1.2
//
// The rows of finding_texts.h about the boxes in which scans are opened: what stops
// a job there, limits of a page included.
#pragma once

#include <array>

#include "pipeline/model/finding_texts.h"

namespace postkamer {

// Sorted by code.
inline constexpr std::array kBoxTexts{
    FindingText{"box_crashed", "Het programma dat deze scan opende, is erop vastgelopen.",
                "Scan opnieuw. Gebeurt het weer, meld het de beheerder en bewaar het bestand."},
    FindingText{"box_ended", "Het programma dat deze scan opende, is voortijdig gestopt.",
                "Scan opnieuw. Gebeurt het weer, meld het de beheerder en bewaar het bestand."},
    FindingText{"box_filter", "De afscherming om scans te openen kan niet worden gemaakt.",
                "Laat de beheerder `postkamer doctor` draaien."},
    FindingText{"box_forbidden_call",
                "Bij het openen van deze scan werd iets geprobeerd wat niet mag.",
                "Open het bestand nergens; meld het de beheerder, het kan kwaadaardig zijn."},
    FindingText{"box_nonsense", "Het programma dat deze scan opende, gaf een onmogelijk antwoord.",
                "Open het bestand nergens; meld het de beheerder, het kan kwaadaardig zijn."},
    FindingText{"box_not_closed", "De afscherming om scans te openen kan niet worden gesloten.",
                "Laat de beheerder `postkamer doctor` draaien."},
    FindingText{"limit_answer_bytes", "Uit deze scan komt meer dan is toegestaan.",
                "Scan in kleinere stapels of met een lagere resolutie."},
    FindingText{"limit_job_cpu_ms", "Het verwerken van deze scan vroeg te veel rekentijd.",
                "Scan opnieuw met een lagere resolutie of in zwart-wit."},
    FindingText{"limit_job_ms", "Het verwerken van deze scan duurde te lang.",
                "Scan opnieuw met een lagere resolutie of in zwart-wit."},
    FindingText{"limit_memory", "De pagina vraagt meer geheugen dan er is.",
                "Scan met een lagere resolutie."},
    FindingText{"limit_page_pixels", "De bladzijde heeft meer beeldpunten dan is toegestaan.",
                "Scan met een lagere resolutie."},
    FindingText{"limit_render_ms", "Het weergeven van de pdf-pagina duurde te lang.",
                "Druk de pagina af en scan haar."},
    FindingText{"limit_side_pixels", "De pagina is te hoog of te breed.",
                "Scan met een lagere resolutie."},
    FindingText{"limit_side_ratio", "De pagina is een te smalle strook.",
                "Leg het papier recht in de scanner en scan opnieuw."},
    FindingText{"worker_exception", "Bij het verwerken van deze pagina ging iets mis.",
                "Scan de pagina opnieuw; meld het aan de beheerder als het weer gebeurt."},
    FindingText{"worker_memory", "Voor deze pagina was te weinig geheugen.",
                "Scan de pagina opnieuw met een lagere resolutie of in zwart-wit."},
    FindingText{"worker_nonsense", "Een onderdeel van het systeem gaf een onbruikbaar antwoord.",
                "Meld dit aan de beheerder; het logboek zegt waar het gebeurde."},
};

}  // namespace postkamer
