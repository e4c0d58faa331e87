// SPDX-License-Identifier: EUPL-1.2
#include <algorithm>
#include <cctype>
#include <cmath>
#include <ostream>
#include <set>

#include <fmt/format.h>

#include "pipeline/deskew/deskew.h"
#include "pipeline/forms/draft.h"
#include "pipeline/forms/load.h"
#include "pipeline/intake/decode.h"
#include "pipeline/intake/inspect.h"
#include "pipeline/ocr/recognise.h"
#include "workers/host/files.h"
#include "workers/intake/render_pdf.h"
#include "workers/postkamer/exit_codes.h"
#include "workers/postkamer/form_commands.h"

namespace postkamer {
namespace {

namespace fs = std::filesystem;

constexpr int kMostPages = 99;
constexpr Degrees kStraight{0.15};  // less skew than this moves no field by half a millimetre

std::string_view suffix_of(PictureFormat format) {
  switch (format) {
    case PictureFormat::tiff: return "tif";
    case PictureFormat::jpeg: return "jpg";
    case PictureFormat::png: return "png";
  }
  return "tif";
}

// "Aanvraag Parkeren (2).pdf" -> "aanvraag-parkeren-2".
std::string id_from(const fs::path& file) {
  std::string id;
  for (const char c : file.stem().string()) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 && byte < 0x80)
      id += static_cast<char>(std::tolower(byte));
    else if (!id.empty() && id.back() != '-')
      id += '-';
  }
  while (!id.empty() && id.back() == '-') id.pop_back();
  const bool starts_well = !id.empty() && std::isalpha(static_cast<unsigned char>(id[0])) != 0;
  return starts_well ? id : "form-" + id;
}

// The words of the tallest line in the upper quarter: what the page calls itself.
std::string title_of(const std::vector<Word>& words, int page_height) {
  const Word* tallest = nullptr;
  for (const Word& word : words) {
    const bool counts = word.box.bottom() < page_height / 4.0 && word.confidence > 0.6 &&
                        word.text.size() > 3 && word.box.width > 1.5 * word.box.height;
    if (counts && (tallest == nullptr || word.box.height > tallest->box.height)) tallest = &word;
  }
  std::string title;
  for (const Word& word : words)
    if (tallest != nullptr && word.line == tallest->line)
      title += (title.empty() ? "" : " ") + word.text;
  return title;
}

struct DraftedPage {
  forms::FormPage page;
  std::vector<forms::Field> fields;
  Picture blank;
};

class Draft {
 public:
  explicit Draft(std::ostream& err) : err_(err) {
    auto engine = ocr::Engine::create({});
    if (engine)
      engine_ = std::move(*engine);
    else
      err_ << "labels are not read: " << engine.error().message << '\n';
  }

  Result<forms::Form> run(const fs::path& blank, const fs::path& folder) {
    PK_TRY(bytes, host::read_file(blank));
    PK_TRY(scan, intake::decode_scan(bytes, {0, kMostPages}, limits_,
                                     intake::pdftoppm_renderer(limits_)));
    forms::Form form;
    form.id = id_from(blank);
    form.version = "1";
    for (std::size_t i = 0; i < scan.pages.size(); ++i) {
      PK_TRY(drafted, draft_page(scan.pages[i], static_cast<int>(i + 1)));
      PK_CHECK(host::write_file(folder / drafted.page.blank, drafted.blank.bytes));
      add(form, std::move(drafted));
    }
    form.title.nl =
        form.pages.empty() || form.pages[0].title.empty() ? form.id : form.pages[0].title;
    form.organisation = "?";
    return form;
  }

 private:
  Result<DraftedPage> draft_page(Picture picture, int number) {
    PK_TRY(image, intake::open_picture(picture, limits_));
    PK_TRY(upright, deskew::deskew(image, {}));
    // Straight pages keep their own picture: binarising would only take away.
    if (std::abs(upright.skew.value) > kStraight.value) {
      image = upright.upright;
      PK_TRY(straight, intake::encode_bilevel(image));
      picture = std::move(straight);
    }
    std::vector<Word> words;
    if (engine_) {
      PK_TRY(read, engine_->read(image, {}));
      words = std::move(read);
    }
    DraftedPage made;
    const double scale = pixels_per_mm(image.dpi);
    made.page.number = number;
    made.page.width = std::round(image.width() / scale * 10) / 10;
    made.page.height = std::round(image.height() / scale * 10) / 10;
    made.page.title = title_of(words, image.height());
    made.page.blank = fmt::format("blank-{}.{}", number, suffix_of(picture.format));
    made.page.codes = codes_of(image);
    made.fields = forms::draft_fields(image, words, number);
    made.blank = std::move(picture);
    return made;
  }

  static std::vector<forms::PageCode> codes_of(const GrayImage& image) {
    const double scale = pixels_per_mm(image.dpi);
    std::vector<forms::PageCode> codes;
    for (const Code& code : intake::find_codes(image)) {
      const bool is_ours =
          code.symbology == "qr" || code.symbology == "code128" || code.symbology == "code39";
      if (is_ours)
        codes.push_back({code.symbology,
                         code.text,
                         {code.box.x / scale, code.box.y / scale, code.box.width / scale,
                          code.box.height / scale}});
    }
    return codes;
  }

  // Names that were unique on their page become unique in the form.
  void add(forms::Form& form, DraftedPage drafted) {
    for (forms::Field& field : drafted.fields) {
      std::string name = field.name;
      for (int i = 2; !names_.insert(name).second; ++i) name = fmt::format("{}_{}", field.name, i);
      field.name = name;
      if (field.label.nl.empty()) field.label.nl = name;
      form.fields.push_back(std::move(field));
    }
    form.pages.push_back(std::move(drafted.page));
  }

  std::ostream& err_;
  Limits limits_;
  std::unique_ptr<ocr::Engine> engine_;
  std::set<std::string> names_;
};

}  // namespace

int form_draft(const fs::path& blank, const fs::path& out_toml, std::ostream& err) {
  const fs::path folder = out_toml.has_parent_path() ? out_toml.parent_path() : fs::path(".");
  std::error_code failed;
  fs::create_directories(folder, failed);
  const auto form = Draft(err).run(blank, folder);
  if (!form) {
    err << form.error().message << '\n';
    return exit_code::kFailed;
  }
  const std::string toml = forms::form_toml(*form);
  if (const auto written = host::write_file(out_toml, bytes_of(toml)); !written) {
    err << written.error().message << '\n';
    return exit_code::kFailed;
  }
  err << fmt::format(
      "{}: {} fields on {} pages; set id, version and organisation, and look at every "
      "name and type\n",
      out_toml.string(), form->fields.size(), form->pages.size());
  if (const auto again = forms::load_form(toml, out_toml.string()); !again)
    for (const auto& mistake : again.error()) err << forms::text_of(mistake) << '\n';
  return exit_code::kOk;
}

}  // namespace postkamer
