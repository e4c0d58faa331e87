// SPDX-License-Identifier: EUPL-1.2
//
// Why the paper of a page must stay although there is a copy of it.
#include <array>

#include "pipeline/model/finding_texts.h"

namespace postkamer {
namespace {

// Sorted by code; a test holds it to that.
constexpr std::array kTexts{
    FindingText{"batch_open", "De batch is nog niet afgesloten.",
                "Wacht tot alles verwerkt is, of sluit de batch."},
    FindingText{"copy_damaged", "De archiefkopie is beschadigd.",
                "Zet haar terug uit de reservekopie; bewaar het papier."},
    FindingText{"copy_differs",
                "Wat in de archiefkopie staat, is niet wat volgens haar herkomst erin is gezet.",
                "Bewaar het papier; meld dit aan de beheerder."},
    FindingText{"copy_missing", "Er is geen archiefkopie van dit document.",
                "Bewaar het papier; meld dit aan de beheerder."},
    FindingText{"copy_not_pdfa", "De archiefkopie is geen PDF/A.",
                "Bewaar het papier, of scan het in kleur of grijs opnieuw."},
    FindingText{"copy_outdated", "De archiefkopie is van voor de laatste wijziging.",
                "Wacht tot zij opnieuw is gemaakt; lukt dat niet, meld het aan de beheerder."},
    FindingText{"document_open", "Het document wacht nog op een mens of wordt nog gelezen.",
                "Handel het af in `postkamer review`."},
    FindingText{"document_rejected", "Het document is afgewezen.",
                "Behandel het papier met de hand."},
    FindingText{"document_withdrawn", "Het document is ingetrokken.",
                "Behandel het papier met de hand."},
    FindingText{"ledger_unbalanced", "De verantwoording van de batch sluit niet.",
                "`postkamer ledger` noemt wat ontbreekt."},
    FindingText{"other_side_refused", "De andere zijde van dit blad moet blijven.",
                "Bewaar het blad."},
    FindingText{"page_in_no_document", "De bladzijde staat in geen enkel document.",
                "Bewaar het papier; meld dit aan de beheerder."},
    FindingText{"provenance_missing", "Van de archiefkopie is niet bekend hoe zij is gemaakt.",
                "Bewaar het papier; meld dit aan de beheerder."},
};

}  // namespace

std::span<const FindingText> paper_texts() { return kTexts; }

}  // namespace postkamer
