// SPDX-License-Identifier: EUPL-1.2
//
// The members and names of the value types as they stand in messages. For model_json.cc only.
#pragma once

#include <array>
#include <utility>

#include "pipeline/extract/registration.h"
#include "pipeline/model/page.h"
#include "pipeline/model/reading.h"

namespace postkamer::wire {

// Each type's members, named once for both directions: visit(v, object) calls v("name", member).
template <class T>
struct Members;

template <class T>
concept HasMembers = requires {
  typename Members<T>::Exists;
};

#define PK_MEMBERS(Type)        \
  template <>                   \
  struct Members<Type> {        \
    using Exists = void;        \
    template <class V, class O> \
    static void visit(V& v, O& o)

PK_MEMBERS(Picture) {
  v("format", o.format);
  v("width", o.width);
  v("height", o.height);
  v("dpi", o.dpi.value);
  v("is_bilevel", o.is_bilevel);
}
};
PK_MEMBERS(Code) {
  v("symbology", o.symbology);
  v("text", o.text);
  v("box", o.box);
  v("orientation", o.orientation.value);
}
}
;
PK_MEMBERS(Separator) {
  v("kind", o.kind);
  v("text", o.text);
}
}
;
PK_MEMBERS(Finding) {
  v("code", o.code);
  v("field", o.field);
  v("page", o.page);
  v("severity", o.severity);
  v("evidence", o.evidence);
}
}
;
PK_MEMBERS(DecodedPage) {
  v("index", o.index);
  v("original", o.original);
  v("codes", o.codes);
  v("kind", o.kind);
  v("separator", o.separator);
  v("ink_share", o.ink_share);
  v("findings", o.findings);
}
}
;
PK_MEMBERS(PageQuality) {
  v("effective_dpi", o.effective_dpi);
  v("focus", o.focus);
  v("contrast", o.contrast);
  v("clipped_share", o.clipped_share);
  v("missing_corners", o.missing_corners);
}
}
;
PK_MEMBERS(UprightPage) {
  v("dpi", o.upright.dpi.value);
  v("is_bilevel", o.upright.is_bilevel);
  v("original_to_upright", o.original_to_upright);
  v("skew", o.skew.value);
  v("skew_confidence", o.skew_confidence);
  v("quality", o.quality);
  v("findings", o.findings);
}
}
;
PK_MEMBERS(FormCandidate) {
  v("form", o.form);
  v("version", o.version);
  v("page", o.page);
  v("turn", o.turn);
  v("probability", o.probability);
  v("evidence", o.evidence);
  v("mm_to_upright", o.mm_to_upright);
}
}
;
PK_MEMBERS(Classification) {
  v("form", o.form);
  v("alternatives", o.alternatives);
  v("findings", o.findings);
}
}
;
PK_MEMBERS(RecognisedPage) {
  v("words", o.words);
  v("turn", o.turn);
  v("engine", o.engine);
}
}
;
PK_MEMBERS(Alternative) {
  v("text", o.text);
  v("probability", o.probability);
}
}
;
PK_MEMBERS(CharacterCell) {
  v("candidates", o.candidates);
  v("empty_probability", o.empty_probability);
}
}
;
PK_MEMBERS(Reading) {
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
}
;
PK_MEMBERS(extract::Registration) {
  v("mm_to_upright", o.mm_to_upright);
  v("mm_to_original", o.mm_to_original);
  v("residual_mm", o.residual_mm);
  v("match", o.match);
  v("points", o.points);
}
}
;

#undef PK_MEMBERS

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
struct Names<PageKind> {
  static constexpr std::array kAll{std::pair{PageKind::content, "content"},
                                   std::pair{PageKind::blank, "blank"},
                                   std::pair{PageKind::separator, "separator"}};
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
