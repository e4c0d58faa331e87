// SPDX-License-Identifier: EUPL-1.2
//
// Forms, letters and bad files of people who were invented for a test, named after them; and what
// there is to know of each of them.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <opencv2/core/mat.hpp>

#include "pipeline/forms/load.h"
#include "pipeline/forms/print.h"
#include "tests/faults/personal_data.h"
#include "tests/support/encode.h"
#include "tests/support/letters.h"
#include "tests/support/random.h"
#include "tests/support/sample_values.h"
#include "tests/system/harness.h"

namespace postkamer::test {

inline constexpr double kDpi = 200.0;
inline constexpr int kFiles = 10;  // of forms

// Three fields, so that a page costs little.
inline constexpr const char* kForm = R"toml(
id = "meldkaart"
version = "2026-01"
title = { nl = "Meldkaart", en = "Notice" }
organisation = "Gemeente Waterdam"

[[pages]]
title = "Meldkaart"
title_box = [18.0, 32.5, 150.0, 10.0]

[[pages.codes]]
symbology = "qr"
text = "PK1|meldkaart|2026-01|1/1"
box = [174.0, 13.0, 18.0, 18.0]

[[pages.decorations]]
kind = "heading"
text = "Meldkaart"
box = [18.0, 32.5, 150.0, 10.0]
size_pt = 20.0

[[pages.decorations]]
kind = "line"
box = [18.0, 48.0, 174.0, 0.6]

[[pages.decorations]]
kind = "line"
box = [18.0, 282.8, 174.0, 0.4]

[[pages.decorations]]
kind = "text"
text = "Vul deze kaart in met blauwe of zwarte pen en stuur hem op naar: Gemeente Waterdam, Postbus 40, 4990 AA Waterdam."
box = [18.0, 51.5, 174.0, 8.2]
size_pt = 8.5

[[fields]]
name = "achternaam"
label = { nl = "Achternaam", en = "Surname" }
type = "text"
box = [18.0, 87.9, 102.0, 6.5]

[[fields]]
name = "burgerservicenummer"
label = { nl = "Burgerservicenummer (BSN)", en = "Citizen service number" }
type = "bsn"
box = [18.0, 103.2, 46.8, 6.5]
cells = 9
required = true

[[fields]]
name = "iban"
label = { nl = "IBAN", en = "IBAN" }
type = "iban"
box = [18.0, 118.7, 93.6, 6.5]
cells = 18
)toml";

// Of forms, in `kFiles` files.
inline int documents() { return std::getenv("POSTKAMER_NIGHTLY") != nullptr ? 1'000 : 200; }

inline cv::Mat printed(const forms::Form& form, const support::Person& person,
                       bool has_bsn = true) {
  forms::Filling filling;
  filling.values = {{"achternaam", person.surname}, {"iban", person.iban}};
  if (has_bsn) filling.values["burgerservicenummer"] = person.bsn;
  filling.seed = 0;
  return forms::print_page(form, 1, Dpi{kDpi}, &filling).value().pixels;
}

// What the mailroom gets, and about whom.
class Post {
 public:
  Post(std::filesystem::path inbox, std::uint64_t seed) : inbox_(std::move(inbox)), random_(seed) {
    std::filesystem::create_directories(inbox_);
    const auto form = forms::load_form(kForm, "form.toml");
    if (!form) throw std::runtime_error(forms::text_of(form.error().front()));
    forms_ = *form;
  }

  // One in each file lacks its BSN, so that it waits for a person.
  void bring_forms() {
    const int each = documents() / kFiles;
    for (int file = 0; file < kFiles; ++file) {
      std::vector<cv::Mat> pages;
      for (int page = 0; page < each; ++page)
        pages.push_back(printed(forms_, one_more(), page > 0));
      put(named_after(people_.back(), ".tif"),
          support::tiff_file(pages, support::Compression::g4, Dpi{kDpi}));
    }
  }

  void bring_letter() {
    support::ForeignPage letter =
        support::typed_letter(support::LetterKind::objection, Dpi{kDpi}, random_);
    put(named_after(one_more(), ".tif"),
        support::tiff_file({letter.sheet.side}, support::Compression::g4, Dpi{kDpi}));
    for (const auto& [what, values] : letter.facts)
      if (what == "bsn" || what == "iban")
        for (const std::string& value : values) traces_.add(value);
  }

  // Each of them goes wrong in another place.
  void bring_bad_files() {
    put(named_after(one_more(), ".tif"), bytes_of("dit is geen scan"));
    put(named_after(one_more(), ".tif"), Bytes{});
    const Bytes whole =
        support::tiff_file({printed(forms_, one_more())}, support::Compression::g4, Dpi{kDpi});
    put(named_after(people_.back(), " half.tif"), ByteView(whole).first(whole.size() / 2));
    put(named_after(one_more(), ".pdf"), bytes_of("%PDF-1.7\n1 0 obj\n<</Type/Catalog"));
    put(named_after(one_more(), ".docx"), bytes_of("PK"));
    put("\xff" + named_after(one_more(), "\n.tif"), bytes_of("II*"));
    std::filesystem::create_symlink("/etc/passwd", inbox_ / named_after(one_more(), ".tif"));
    ::mkfifo((inbox_ / named_after(one_more(), ".tif")).c_str(), 0600);
    const std::filesystem::path folder = inbox_ / named_after(one_more(), "");
    std::filesystem::create_directories(folder);
    write_text(folder / named_after(one_more(), ".tif"), "ook geen scan");
    write_text(folder / ".done", "");
  }

  [[nodiscard]] const Traces& traces() const { return traces_; }
  [[nodiscard]] const forms::Form& form() const { return forms_; }

 private:
  const support::Person& one_more() {
    people_.push_back(support::drawn_person(random_));
    const support::Person& person = people_.back();
    traces_.add(person.bsn);
    traces_.add(person.iban);
    traces_.add_name(person.surname);
    return person;
  }
  static std::string named_after(const support::Person& person, const std::string& ending) {
    return person.surname + " " + person.bsn + ending;
  }
  void put(const std::string& name, ByteView bytes) {
    write_text(inbox_ / name, std::string(text_of(bytes)));
  }

  std::filesystem::path inbox_;
  forms::Form forms_;
  support::Random random_;
  std::vector<support::Person> people_;
  Traces traces_;
};

}  // namespace postkamer::test
