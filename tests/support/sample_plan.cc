// SPDX-License-Identifier: EUPL-1.2
#include "tests/support/sample_plan.h"

#include <fmt/format.h>

#include <span>

#include "tests/support/broken_files.h"
#include "tests/support/encode.h"
#include "tests/support/paper.h"
#include "tests/support/separator_sheets.h"

namespace postkamer::support {
namespace {

constexpr auto kMove = "verhuis";
constexpr auto kObjection = "bezwaar";
constexpr auto kDebit = "sepa";
constexpr auto kParking = "parkeer";

constexpr auto kBreip = "Breip";
constexpr auto kDkg = "DkgHandwriting";
constexpr auto kKlee = "Klee One";
constexpr auto kComic = "Comic Neue Light";

struct Single {
  const char* name;
  OutputMode mode;
  Recipe recipe;
  const char* shows;
};

Recipe typed(const char* form, double mildness = 0.5) {
  Recipe recipe;
  recipe.form = form;
  recipe.mildness = mildness;
  return recipe;
}

Recipe by_hand(const char* form, const char* pen, const char* mark, double mildness = 0.5) {
  Recipe recipe = typed(form, mildness);
  recipe.pen = pen;
  recipe.mark = mark;
  return recipe;
}

Recipe letter(LetterKind kind, double mildness = 0.5) {
  Recipe recipe = typed("letter", mildness);
  recipe.letter = kind;
  return recipe;
}

Recipe worn(Recipe recipe, const Wear& wear) {
  recipe.wear = wear;
  return recipe;
}

Recipe turned(Recipe recipe, QuarterTurn turn) {
  recipe.turn = turn;
  return recipe;
}

Recipe with_slips(Recipe recipe, std::vector<Slip> slips) {
  recipe.slips = std::move(slips);
  return recipe;
}

std::vector<Single> typed_ones() {
  using enum OutputMode;
  return {
      {"typed-01-move", g4_300, typed(kMove, 0.9), "clean office scan"},
      {"typed-02-move", g4_200, typed(kMove, 0.6), "200 dpi"},
      {"typed-03-objection", jpeg_pdf, typed(kObjection, 0.4), "colour JPEG in PDF"},
      {"typed-04-debit", g4_300, turned(typed(kDebit), QuarterTurn::half), "upside down"},
      {"typed-05-parking", g4_pdf, worn(typed(kParking), {.holes = true, .stamp = true}),
       "G4 in PDF, punch holes, date stamp"},
      {"typed-06-parking", gray_lzw, typed(kParking, 0.3), "gray TIFF, uneven light"},
      {"typed-07-debit", g4_300, with_slips(typed(kDebit, 0.7), {Slip::iban_invalid}),
       "IBAN that fails its check"},
      {"typed-08-objection", g4_200, worn(typed(kObjection, 0.2), {.staple = true, .fold = true}),
       "200 dpi, skewed, stapled, folded"},
      {"typed-09-debit", png, typed(kDebit, 0.6), "gray PNG"},
      {"typed-10-move", g4_300,
       with_slips(worn(typed(kMove, 0.1), {.show_through = 0.14, .torn_corner = 1}),
                  {Slip::bsn_invalid}),
       "torn corner, print shining through, BSN that fails its check"},
  };
}

std::vector<Single> hand_ones() {
  using enum OutputMode;
  return {
      {"hand-01-move", g4_300, by_hand(kMove, kBreip, "cross", 0.8), "pen, crosses"},
      {"hand-02-move", g4_200, by_hand(kMove, kDkg, "tick", 0.6), "pen, ticks, 200 dpi"},
      {"hand-03-move", jpeg_pdf,
       worn(by_hand(kMove, kKlee, "cross", 0.4), {.stamp = true, .show_through = 0.1}),
       "blue pen, colour, date stamp, print shining through"},
      {"hand-04-objection", g4_300, by_hand(kObjection, kKlee, "scribble"), "scribbled marks"},
      {"hand-05-objection", g4_pdf, turned(by_hand(kObjection, kDkg, "cross"), QuarterTurn::right),
       "lying on its side"},
      {"hand-06-objection", g4_300,
       with_slips(by_hand(kObjection, kBreip, "tick"), {Slip::signature_missing}), "not signed"},
      {"hand-07-debit", g4_300,
       with_slips(worn(by_hand(kDebit, kComic, "cross"), {.holes = true, .fold = true}),
                  {Slip::required_missing}),
       "a required field left open; holes, fold"},
      {"hand-08-debit", g4_200, by_hand(kDebit, kKlee, "dot", 0.7), "dots for crosses, 200 dpi"},
      {"hand-09-debit", jpeg_pdf, worn(by_hand(kDebit, kBreip, "fill", 0.2), {.note = true}),
       "filled boxes, a note in the margin"},
      {"hand-10-parking", g4_300, by_hand(kParking, kComic, "cross", 0.7), "pen, crosses"},
      {"hand-11-parking", g4_300,
       with_slips(by_hand(kParking, kDkg, "cross"), {Slip::choice_multiple}), "two boxes ticked"},
      {"hand-12-parking", g4_300, turned(by_hand(kParking, kKlee, "tick"), QuarterTurn::half),
       "upside down"},
      {"hand-13-move", g4_300,
       with_slips(worn(by_hand(kMove, kComic, "cross", 0.3), {.stamp = true}),
                  {Slip::date_impossible}),
       "31 February; date stamp"},
      {"hand-14-move", g4_300,
       worn(by_hand(kMove, kBreip, "fill", 0.0), {.holes = true, .staple = true, .torn_corner = 2}),
       "worst case: skewed, noisy, holes, staple, torn corner"},
  };
}

std::vector<Single> letters() {
  using enum OutputMode;
  return {
      {"letter-01", g4_300, letter(LetterKind::objection, 0.7), "objection by letter"},
      {"letter-02", g4_200, letter(LetterKind::payment_plan), "request to pay in parts, 200 dpi"},
      {"letter-03", jpeg_pdf, worn(letter(LetterKind::address_question), {.fold = true}),
       "question about an address, colour, folded"},
      {"letter-04", g4_300,
       worn(letter(LetterKind::invoice), {.holes = true, .staple = true, .stamp = true}),
       "invoice with date stamp"},
      {"letter-05", g4_pdf, turned(letter(LetterKind::objection), QuarterTurn::half),
       "letter upside down"},
      {"letter-06-foreign-form", g4_300, typed("foreign-form"), "a form of a water board"},
  };
}

void make(SampleMaker& maker, std::span<const Single> singles, const std::string& group) {
  for (const Single& single : singles) {
    maker.write_single(single.recipe, single.mode, single.name, group, single.shows);
  }
}

// A pile in the feeder: pages, and what is true of them.
class Batch {
 public:
  Batch(const SampleMaker& maker, OutputMode mode, std::string name)
      : maker_(maker), mode_(mode), name_(std::move(name)) {}

