// SPDX-License-Identifier: EUPL-1.2
#include "workers/extract/stray_words.h"

#include <algorithm>

#include <fmt/format.h>

namespace postkamer::workers {
namespace {

// Square mm of paper that is read at most.
constexpr double kMostRead = 12'000.0;
// From here on it is more than stamps: strokes, and square mm around them.
constexpr int kNoteStrokes = 75;
constexpr double kNoteArea = 3500.0;
constexpr double kLeastConfidence = 0.3;  // remains of lines and show-through read below this
constexpr std::size_t kMostPlaces = 6;    // told in a finding

bool is_word(const Word& word) {
  return word.confidence >= kLeastConfidence &&
         std::ranges::any_of(word.text, [](unsigned char byte) {
           return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                  (byte >= 'a' && byte <= 'z');
         });
}

Result<void> read_spot(const GrayImage& upright, const extract::Registration& registration,
                       const extract::InkSpot& spot, ocr::Engine& engine,
                       std::vector<Word>& words) {
  const GrayImage cut = extract::cut_spot(upright, registration.mm_to_upright, spot);
  const Rect around = grown(spot.box, extract::kSpotMargin);
  const double mm = 1.0 / pixels_per_mm(cut.dpi);
  const Transform to_original =
      then(then(Transform::scale(mm, mm), Transform::translation(around.x, around.y)),
           registration.mm_to_original);
  PK_TRY(read, engine.read(cut, {ocr::Layout::block, ""}));
  for (auto& word : read) {
    if (!is_word(word)) continue;
    word.box = to_original.bounds(word.box);
    words.push_back(std::move(word));
  }
  return {};
}

Finding finding_of(const std::vector<extract::InkSpot>& spots) {
  int strokes = 0;
  double area = 0.0;
  std::string places;
  for (std::size_t i = 0; i < spots.size(); ++i) {
    const Rect& box = spots[i].box;
    strokes += spots[i].strokes;
    area += box.area();
    if (i < kMostPlaces)
      places += fmt::format("{}{:.0f},{:.0f} {:.0f}x{:.0f}", i == 0 ? "" : "; ", box.x, box.y,
                            box.width, box.height);
  }
  const bool is_note = strokes >= kNoteStrokes || area >= kNoteArea;
  return {is_note ? "note_outside_fields" : "ink_outside_fields", "", 0,
          is_note ? Severity::doubt : Severity::notice,
          fmt::format("{} places, mm: {}", spots.size(), places)};
}

}  // namespace

Result<StrayWords> read_stray(const GrayImage& upright, const extract::Registration& registration,
                              const std::vector<extract::InkSpot>& spots, ocr::Engine& engine) {
  StrayWords stray;
  if (spots.empty()) return stray;
  stray.findings.push_back(finding_of(spots));
  double read = 0.0;
  for (const auto& spot : spots) {
    read += spot.box.area();
    if (read > kMostRead) break;
    PK_CHECK(read_spot(upright, registration, spot, engine, stray.words));
  }
  return stray;
}

}  // namespace postkamer::workers
