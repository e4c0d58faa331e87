// SPDX-License-Identifier: EUPL-1.2
//
// The members and names of the value types as they stand in messages. For model_json.cc only.
#pragma once

#include <array>
#include <utility>

#include "pipeline/extract/registration.h"
#include "pipeline/model/page.h"
#include "pipeline/model/reading.h"
#include "pipeline/model/separation.h"

namespace postkamer::wire {

// Each type's members, named once for both directions: visit_members(Tag<T>{}, v, object) calls
// v("name", member) for each of them.
template <class T>
struct Tag {};

template <class V, class O>
void visit_members(Tag<Picture>, V& v, O& o) {
  v("format", o.format);
  v("width", o.width);
  v("height", o.height);
  v("dpi", o.dpi.value);
  v("is_bilevel", o.is_bilevel);
  v("origin", o.origin);
}

template <class V, class O>
void visit_members(Tag<Code>, V& v, O& o) {
  v("symbology", o.symbology);
  v("text", o.text);
  v("box", o.box);
  v("orientation", o.orientation.value);
}

template <class V, class O>
void visit_members(Tag<Separator>, V& v, O& o) {
  v("kind", o.kind);
  v("text", o.text);
}

template <class V, class O>
void visit_members(Tag<SeparationRules>, V& v, O& o) {
  v("sheets", o.sheets);
  v("patch_text", o.patch_text);
  v("patch_bars", o.patch_bars);
  v("separator_prefixes", o.separator_prefixes);
  v("sticker_prefixes", o.sticker_prefixes);
  v("form_pages", o.form_pages);
  v("every_pages", o.every_pages);
  v("blank_sheet", o.blank_sheet);
}

template <class V, class O>
void visit_members(Tag<Finding>, V& v, O& o) {
  v("code", o.code);
  v("field", o.field);
  v("page", o.page);
  v("severity", o.severity);
  v("evidence", o.evidence);
}

template <class V, class O>
void visit_members(Tag<DecodedPage>, V& v, O& o) {
  v("index", o.index);
  v("original", o.original);
  v("codes", o.codes);
  v("kind", o.kind);
  v("separator", o.separator);
  v("ink_share", o.ink_share);
  v("findings", o.findings);
}

template <class V, class O>
void visit_members(Tag<PageQuality>, V& v, O& o) {
  v("effective_dpi", o.effective_dpi);
  v("focus", o.focus);
  v("contrast", o.contrast);
  v("clipped_share", o.clipped_share);
  v("missing_corners", o.missing_corners);
}

template <class V, class O>
void visit_members(Tag<UprightPage>, V& v, O& o) {
  v("dpi", o.upright.dpi.value);
  v("is_bilevel", o.upright.is_bilevel);
  v("original_to_upright", o.original_to_upright);
  v("skew", o.skew.value);
  v("skew_confidence", o.skew_confidence);
  v("quality", o.quality);
  v("findings", o.findings);
}

template <class V, class O>
void visit_members(Tag<FormCandidate>, V& v, O& o) {
  v("form", o.form);
  v("version", o.version);
  v("page", o.page);
  v("turn", o.turn);
  v("probability", o.probability);
  v("evidence", o.evidence);
  v("mm_to_upright", o.mm_to_upright);
}

template <class V, class O>
void visit_members(Tag<Classification>, V& v, O& o) {
  v("form", o.form);
  v("alternatives", o.alternatives);
  v("findings", o.findings);
}

template <class V, class O>
void visit_members(Tag<RecognisedPage>, V& v, O& o) {
  v("words", o.words);
  v("turn", o.turn);
  v("engine", o.engine);
}

template <class V, class O>
void visit_members(Tag<Alternative>, V& v, O& o) {
  v("text", o.text);
  v("probability", o.probability);
}

template <class V, class O>
void visit_members(Tag<CharacterCell>, V& v, O& o) {
  v("candidates", o.candidates);
  v("empty_probability", o.empty_probability);
}

template <class V, class O>
void visit_members(Tag<Reading>, V& v, O& o) {
  v("field", o.field);
  v("page", o.page);
  v("value", o.value);
  v("raw", o.raw);
  v("alternatives", o.alternatives);
  v("cells", o.cells);
  v("probability", o.probability);
  v("method", o.method);
  v("box", o.box);
  v("findings", o.findings);
}

template <class V, class O>
void visit_members(Tag<extract::Registration>, V& v, O& o) {
  v("mm_to_upright", o.mm_to_upright);
  v("mm_to_original", o.mm_to_original);
  v("residual_mm", o.residual_mm);
  v("match", o.match);
  v("points", o.points);
}

struct AnyVisitor {
  template <class M>
  void operator()(const char*, M&) {}
};

template <class T>
concept HasMembers = requires(AnyVisitor v, T object) {
  visit_members(Tag<T>{}, v, object);
};

// Enumerators with the names they have on the wire; do not rename.
template <class T>
struct Names;

template <>
struct Names<PictureFormat> {
  static constexpr std::array kAll{std::pair{PictureFormat::tiff, "tiff"},
                                   std::pair{PictureFormat::jpeg, "jpeg"},
                                   std::pair{PictureFormat::png, "png"}};
};
template <>
struct Names<PictureOrigin> {
  static constexpr std::array kAll{std::pair{PictureOrigin::whole_file, "whole_file"},
                                   std::pair{PictureOrigin::unwrapped, "unwrapped"},
                                   std::pair{PictureOrigin::coded_again, "coded_again"},
                                   std::pair{PictureOrigin::rendered, "rendered"},
                                   std::pair{PictureOrigin::made_as_blank, "made_as_blank"}};
};
template <>
struct Names<PageKind> {
  static constexpr std::array kAll{std::pair{PageKind::content, "content"},
                                   std::pair{PageKind::blank, "blank"},
                                   std::pair{PageKind::separator, "separator"}};
};
template <>
struct Names<BlankSheet> {
  static constexpr std::array kAll{std::pair{BlankSheet::none, "none"},
                                   std::pair{BlankSheet::one_side, "one-side"},
                                   std::pair{BlankSheet::both_sides, "both-sides"}};
};
template <>
struct Names<Severity> {
  static constexpr std::array kAll{std::pair{Severity::notice, "notice"},
                                   std::pair{Severity::doubt, "doubt"}};
};
template <>
struct Names<Method> {
  static constexpr std::array kAll{
      std::pair{Method::none, "none"},           std::pair{Method::printed_text, "printed_text"},
      std::pair{Method::handprint, "handprint"}, std::pair{Method::mark, "mark"},
      std::pair{Method::signature, "signature"}, std::pair{Method::barcode, "barcode"},
      std::pair{Method::keyword, "keyword"},     std::pair{Method::person, "person"}};
};

template <class T>
concept HasNames = requires {
  Names<T>::kAll;
};

}  // namespace postkamer::wire
