// SPDX-License-Identifier: EUPL-1.2
#include "classifiers/letter/kind_reader.h"

#include <fstream>
#include <sstream>

#include <gmock/gmock.h>

namespace postkamer::letter {
namespace {

KindReader shipped() {
  std::ifstream file(std::string(POSTKAMER_SOURCE_DIR) + "/classifiers/letter/model.tsv");
  std::stringstream text;
  text << file.rdbuf();
  auto reader = KindReader::create(text.str());
  EXPECT_TRUE(reader) << reader.error().message;
  return std::move(*reader);
}

std::string best(const KindReader& reader, const char* text) { return reader.read(text)[0].text; }

// None of these sentences is in phrases.txt.
TEST(Kind, tells_the_kinds_apart) {
  const KindReader reader = shipped();
  EXPECT_EQ(best(reader,
                 "Betreft: bezwaarschrift\nHierbij maak ik bezwaar tegen de beslissing van vorige "
                 "week om mijn aanvraag af te wijzen."),
            "bezwaar");
  EXPECT_EQ(best(reader,
                 "Ik dien een klacht in, want de medewerker aan de balie was erg onbeschoft en ik "
                 "werd weggestuurd."),
            "klacht");
  EXPECT_EQ(best(reader,
                 "Graag zou ik uitstel van betaling krijgen. Kunt u mij laten weten of dat kan? "
                 "Bij voorbaat dank."),
            "verzoek");
  EXPECT_EQ(best(reader,
                 "Factuur 20261\nOmschrijving  Aantal  Bedrag\nSchoonmaak 3 € 120,00\nTotaal te "
                 "voldoen incl. btw € 145,20 binnen 30 dagen"),
            "factuur");
  EXPECT_EQ(best(reader,
                 "Hierbij nodigen wij u uit voor de opening van de tentoonstelling. Wij hopen u "
                 "te begroeten."),
            "overig");
}

TEST(Kind, probabilities_sum_to_one_and_are_never_certain) {
  const auto all = shipped().read(
      "bezwaar bezwaarschrift besluit herroepen bezwaar tegen uw besluit "
      "ik maak bezwaar ik ben het niet eens");
  ASSERT_EQ(all.size(), 5u);
  double sum = 0.0;
  for (const Alternative& each : all) sum += each.probability;
  EXPECT_NEAR(sum, 1.0, 1e-9);
  EXPECT_LE(all[0].probability, 0.961) << "letters unlike those trained on exist";
  EXPECT_TRUE(std::ranges::is_sorted(all, std::ranges::greater(), &Alternative::probability));
}

TEST(Kind, is_unsure_of_words_it_never_saw) {
  const auto all = shipped().read("qwx zvbn rtpl mnbv lkjh poiu wert sdfg xcvb");
  ASSERT_FALSE(all.empty());
  EXPECT_LT(all[0].probability, 0.6);
}

TEST(Kind, says_nothing_of_a_few_words) {
  EXPECT_TRUE(shipped().read("bezwaar tegen besluit").empty());
  EXPECT_TRUE(shipped().read("").empty());
}

TEST(Kind, a_broken_table_is_refused) {
  for (const char* table :
       {"", "kinds\ta\tb\n*\t1\n", "kinds\ta\tb\ntemperature\t0\n*\t1\t2\n",
        "kinds\ta\tb\n*\t1\t2\nwoord\t1\n", "kinds\ta\tb\nfloor\t2\n*\t1\t2\n"}) {
    const auto reader = KindReader::create(table);
    ASSERT_FALSE(reader) << table;
    EXPECT_EQ(reader.error().reason, "letter_model_invalid");
  }
}

TEST(Kind, reads_words_as_the_training_program_does) {
  const auto reader = KindReader::create(
      "kinds\ta\tb\n*\t0\t0\ngeidee\t0\t9\neur\t4\t0\n#\t2\t0\nbezwaar_tegen\t0\t30\n");
  ASSERT_TRUE(reader);
  const std::string rest = " x1 xx yy zz ww vv uu";
  EXPECT_EQ(reader->read("geïdeé" + rest)[0].text, "b");
  EXPECT_EQ(reader->read("€12 12" + rest)[0].text, "a");
  EXPECT_EQ(reader->read("€12 12 Bezwaarschrift, tegen" + rest)[0].text, "b") << "stems, pairs";
}

}  // namespace
}  // namespace postkamer::letter
