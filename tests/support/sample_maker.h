// SPDX-License-Identifier: EUPL-1.2
//
// Turns recipes into files with their truth: prints, fills in, damages, scans, encodes, writes.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/forms/form.h"
#include "tests/support/fill_form.h"
#include "tests/support/letters.h"
#include "tests/support/scanner.h"
#include "tests/support/truth.h"

namespace postkamer::support {

// What happened to the paper before it was scanned.
struct Wear {
  bool holes = false;
  bool staple = false;
  bool fold = false;
  bool stamp = false;
  bool note = false;
  double show_through = 0.0;  // of the next page, printed on the back
  int torn_corner = -1;       // 0..3, see paper.h
};

// One document: a form filled in, or foreign post.
struct Recipe {
  std::string form;  // beginning of the form's id; "letter", "foreign-form" for foreign post
  LetterKind letter = LetterKind::objection;
  std::string pen;  // handwriting font; empty = typed
  std::string mark = "cross";
  std::vector<Slip> slips;
  Wear wear;
  QuarterTurn turn = QuarterTurn::none;
  double mildness = 0.5;
};

struct Scanned {
  std::vector<ScannedPage> pages;
  TruthDocument truth;        // page_index counted from 0
  std::vector<Sheet> sheets;  // before wear: what shines through a blank back
};

class SampleMaker {
 public:
  SampleMaker(std::vector<forms::Form> forms, std::filesystem::path out, std::uint64_t seed);

  // Scans one document in `mode`; `name` seeds it.
  Scanned scan(const Recipe& recipe, OutputMode mode, const std::string& name) const;
  // One picture of a sheet that is no document: a separator or a blank back.
  ScannedPage scan_extra(const Sheet& sheet, OutputMode mode, const std::string& name) const;

  // Writes a document as the only one of its file; the ending follows from the mode.
  void write_single(const Recipe& recipe, OutputMode mode, const std::string& name,
                    const std::string& group, const std::string& shows);
  // Writes pages and truth as one file.
  void write_pages(const std::vector<ScannedPage>& pages, OutputMode mode, const std::string& name,
                   const FileTruth& truth, const std::string& group, const std::string& shows);
  // Writes bytes and truth as they are; `file` has its ending.
  void write_file(const std::string& file, const Bytes& bytes, const FileTruth& truth,
                  const std::string& group, const std::string& shows);
  // Writes MANIFEST.json; gives the total size in bytes.
  std::size_t finish() const;

  [[nodiscard]] std::uint64_t seed() const { return seed_; }

 private:
  const forms::Form& form_named(const std::string& beginning) const;
  Scanned scan_form(const Recipe& recipe, OutputMode mode, Random& random) const;
  Scanned scan_foreign(const Recipe& recipe, OutputMode mode, Random& random) const;

  std::vector<forms::Form> forms_;
  std::filesystem::path out_;
  std::uint64_t seed_;
  std::vector<ManifestEntry> entries_;
};

}  // namespace postkamer::support
