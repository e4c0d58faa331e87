// SPDX-License-Identifier: EUPL-1.2
#include "tests/support/sample_maker.h"

#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <fstream>

#include "pipeline/forms/print.h"
#include "tests/support/encode.h"
#include "tests/support/paper.h"

namespace postkamer::support {
namespace {

constexpr int kJpegQuality = 42;

[[noreturn]] void give_up(const std::string& what) {
  fmt::print(stderr, "make_samples: {}\n", what);
  std::exit(1);
}

template <class T>
T or_give_up(Result<T> result) {
  if (!result) give_up(result.error().message);
  return std::move(result).value();
}

void save(const std::filesystem::path& path, ByteView bytes) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  if (!file) give_up("cannot write " + path.string());
}

struct Pen {
  std::string hex;
  cv::Scalar rgb;
};

Pen drawn_pen(bool by_hand, Random& random) {
  if (!by_hand) return {"#1c1c1c", {28, 28, 28}};
  const std::array<Pen, 4> pens{{{"#1a2a6c", {26, 42, 108}},
                                 {"#1f3fa0", {31, 63, 160}},
                                 {"#202028", {32, 32, 40}},
                                 {"#0f1c4d", {15, 28, 77}}}};
  return random.one_of(pens);
}

// The stamp goes where mailrooms put it: top right, not always beside the text.
void wear_down(Sheet& sheet, const Wear& wear, const cv::Mat* back, std::uint8_t lid,
               Random& random) {
  if (back != nullptr && wear.show_through > 0) show_through(sheet, *back, wear.show_through);
  if (wear.stamp) {
    const Date received = date_between({2026, 11, 9}, {2026, 11, 18}, random);
    received_stamp(sheet, {random.between(112, 138), random.between(36, 84)}, on_stamp(received),
                   random);
  }
  if (wear.note) {
    margin_note(sheet, {random.between(110, 125), random.between(250, 262)},
                random.chance(0.5) ? "teruggebeld 10/11" : "zie dossier", random);
  }
  if (wear.fold) fold(sheet, random.chance(0.5) ? 148.5 : 99.0);
  if (wear.staple) staple(sheet, random);
  if (wear.holes) punch_holes(sheet, lid);
  if (wear.torn_corner >= 0) {
    tear_corner(sheet, wear.torn_corner, random.between(14, 24), lid, random);
  }
}

TruthPage truth_of(const ScannedPage& page, const ScanSettings& settings, int index,
                   int form_page) {
  return {index, form_page, settings.placing.skew, settings.placing.turn, page.mm_to_px};
}

}  // namespace

SampleMaker::SampleMaker(std::vector<forms::Form> forms, std::filesystem::path out,
                         std::uint64_t seed)
    : forms_(std::move(forms)), out_(std::move(out)), seed_(seed) {}

const forms::Form& SampleMaker::form_named(const std::string& beginning) const {
  for (const forms::Form& form : forms_) {
    if (form.id.starts_with(beginning)) return form;
  }
  give_up("no form begins with " + beginning);
}

Scanned SampleMaker::scan_form(const Recipe& recipe, OutputMode mode, Random& random) const {
  const forms::Form& form = form_named(recipe.form);
  FillOptions options;
  options.by_hand = !recipe.pen.empty();
  options.slips = recipe.slips;
  const FilledForm filled = fill_form(form, options, random);
  const Pen pen = drawn_pen(options.by_hand, random);
  forms::Filling filling;
  filling.values = filled.written;
  filling.font = options.by_hand ? recipe.pen : "DejaVu Sans Mono";
  filling.ink = pen.hex;
  filling.mark = recipe.mark;
  filling.seed = options.by_hand ? static_cast<unsigned>(random.whole(1, 1'000'000)) : 0;

  Scanned out;
  out.truth = {form.id, form.version, {}, filled.truth, options.by_hand, filled.expected, {}};
  const Dpi dpi = dpi_of(mode);
  for (const forms::FormPage& page : form.pages) {
    const GrayImage blank = or_give_up(forms::print_page(form, page.number, dpi, nullptr));
    const GrayImage written = or_give_up(forms::print_page(form, page.number, dpi, &filling));
    out.sheets.push_back(pen_coloured(blank, written, pen.rgb));
  }
  for (std::size_t i = 0; i < out.sheets.size(); ++i) {
    Wear wear = recipe.wear;
    if (i > 0) wear.stamp = false;
    ScanSettings settings = drawn_settings(mode, recipe.mildness, random);
    settings.placing.turn = recipe.turn;
    Sheet sheet{out.sheets[i].side.clone(), dpi};
    const cv::Mat* back = out.sheets.size() > 1 ? &out.sheets[1 - i % 2].side : nullptr;
    wear_down(sheet, wear, back, settings.optics.lid, random);
    out.pages.push_back(scan_sheet(sheet, settings));
    out.truth.pages.push_back(
        truth_of(out.pages.back(), settings, static_cast<int>(i), form.pages[i].number));
  }
  return out;
}

