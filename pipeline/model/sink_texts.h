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
    FindingText{"sink_command", "Het programma van deze uitgang kan niet worden gestart.",
                "Controleer `command` in de instellingen; daarna gaat het vanzelf verder."},
    FindingText{"sink_folder", "In de map van deze uitgang kan niet worden geschreven.",
                "Maak de map, of geef het systeem er schrijfrechten; daarna gaat het vanzelf "
                "verder."},
    FindingText{"sink_full", "Er wachten te veel berichten op een mens; er komt niets meer bij.",
                "Los de redenen op en verzend ze opnieuw met `postkamer sinks replay NAAM`."},
    FindingText{"sink_gone", "De ontvanger wil niets meer ontvangen.",
                "Is dat niet de bedoeling, herstel dat bij de ontvanger en ga verder met "
                "`postkamer sinks replay NAAM`."},
    FindingText{"sink_later", "De ontvanger vraagt om later terug te komen.",
                "Het wordt vanzelf opnieuw geprobeerd."},
    FindingText{"sink_lost", "Berichten die deze uitgang nog moest krijgen, zijn niet bewaard.",
                "Kies waar het verder gaat: `postkamer sinks replay NAAM --from NUMMER`."},
    FindingText{"sink_no_body", "Dit bericht kan niet in de gevraagde vorm worden gemaakt.",
                "Verwerk het met de hand en laat het los met `postkamer sinks drop NAAM NUMMER`, "
                "of beperk `types` en `forms` van deze uitgang."},
    FindingText{"sink_not_allowed", "De ontvanger staat ons niet toe te bezorgen.",
                "Laat de ontvanger het adres van deze postkamer toestaan, of zet `handshake` uit "
                "als hij die niet kent."},
    FindingText{
        "sink_refused", "De ontvanger heeft dit bericht niet aangenomen.",
        "Zoek de reden bij de ontvanger en verzend het opnieuw met `postkamer sinks replay NAAM`."},
    FindingText{"sink_slow", "De ontvanger was niet op tijd klaar met dit bericht.",
                "Zoek de reden bij de ontvanger, of geef `timeout_ms` meer tijd."},
    FindingText{"sink_unreachable", "De ontvanger is niet bereikbaar.",
                "Het wordt vanzelf opnieuw geprobeerd; controleer het adres en het netwerk."},
};

}  // namespace postkamer