  void separator(const Sheet& sheet) {
    truth_.separators.push_back(index());
    extra(sheet);
  }

  void blank_back(const Sheet& front) {
    truth_.blanks.push_back(index());
    Sheet back{cv::Mat(front.side.size(), front.side.type(), cv::Scalar::all(255)), front.dpi};
    show_through(back, front.side, 0.11);
    extra(back);
  }

  // In a duplex pile a page without another on its back is followed by that back.
  void document(const Recipe& recipe, bool duplex = false) {
    const int first = index();
    Scanned scanned = maker_.scan(recipe, mode_, fmt::format("{} page {}", name_, first));
    for (TruthPage& page : scanned.truth.pages) page.page_index += first;
    truth_.documents.push_back(scanned.truth);
    for (ScannedPage& page : scanned.pages) pages_.push_back(std::move(page));
    if (duplex && scanned.pages.size() % 2 == 1) blank_back(scanned.sheets.back());
  }

  void write(SampleMaker& maker, const std::string& shows) const {
    maker.write_pages(pages_, mode_, name_, truth_, "batches", shows);
  }

 private:
  [[nodiscard]] int index() const { return static_cast<int>(pages_.size()); }
  void extra(const Sheet& sheet) {
    pages_.push_back(maker_.scan_extra(sheet, mode_, fmt::format("{} page {}", name_, index())));
  }

