// SPDX-License-Identifier: EUPL-1.2
//
// One written line, several readers: what each text is worth when all have had their say. Readers
// that work in different ways seldom make the same mistake, so what two of them read is far surer
// than either of them is.
#pragma once

#include <string>
#include <vector>

#include "pipeline/extract/block_letters.h"
#include "pipeline/extract/zones.h"

namespace postkamer::extract {

struct LineOpinions {
  std::vector<Alternative> written;  // the line reader's texts, best first
  std::string printed;               // the OCR engine's
  double printed_confidence = 0.0;   // 0..1
  std::string block;                 // the character reader's, letter by letter; may be empty
};

// The texts that any of them read, best first, each with its share of the probability: what the
// line reader gives it, times how likely the other two would read what they did if it were written
// (the fewer letters differ, the likelier; spaces and full stops count less). What the shares lack
// of 1 is for a text that none of them read: nearly all where the line reader read nothing and
// another is unsure. They are calibrated by the curve "line.written". Texts that differ in case
// only are one and share their claims. Pure.
std::vector<Alternative> weighed(const LineOpinions& opinions);

// Whether the line reader and the character reader agree so surely that the OCR engine, which costs
// several times both, need not be asked.
bool is_settled(const LineOpinions& opinions);

// A text in small letters, one space between words: what two readings must share to be one text.
// UTF-8; letters of Latin-1 keep their marks.
std::string same_text_key(const std::string& text);

}  // namespace postkamer::extract
