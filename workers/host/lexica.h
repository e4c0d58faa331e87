// SPDX-License-Identifier: EUPL-1.2
//
// Word lists in CSV as a municipality has them -> lexica.
//
// A file's first line names its columns; they are parted by semicolons, or else tabs, or else
// commas, and a value may stand in double quotes. The words stand in the column that the settings
// name, else in "name", "naam" or the first. Known beside it, all optional:
//   weight, gewicht        how often the word occurs against the others; a number above 0
//   postcode, postcodes    of a place: "8011", "8011-8045", several parted by blanks; "8011 AB"
//                          counts as 8011. Not looked at when the settings name a column
// A word may stand on many lines (a list of all addresses is a list of streets): each line counts
// as one occurrence.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "pipeline/base/error.h"
#include "pipeline/validate/lexicon.h"
#include "workers/host/settings.h"

namespace postkamer::host {

// Fails with: invalid_config (no such column, no words, not UTF-8); messages hold no words.
Result<validate::Lexicon> parse_lexicon(std::string_view csv, const LexiconSettings& settings);

// All lists that the settings name.
// Fails with: those of read_file (message names the file), and of parse_lexicon.
Result<validate::Lexica> load_lexica(const Settings& settings);

}  // namespace postkamer::host