  const SampleMaker& maker_;
  OutputMode mode_;
  std::string name_;
  std::vector<ScannedPage> pages_;
  FileTruth truth_;
};

void make_patch_t_batch(SampleMaker& maker) {
  const OutputMode mode = OutputMode::g4_300;
  Batch batch(maker, mode, "batch-01-patch-t");
  const std::vector<Recipe> recipes{
      typed(kDebit), by_hand(kMove, kDkg, "cross"), letter(LetterKind::address_question),
      turned(by_hand(kParking, kBreip, "cross"), QuarterTurn::half), typed(kMove)};
  for (const Recipe& recipe : recipes) {
    batch.separator(patch_t_sheet(dpi_of(mode)));
    batch.document(recipe);
  }
  batch.write(maker, "five documents, a patch T sheet before each");
}

void make_qr_batch(SampleMaker& maker) {
  const OutputMode mode = OutputMode::g4_200;
  Batch batch(maker, mode, "batch-02-qr");
  const std::vector<Recipe> recipes{by_hand(kDebit, kDkg, "cross"), typed(kObjection),
                                    typed("foreign-form"), by_hand(kMove, kKlee, "tick")};
  int number = 0;
  for (const Recipe& recipe : recipes) {
    // The first document has none before it: the operator begins with paper.
    if (number > 0) {
      batch.separator(
          qr_separator_sheet(fmt::format("PK-SEP|2026-11-B2|{}", number), dpi_of(mode)));
    }
    batch.document(recipe);
    ++number;
  }
  batch.write(maker, "four documents, QR separator sheets between them, 200 dpi");
}

void make_duplex_batch(SampleMaker& maker) {
  const OutputMode mode = OutputMode::g4_pdf;
  Batch batch(maker, mode, "batch-03-duplex");
  const std::vector<Recipe> recipes{worn(typed(kMove), {.show_through = 0.1}),
                                    by_hand(kParking, kDkg, "tick"), typed(kDebit),
                                    letter(LetterKind::payment_plan)};
  int number = 0;
  for (const Recipe& recipe : recipes) {
    const Sheet sheet =
        qr_separator_sheet(fmt::format("PK-SEP|2026-11-B3|{}", ++number), dpi_of(mode));
    batch.separator(sheet);
    batch.blank_back(sheet);
    batch.document(recipe, true);
  }
  batch.write(maker,
              "four documents scanned on both sides: blank backs with print shining through");
}

void make_plain_batch(SampleMaker& maker) {
  Batch batch(maker, OutputMode::g4_300, "batch-04-no-separators");
  for (const Recipe& recipe : {typed(kMove), by_hand(kMove, kBreip, "cross"), typed(kDebit),
                               by_hand(kObjection, kComic, "tick"), typed(kParking)}) {
    batch.document(recipe);
  }
  batch.write(maker, "five documents and nothing between them: the forms' page numbers split");
}

}  // namespace

void make_singles(SampleMaker& maker) {
  make(maker, typed_ones(), "typed");
  make(maker, hand_ones(), "handfont");
  make(maker, letters(), "letters");
}

void make_batches(SampleMaker& maker) {
  make_patch_t_batch(maker);
  make_qr_batch(maker);
  make_duplex_batch(maker);
  make_plain_batch(maker);
}

void make_broken(SampleMaker& maker) {
  const Scanned good = maker.scan(typed(kDebit, 0.7), OutputMode::g4_300, "broken");
  for (const BrokenFile& broken : broken_files(good.pages[0])) {
    FileTruth truth;
    truth.reject = broken.reject;
    maker.write_file(broken.name, broken.bytes, truth, "broken", broken.shows);
  }
  // Not broken at all: content tells the kind, the ending does not.
  FileTruth truth;
  truth.documents.push_back(good.truth);
  maker.write_file("broken-11-not-a.jpg",
                   tiff_file({good.pages[0].picture}, Compression::g4, {300}), truth, "broken",
                   "a good TIFF that calls itself a JPEG");
}

}  // namespace postkamer::support
