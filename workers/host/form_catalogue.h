// SPDX-License-Identifier: EUPL-1.2
//
// All forms of a folder, loaded and with their blanks: what classify and extract need to
// know before the first page comes.
#pragma once

#include <deque>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "classifiers/taught/taught_forms.h"
#include "pipeline/base/error.h"
#include "pipeline/extract/registration.h"
#include "pipeline/forms/form.h"
#include "pipeline/intake/packed_image.h"
#include "workers/host/blank_words.h"

namespace postkamer::host {

// A blank that waits until a page of its form comes.
struct PackedBlank {
  intake::PackedImage image;  // 300 dpi
  double width_mm = 210.0;
  double height_mm = 297.0;
};

// Fails with: internal, as intake::unpack.
Result<extract::BlankPage> unpack(const PackedBlank& blank);

struct CatalogueForm {
  forms::Form form;
  std::vector<PackedBlank> blanks;  // one a page; empty when not asked for
  // What the blank says, one list a page when asked for. A page's list is empty when it is known
  // as a picture only: then somebody must read the picture.
  std::vector<BlankWords> words;
};

class FormCatalogue {
 public:
  enum class Blanks {
    no,
    yes,
    with_words
  };

  // Reads every <folder>/<id>/<version>/form.toml, and every taught.json: a form of no pages and no
  // fields, known by its words only. A blank that is a picture file has its words
  // from the blank.pdf that lies beside it, if there is one. Fails with: invalid_config, the
  // message listing every mistake of every form, one a line.
  static Result<FormCatalogue> load(const std::filesystem::path& folder, Blanks blanks);

  // Null when there is no such form.
  [[nodiscard]] const CatalogueForm* find(std::string_view id, std::string_view version) const;
  [[nodiscard]] const std::deque<CatalogueForm>& forms() const { return forms_; }
  // The forms that were taught by example; they are among forms() too.
  [[nodiscard]] const taught::TaughtForms& taught() const { return taught_; }

 private:
  std::deque<CatalogueForm> forms_;  // addresses stay as it grows
  taught::TaughtForms taught_;
};

}  // namespace postkamer::host
