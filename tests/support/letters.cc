// SPDX-License-Identifier: EUPL-1.2
#include "tests/support/letters.h"

#include <fmt/format.h>

#include <array>

#include "tests/support/page_builder.h"
#include "tests/support/paper.h"

namespace postkamer::support {
namespace {

constexpr const char* kOffice =
    "Gemeente Waterdam\nAfdeling Burgerzaken\nPostbus 40\n4990 AA  Waterdam";

std::string international(const std::string& phone) { return "+31" + phone.substr(1); }

std::string spaced(const std::string& iban) {
  std::string out;
  for (std::size_t i = 0; i < iban.size(); ++i) {
    if (i > 0 && i % 4 == 0) out += ' ';
    out += iban[i];
  }
  return out;
}

// What each kind of letter says, and puts into `facts` what it mentions beyond the letter head.
std::string body(LetterKind kind, const Person& person, const Date& decided,
                 std::map<std::string, std::vector<std::string>>& facts, Random& random) {
  const std::string number = reference(random);
  facts["reference"].push_back(number);
  switch (kind) {
    case LetterKind::objection:
      facts["bsn"].push_back(person.bsn);
      facts["date"].push_back(iso(decided));
      return fmt::format(
          "Geachte heer, mevrouw,\n\nOp {} heeft u mij een besluit gestuurd met kenmerk {}. Tegen "
          "dat besluit maak ik bezwaar. {}\n\nMijn burgerservicenummer is {}. Ik hoor graag "
          "wanneer u een beslissing neemt.",
          in_words(decided), number, grounds(260, random), person.bsn);
    case LetterKind::payment_plan:
      facts["iban"].push_back(person.iban);
      facts["bsn"].push_back(person.bsn);
      return fmt::format(
          "Geachte heer, mevrouw,\n\nDe aanslag met kenmerk {} kan ik niet in één keer betalen. "
          "Graag betaal ik in zes gelijke termijnen. U kunt de termijnen afschrijven van mijn "
          "rekening {}.\n\nMijn BSN is {}.",
          number, spaced(person.iban), person.bsn);
    case LetterKind::address_question:
      facts["date"].push_back(iso(decided));
      facts["email"].push_back(person.email);
      return fmt::format(
          "Geachte heer, mevrouw,\n\nSinds {} woon ik aan de {} {}. Toch krijg ik nog post op mijn "
          "oude adres. Wilt u dit nakijken? Het gaat om uw brief met kenmerk {}.\n\nU kunt mij "
          "mailen via {}.",
          in_words(decided), person.address.street, person.address.house_number, number,
          person.email);
    case LetterKind::invoice:
      facts["iban"].push_back(person.iban);
      facts["date"].push_back(iso(days_later(decided, 60)));
      return fmt::format(
          "Geachte crediteurenadministratie,\n\nHierbij onze nota {} voor het onderhoud van de "
          "beplanting rond het gemeentehuis. Wij verzoeken u het bedrag van € {},50 vóór {} over "
          "te maken op rekening {}.",
          number, random.whole(180, 940), in_words(days_later(decided, 60)), spaced(person.iban));
  }
  return {};
}

}  // namespace

ForeignPage typed_letter(LetterKind kind, Dpi dpi, Random& random) {
  constexpr std::array<const char*, 3> kFonts{"DejaVu Serif", "DejaVu Sans", "DejaVu Sans Mono"};
  const Person person = drawn_person(random);
  const Date decided = date_between({2026, 8, 3}, {2026, 9, 25}, random);
  const Date written = days_later(decided, random.whole(6, 30));
  ForeignPage page;
  const Type type{11, random.one_of(kFonts)};
  PageBuilder paper(dpi);
  paper.paragraph({25, 22, 90, 30},
                  fmt::format("{}\n{} {}\n{}  {}\n{}", person.full_name, person.address.street,
                              person.address.house_number, person.address.postcode,
                              person.address.place, person.phone),
                  type);
  paper.paragraph({25, 55, 90, 30}, kOffice, type);
  paper.paragraph({25, 88, 160, 8}, fmt::format("{}, {}", person.address.place, in_words(written)),
                  type);
  page.facts["postcode"] = {person.address.postcode};
  page.facts["phone"] = {international(person.phone)};
  page.facts["date"] = {iso(written)};
  paper.paragraph({25, 104, 160, 100}, body(kind, person, decided, page.facts, random), type);
  paper.paragraph({25, 205, 100, 10}, "Met vriendelijke groet,", type);
  paper.paragraph({25, 240, 100, 10}, person.full_name, type);
  page.sheet = {paper.rgb(), dpi};
  sign(page.sheet, {25, 213, 70, 24}, {25, 35, 110}, random);
  return page;
}

ForeignPage foreign_form(Dpi dpi, Random& random) {
  const Person person = drawn_person(random);
  const Date date = date_between({2026, 9, 1}, {2026, 10, 20}, random);
  const Ink print{0.15, 0.15, 0.2};
  const Ink pen{0.1, 0.15, 0.45};
  PageBuilder paper(dpi);
  paper.filled({15, 15, 180, 14}, Ink{0.75, 0.8, 0.88});
  paper.text({20, 18}, "Waterschap De Lage Landen", Type{16, "DejaVu Sans Bold", print});
  paper.text({20, 36}, "Melding grondwateronttrekking", Type{14, "DejaVu Sans Bold", print});
  const std::array<std::pair<const char*, std::string>, 6> rows{
      {{"Naam melder", person.full_name},
       {"Adres", person.address.street + " " + person.address.house_number},
       {"Postcode", person.address.postcode},
       {"E-mail", person.email},
       {"Diepte van de put (m)", std::to_string(random.whole(4, 40))},
       {"Begindatum", as_written(date)}}};
  double y = 52;
  for (const auto& [label, value] : rows) {
    paper.text({20, y + 1.5}, label, Type{9, "DejaVu Sans", print});
    paper.frame({75, y, 115, 9}, 0.25, print);
    paper.text({77, y + 1.2}, value, Type{13, "DkgHandwriting", pen});
    y += 13;
  }
  for (int i = 0; i < 9; ++i) paper.frame({75 + 6.0 * i, y, 6, 8}, 0.25, print);
  paper.text({20, y + 1.5}, "Debiet (m3 per uur)", Type{9, "DejaVu Sans", print});
  paper.paragraph({20, y + 20, 170, 30},
                  "Stuur dit formulier naar het waterschap. U krijgt binnen vier weken bericht. "
                  "Voor vragen belt u met het klantcontactcentrum.",
                  Type{9, "DejaVu Sans", print});
  paper.frame({20, y + 45, 90, 28}, 0.25, print);
  paper.text({21, y + 46}, "Handtekening", Type{8, "DejaVu Sans", print});
  ForeignPage page{{paper.rgb(), dpi}, {{"postcode", {person.address.postcode}}}};
  sign(page.sheet, {24, y + 50, 70, 20}, {25, 35, 110}, random);
  return page;
}

}  // namespace postkamer::support
