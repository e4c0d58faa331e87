// SPDX-License-Identifier: EUPL-1.2
//
// The rows of finding_texts.h about sinks: why an event could not be handed over.
#pragma once

#include <array>

#include "pipeline/model/finding_texts.h"

namespace postkamer {

// Sorted by code.
inline constexpr std::array kSinkTexts{
    FindingText{"sink_behind", "Een eerder bericht over hetzelfde document is nog niet afgeleverd.",
                "Los dat eerst op; daarna volgt dit bericht vanzelf."},
    FindingText{"sink_folder", "In de map van deze uitgang kan niet worden geschreven.",
                "Maak de map, of geef het systeem er schrijfrechten; daarna gaat het vanzelf "
                "verder."},
    FindingText{"sink_full", "Er wachten te veel berichten op een mens; er komt niets meer bij.",
                "Los de redenen op en verzend ze opnieuw met `postkamer sinks replay NAAM`."},
    FindingText{"sink_lost", "Berichten die deze uitgang nog moest krijgen, zijn niet bewaard.",
                "Kies waar het verder gaat: `postkamer sinks replay NAAM --from NUMMER`."},
};

}  // namespace postkamer