Scanned SampleMaker::scan_foreign(const Recipe& recipe, OutputMode mode, Random& random) const {
  ForeignPage page = recipe.form == "letter" ? typed_letter(recipe.letter, dpi_of(mode), random)
                                             : foreign_form(dpi_of(mode), random);
  ScanSettings settings = drawn_settings(mode, recipe.mildness, random);
  settings.placing.turn = recipe.turn;
  Scanned out;
  out.sheets.push_back({page.sheet.side.clone(), page.sheet.dpi});
  wear_down(page.sheet, recipe.wear, nullptr, settings.optics.lid, random);
  out.pages.push_back(scan_sheet(page.sheet, settings));
  out.truth.facts = page.facts;
  out.truth.pages.push_back(truth_of(out.pages.back(), settings, 0, 0));
  return out;
}

Scanned SampleMaker::scan(const Recipe& recipe, OutputMode mode, const std::string& name) const {
  Random random(seed_for(seed_, name));
  const bool foreign = recipe.form == "letter" || recipe.form == "foreign-form";
  return foreign ? scan_foreign(recipe, mode, random) : scan_form(recipe, mode, random);
}

ScannedPage SampleMaker::scan_extra(const Sheet& sheet, OutputMode mode,
                                    const std::string& name) const {
  Random random(seed_for(seed_, name));
  ScanSettings settings = drawn_settings(mode, 0.6, random);
  return scan_sheet(sheet, settings);
}

void SampleMaker::write_single(const Recipe& recipe, OutputMode mode, const std::string& name,
                               const std::string& group, const std::string& shows) {
  Scanned scanned = scan(recipe, mode, name);
  FileTruth truth;
  truth.documents.push_back(scanned.truth);
  write_pages(scanned.pages, mode, name, truth, group, shows);
}

void SampleMaker::write_pages(const std::vector<ScannedPage>& pages, OutputMode mode,
                              const std::string& name, const FileTruth& truth,
                              const std::string& group, const std::string& shows) {
  const Dpi dpi = dpi_of(mode);
  if (mode == OutputMode::png) {
    if (pages.size() != 1) give_up(name + ": a PNG holds one page");
    write_file(name + ".png", png_file(pages[0].picture, 8, dpi), truth, group, shows);
    return;
  }
  if (mode == OutputMode::jpeg_pdf || mode == OutputMode::g4_pdf) {
    std::vector<PdfPicture> pictures;
    for (const ScannedPage& page : pages) {
      pictures.push_back(mode == OutputMode::g4_pdf ? pdf_g4(page.picture, dpi)
                                                    : pdf_jpeg(page.picture, kJpegQuality, dpi));
    }
    write_file(name + ".pdf", pdf_file(pictures, dpi), truth, group, shows);
    return;
  }
  std::vector<cv::Mat> pictures;
  for (const ScannedPage& page : pages) pictures.push_back(page.picture);
  const Compression compression = is_bilevel(mode) ? Compression::g4 : Compression::lzw;
  write_file(name + ".tif", tiff_file(pictures, compression, dpi), truth, group, shows);
}

void SampleMaker::write_file(const std::string& file, const Bytes& bytes, const FileTruth& truth,
                             const std::string& group, const std::string& shows) {
  save(out_ / file, bytes);
  const std::string stem = file.substr(0, file.rfind('.'));
  save(out_ / (stem + ".truth.json"), bytes_of(truth_json(truth)));
  entries_.push_back({file, group, shows, bytes.size(), sha256_hex(bytes)});
  fmt::print("{:<34} {:>9}  {}\n", file, bytes.size(), shows);
}

std::size_t SampleMaker::finish() const {
  save(out_ / "MANIFEST.json", bytes_of(manifest_json(seed_, entries_)));
  std::size_t total = 0;
  for (const ManifestEntry& entry : entries_) total += entry.size;
  return total;
}

}  // namespace postkamer::support
