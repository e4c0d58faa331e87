// SPDX-License-Identifier: EUPL-1.2
//
// The rows of finding_texts.h about files, folders and batches: what the door of an inbox says.
#pragma once

#include <array>

#include "pipeline/model/finding_texts.h"

namespace postkamer {

// Sorted by code.
inline constexpr std::array kDoorTexts{
    FindingText{"batch_closed", "Deze batch neemt geen bestanden meer aan.",
                "Open een nieuwe batch voor dit bestand."},
    FindingText{"batch_date", "De ontvangstdatum of het aantal vellen van de batch klopt niet.",
                "Geef de datum als jjjj-mm-dd en het aantal vellen als getal."},
    FindingText{"batch_marker_invalid", "Het merkteken van deze stapel bevat iets onbegrijpelijks.",
                "Maak het bestand .done of .ready leeg, of zet er {\"expected_sheets\": 12, "
                "\"date_of_receipt\": \"2026-05-03\"} in."},
    FindingText{"batch_open", "De stapel wordt misschien nog gevuld.",
                "Zet er een leeg bestand .done in als hij klaar is, of wacht even."},
    FindingText{"batch_unknown", "Deze batch bestaat niet of is al afgesloten.",
                "Kies een batch uit de lijst van `postkamer status`."},
    FindingText{"file_busy", "Het bestand is nog in gebruik door een ander programma.",
                "Sluit het daar, of wacht tot de scanner klaar is."},
    FindingText{"file_duplicate",
                "Dit bestand is al eerder binnengekomen en wordt niet nog eens verwerkt.",
                "Moet het toch opnieuw, scan het papier dan opnieuw."},
    FindingText{"file_empty", "Het bestand is leeg.",
                "Wacht tot de scanner klaar is, of scan opnieuw."},
    FindingText{"file_incomplete", "Het einde van het bestand ontbreekt nog.",
                "Wacht tot de scanner klaar is; scan opnieuw als het zo blijft."},
    FindingText{"file_is_link", "Dit is een snelkoppeling en geen bestand.",
                "Leg het bestand zelf in de map."},
    FindingText{"file_is_special", "Dit is geen gewoon bestand, maar een pijp, socket of apparaat.",
                "Leg alleen scans in de map."},
    FindingText{"file_passing",
                "Dit is een tijdelijk bestand van een ander programma; het blijft liggen.",
                "Verwijder het als het van niemand meer is."},
    FindingText{"file_unreadable", "Het bestand kan niet worden gelezen.",
                "Geef het systeem leesrechten op het bestand, of lever het opnieuw aan."},
    FindingText{"file_vanished", "Het bestand verdween voordat het gelezen kon worden.",
                "Lever het bestand opnieuw aan."},
    FindingText{"folder_empty", "De map is leeg.", "Leg er scans in, of verwijder de map."},
    FindingText{"folder_missing", "De map is er niet.",
                "Laat de beheerder de map of de netwerkschijf terugzetten; daarna gaat het vanzelf "
                "verder."},
    FindingText{"folder_too_deep", "Er ligt een map in een stapel; dat is te diep.",
                "Leg de bestanden uit die map in een eigen stapel."},
    FindingText{"folder_unreachable", "De schijf of het netwerk antwoordt niet.",
                "Wacht even; meld het aan de beheerder als het zo blijft."},
};

}  // namespace postkamer
