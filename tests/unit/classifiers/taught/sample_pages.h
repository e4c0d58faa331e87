// SPDX-License-Identifier: EUPL-1.2
//
// Pages of two forms of one house and of none, filled in differently each time.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "classifiers/taught/page_text.h"

namespace postkamer::taught {

inline Run run_at(std::string letters, int words, double y) {
  return {std::move(letters), words, 10.0, y, 3.0};
}

inline std::string filled_in(std::mt19937& chance) {
  std::string text;
  for (int i = 0; i < 14; ++i) text += static_cast<char>('a' + chance() % 26);
  return text;
}

// One letter in `every` is read as another.
inline std::string misread(std::string text, unsigned every, std::mt19937& chance) {
  for (char& letter : text)
    if (chance() % every == 0) letter = static_cast<char>('a' + chance() % 26);
  return text;
}

inline const std::vector<std::string>& house_print() {
  static const std::vector<std::string> kPrint{"gemeentevoorbeeldstadpostbustwaalf",
                                               "wijverwerkenuwgegevensvolgensdewet",
                                               "ditformulierkuntuookdigitaalinvullen"};
  return kPrint;
}

inline PageText filled_page(const std::vector<std::string>& print, unsigned seed) {
  std::mt19937 chance(seed);
  PageText page;
  double y = 0.0;
  for (const std::string& line : print) {
    page.runs.push_back(run_at(misread(line, 25, chance), 4, y));
    page.runs.push_back(run_at(filled_in(chance), 2, y + 5.0));
    y += 14.0;
  }
  for (const std::string& line : house_print())
    page.runs.push_back(run_at(misread(line, 25, chance), 12, y += 6.0));
  return page;
}

inline PageText dog_licence(unsigned seed) {
  return filled_page({"aangiftehondenbelasting", "naamvandehouder", "aantalhonden", "rasvandehond",
                      "datumwaaropudehondkreeg", "handtekeningvandehouder"},
                     seed);
}

inline PageText tree_permit(unsigned seed) {
  return filled_page({"aanvraagkapvergunning", "naamvandeaanvrager", "soortenhoogtevandeboom",
                      "redenvanhetkappen", "kadastraalperceel", "handtekeningaanvrager"},
                     seed);
}

inline PageText letter(unsigned seed) {
  std::mt19937 chance(seed);
  PageText page;
  for (int i = 0; i < 20; ++i)
    page.runs.push_back(run_at(filled_in(chance) + filled_in(chance), 6, 10.0 * i));
  return page;
}

template <class MakePage>
std::vector<PageText> samples_of(MakePage make, unsigned first, unsigned count) {
  std::vector<PageText> samples;
  for (unsigned i = 0; i < count; ++i) samples.push_back(make(first + i));
  return samples;
}

}  // namespace postkamer::taught
