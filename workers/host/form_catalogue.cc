// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/form_catalogue.h"

#include <algorithm>

#include "pipeline/forms/load.h"
#include "pipeline/forms/print.h"
#include "pipeline/intake/decode.h"
#include "workers/host/files.h"

namespace postkamer::host {
namespace {

constexpr Dpi kBlankDpi{300.0};

// The page's blank picture as it lies beside the definition.
Result<GrayImage> open_blank(const std::filesystem::path& file) {
  PK_TRY(bytes, read_file(file));
  const auto no_pdf = [](ByteView, int, Dpi) -> Result<Picture> {
    return fail(ErrorCode::invalid_config, "form_blank", "a blank must be a PNG, TIFF or JPEG");
  };
  PK_TRY(scan, intake::decode_scan(bytes, {0, 1}, Limits{}, no_pdf));
  return intake::open_picture(scan.pages.at(0), Limits{});
}

Result<std::vector<PackedBlank>> blanks_of(const forms::Form& form,
                                           const std::filesystem::path& folder) {
  std::vector<PackedBlank> blanks;
  for (const auto& page : form.pages) {
    PK_TRY(image, page.blank.empty() ? forms::print_page(form, page.number, kBlankDpi, nullptr)
                                     : open_blank(folder / page.blank));
    blanks.push_back({intake::pack(image), page.width, page.height});
  }
  return blanks;
}

// A page printed from its definition says what the definition makes it say.
Result<std::vector<BlankWords>> words_of(const forms::Form& form,
                                         const std::filesystem::path& folder) {
  std::vector<BlankWords> in_pdf;
  if (const auto pdf = folder / "blank.pdf"; std::filesystem::exists(pdf)) {
    PK_TRY(found, words_of_pdf(pdf));
    in_pdf = std::move(found);
  }
  in_pdf.resize(form.pages.size());
  for (std::size_t i = 0; i < form.pages.size(); ++i) {
    if (!form.pages[i].blank.empty()) continue;
    PK_TRY(printed, forms::printed_words(form, form.pages[i].number));
    in_pdf[i] = std::move(printed);
  }
  return in_pdf;
}

// Blanks and words of a form's pages, as far as asked for.
Result<CatalogueForm> entry_of(forms::Form form, const std::filesystem::path& folder,
                               FormCatalogue::Blanks blanks) {
  CatalogueForm entry{std::move(form), {}, {}};
  if (blanks == FormCatalogue::Blanks::no) return entry;
  PK_TRY(pages, blanks_of(entry.form, folder));
  entry.blanks = std::move(pages);
  if (blanks == FormCatalogue::Blanks::yes) return entry;
  PK_TRY(words, words_of(entry.form, folder));
  entry.words = std::move(words);
  return entry;
}

std::vector<std::filesystem::path> files_named(std::string_view name,
                                               const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code failed;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, failed))
    if (entry.path().filename() == name) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

// A taught form as the rest of the house sees it: no pages, no fields.
Result<std::pair<taught::TaughtForm, CatalogueForm>> open_taught(
    const std::filesystem::path& file) {
  PK_TRY(text, read_file(file));
  PK_TRY(learned, taught::taught_form_from(text_of(text)));
  CatalogueForm entry;
  entry.form.id = learned.id;
  entry.form.version = learned.version;
  entry.form.title.nl = learned.title;
  entry.form.sha256 = sha256_hex(text);
  return std::pair{std::move(learned), std::move(entry)};
}

}  // namespace

Result<extract::BlankPage> unpack(const PackedBlank& blank) {
  PK_TRY(image, intake::unpack(blank.image));
  return extract::BlankPage{std::move(image), blank.width_mm, blank.height_mm};
}

Result<FormCatalogue> FormCatalogue::load(const std::filesystem::path& folder, Blanks blanks) {
  FormCatalogue catalogue;
  std::string mistakes;
  for (const auto& file : files_named("form.toml", folder)) {
    PK_TRY(text, read_file(file));
    auto form = forms::load_form(text_of(text), file.string());
    if (!form) {
      for (const auto& mistake : form.error()) mistakes += "\n" + forms::text_of(mistake);
      continue;
    }
    auto entry = entry_of(std::move(*form), file.parent_path(), blanks);
    if (entry)
      catalogue.forms_.push_back(std::move(*entry));
    else
      mistakes += "\n" + file.string() + ": " + entry.error().message;
  }
  std::vector<taught::TaughtForm> learned;
  for (const auto& file : files_named(taught::kTaughtFile, folder)) {
    auto opened = open_taught(file);
    if (!opened) {
      mistakes += "\n" + file.string() + ": " + opened.error().message;
      continue;
    }
    learned.push_back(std::move(opened->first));
    catalogue.forms_.push_back(std::move(opened->second));
  }
  catalogue.taught_ = taught::TaughtForms(std::move(learned));
  if (!mistakes.empty())
    return fail(ErrorCode::invalid_config, "form_invalid",
                "while reading the forms in " + folder.string() + ":" + mistakes);
  if (catalogue.forms_.empty())
    return fail(ErrorCode::invalid_config, "form_none",
                "while reading the forms in " + folder.string() +
                    ": there is no <form>/<version>/form.toml; see config/forms for examples");
  return catalogue;
}

const CatalogueForm* FormCatalogue::find(std::string_view id, std::string_view version) const {
  const auto found = std::ranges::find_if(forms_, [&](const CatalogueForm& entry) {
    return entry.form.id == id && entry.form.version == version;
  });
  return found == forms_.end() ? nullptr : &*found;
}

}  // namespace postkamer::host
