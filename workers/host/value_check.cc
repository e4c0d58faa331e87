// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/value_check.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>

#include "pipeline/model/separation.h"

namespace postkamer::host {
namespace {

// Far above what a page holds, far below what hurts.
constexpr std::size_t kMostFindings = 10'000;
constexpr std::size_t kMostCodes = 1'000;
constexpr std::size_t kMostCandidates = 10'000;
constexpr std::size_t kMostWords = 200'000;
constexpr std::size_t kMostReadings = 10'000;
constexpr std::size_t kMostAlternatives = 1'000;
constexpr std::size_t kMostCells = 1'000;
constexpr std::size_t kMostText = 64u << 10;
constexpr std::size_t kMostName = 256;
constexpr int kMostPages = 1'000'000;
constexpr double kMostPixels = 1e7;  // a place on or well beside any page
constexpr double kMostScale = 1e9;   // an element of a transform
constexpr double kMostDpi = 20'000.0;

bool is_share(double value) { return value >= 0.0 && value <= 1.0; }

bool is_place(double value) { return std::abs(value) <= kMostPixels; }

bool is_rect(const Rect& r) {
  return is_place(r.x) && is_place(r.y) && is_place(r.width) && is_place(r.height) &&
         r.width >= 0.0 && r.height >= 0.0;
}

bool is_transform(const Transform& t) {
  return std::ranges::all_of(t.m, [](double v) { return std::abs(v) <= kMostScale; });
}

bool is_text(const std::string& text) { return text.size() <= kMostText; }

bool is_name(const std::string& text) { return text.size() <= kMostName; }

bool is_turn(QuarterTurn turn) {
  const int quarters = static_cast<int>(turn);
  return quarters >= 0 && quarters <= 3;
}

// A stable word, as finding_texts.h knows them.
bool is_code(const std::string& code) {
  return !code.empty() && is_name(code) && std::ranges::all_of(code, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

Result<void> held(bool good, const char* member) {
  if (good) return {};
  return nonsense_in(member);
}

// A page's picture as stated; 0 x 0 is a page that could not be opened.
bool is_size(const Picture& picture, const Limits& limits) {
  if (picture.width < 0 || picture.height < 0) return false;
  const auto width = static_cast<std::uint64_t>(picture.width);
  const auto height = static_cast<std::uint64_t>(picture.height);
  return std::max(width, height) <= limits.side_pixels && width * height <= limits.page_pixels;
}

bool is_candidate(const FormCandidate& candidate) {
  return is_name(candidate.form) && is_name(candidate.version) && candidate.page >= 0 &&
         candidate.page <= kMostPages && is_turn(candidate.turn) &&
         is_share(candidate.probability) && is_name(candidate.evidence) &&
         (!candidate.mm_to_upright || is_transform(*candidate.mm_to_upright));
}

bool are_alternatives(const std::vector<Alternative>& alternatives) {
  return alternatives.size() <= kMostAlternatives &&
         std::ranges::all_of(alternatives, [](const Alternative& alternative) {
           return is_text(alternative.text) && is_share(alternative.probability);
         });
}

bool is_cell(const CharacterCell& cell) {
  return are_alternatives(cell.candidates) && is_share(cell.empty_probability);
}

bool is_value(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return is_text(*text);
  if (const auto* texts = std::get_if<std::vector<std::string>>(&value))
    return texts->size() <= kMostAlternatives && std::ranges::all_of(*texts, is_text);
  return true;
}

}  // namespace

tl::unexpected<Error> nonsense_in(const char* member) {
  return fail(ErrorCode::internal, "box_nonsense",
              std::string("while looking at what a box gave: its ") + member + " cannot be right");
}

Result<void> check(const Findings& findings) {
  PK_CHECK(held(findings.size() <= kMostFindings, "findings"));
  for (const Finding& finding : findings) {
    PK_CHECK(held(is_code(finding.code) && is_name(finding.field), "finding's code"));
    PK_CHECK(held(finding.page >= 0 && finding.page <= kMostPages, "finding's page"));
    PK_CHECK(held(is_text(finding.evidence), "finding's evidence"));
  }
  return {};
}

// What begins a document there fits what the page is: a sheet, or content with a sticker on it.
bool is_separator(const DecodedPage& page) {
  if (!page.separator) return page.kind != PageKind::separator;
  const unsigned marks = marks_named(page.separator->kind);
  const PageKind kind = marks == mark::sticker ? PageKind::content : PageKind::separator;
  return marks != 0 && page.separator->kind == names_of_marks(marks) && page.kind == kind &&
         is_text(page.separator->text);
}

Result<void> check(const DecodedPage& page, const Limits& limits) {
  PK_CHECK(held(is_size(page.original, limits), "picture's size"));
  PK_CHECK(held(page.original.dpi.value >= 0.0 && page.original.dpi.value <= kMostDpi, "dpi"));
  PK_CHECK(held(page.codes.size() <= kMostCodes, "codes"));
  for (const Code& code : page.codes)
    PK_CHECK(held(is_name(code.symbology) && is_text(code.text) && is_rect(code.box) &&
                      std::abs(code.orientation.value) <= 720.0,
                  "codes"));
  PK_CHECK(held(is_separator(page), "separator"));
  PK_CHECK(held(is_share(page.ink_share), "ink_share"));
  return check(page.findings);
}

Result<void> check(const UprightPage& page) {
  PK_CHECK(held(page.upright.dpi.value > 0.0 && page.upright.dpi.value <= kMostDpi, "dpi"));
  PK_CHECK(held(is_transform(page.original_to_upright), "original_to_upright"));
  PK_CHECK(held(std::abs(page.skew.value) <= 360.0, "skew"));
  PK_CHECK(held(is_share(page.skew_confidence), "skew_confidence"));
  const PageQuality& quality = page.quality;
  PK_CHECK(held(std::abs(quality.effective_dpi) <= kMostDpi && is_share(quality.focus) &&
                    is_share(quality.contrast) && is_share(quality.clipped_share) &&
                    quality.missing_corners >= 0 && quality.missing_corners <= 4,
                "quality"));
  return check(page.findings);
}

Result<void> check(const Classification& classification) {
  if (classification.form) PK_CHECK(held(is_candidate(*classification.form), "form"));
  PK_CHECK(held(classification.alternatives.size() <= kMostCandidates &&
                    std::ranges::all_of(classification.alternatives, is_candidate),
                "alternatives"));
  return check(classification.findings);
}

Result<void> check(const RecognisedPage& page) {
  PK_CHECK(held(page.words.size() <= kMostWords, "words"));
  for (const Word& word : page.words)
    PK_CHECK(held(is_text(word.text) && is_rect(word.box) && is_share(word.confidence) &&
                      word.block >= 0 && word.line >= 0,
                  "words"));
  return held(is_turn(page.turn) && is_name(page.engine), "recognised");
}

Result<void> check(const std::vector<Reading>& readings) {
  PK_CHECK(held(readings.size() <= kMostReadings, "readings"));
  for (const Reading& reading : readings) {
    PK_CHECK(held(is_name(reading.field) && !reading.field.empty(), "field"));
    PK_CHECK(held(reading.page >= 1 && reading.page <= kMostPages, "page"));
    PK_CHECK(held(is_value(reading.value) && is_text(reading.raw), "value"));
    PK_CHECK(held(are_alternatives(reading.alternatives), "alternatives"));
    PK_CHECK(held(reading.cells.size() <= kMostCells && std::ranges::all_of(reading.cells, is_cell),
                  "cells"));
    PK_CHECK(held(is_share(reading.probability), "probability"));
    PK_CHECK(held(is_rect(reading.box), "box"));
    PK_CHECK(held(reading.method != Method::person, "method"));  // there is none in a box
    PK_CHECK(check(reading.findings));
  }
  return {};
}

Result<void> check(const extract::Registration& registration) {
  PK_CHECK(held(is_transform(registration.mm_to_upright), "mm_to_upright"));
  PK_CHECK(held(is_transform(registration.mm_to_original), "mm_to_original"));
  PK_CHECK(held(registration.residual_mm >= 0.0 && registration.residual_mm <= 1e4, "residual"));
  PK_CHECK(held(is_share(registration.match), "match"));
  return held(registration.points >= 0, "points");
}

Result<void> check_picture(const Picture& picture, const Bytes& bytes, const Limits& limits) {
  PK_CHECK(
      held(picture.width > 0 && picture.height > 0 && is_size(picture, limits), "picture's size"));
  PK_CHECK(held(picture.dpi.value > 0.0 && picture.dpi.value <= kMostDpi, "dpi"));
  const std::string_view head =
      text_of(ByteView(bytes).first(std::min<std::size_t>(8, bytes.size())));
  switch (picture.format) {
    case PictureFormat::tiff: return held(head.starts_with("II") || head.starts_with("MM"), "TIFF");
    case PictureFormat::jpeg: return held(head.starts_with("\xff\xd8\xff"), "JPEG");
    case PictureFormat::png: return held(head == "\x89PNG\r\n\x1a\n", "PNG");
  }
  return nonsense_in("format");
}

}  // namespace postkamer::host
