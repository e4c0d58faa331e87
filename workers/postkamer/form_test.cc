// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/form_test.h"

#include <algorithm>

#include <fmt/format.h>

#include "pipeline/classify/classify.h"
#include "pipeline/deskew/deskew.h"
#include "pipeline/intake/decode.h"
#include "pipeline/intake/inspect.h"
#include "pipeline/intake/png_encode.h"
#include "pipeline/validate/validate.h"
#include "workers/classify/form_classifier.h"
#include "workers/extract/page_reader.h"
#include "workers/host/files.h"
#include "workers/host/lexica.h"
#include "workers/intake/render_pdf.h"
#include "workers/postkamer/exit_codes.h"
#include "workers/postkamer/overlay.h"
#include "workers/postkamer/scan_files.h"

namespace postkamer {
namespace {

std::string shown(const FieldResult& result) {
  if (const auto* text = std::get_if<std::string>(&result.value)) return *text;
  if (const auto* mark = std::get_if<bool>(&result.value)) return *mark ? "yes" : "no";
  if (const auto* several = std::get_if<std::vector<std::string>>(&result.value))
    return fmt::format("{}", fmt::join(*several, " + "));
  return "(empty)";
}

class FormTest {
 public:
  FormTest(const FormTestOptions& options, host::Settings settings, std::ostream& out)
      : options_(options), settings_(std::move(settings)), out_(out) {}

  Result<int> run() {
    PK_TRY(catalogue, host::FormCatalogue::load(options_.form, host::FormCatalogue::Blanks::yes));
    catalogue_ = std::move(catalogue);
    PK_TRY(classifier, workers::make_form_classifier(catalogue_));
    classifier_ = std::move(classifier);
    PK_TRY(lexica, host::load_lexica(settings_));
    lexica_ = std::move(lexica);
    PK_TRY(reader, workers::PageReader::load(settings_));
    reader_ = std::move(reader);
    PK_TRY(files, find_scans(options_.samples));
    for (const auto& file : files.taken)
      if (const auto tried = try_file(file); !tried)
        out_ << file.filename().string() << ": " << tried.error().message << '\n';
    out_ << fmt::format("{} of {} pages are of this form\n", matched_, pages_);
    return matched_ > 0 ? exit_code::kOk : exit_code::kNotFound;
  }

 private:
  Result<void> try_file(const std::filesystem::path& file) {
    PK_TRY(bytes, host::read_file(file));
    PK_TRY(scan,
           intake::decode_scan(bytes, {0, static_cast<int>(settings_.limits.file_pages)},
                               settings_.limits, intake::pdftoppm_renderer(settings_.limits)));
    for (std::size_t i = 0; i < scan.pages.size(); ++i) {
      const std::string name = fmt::format("{}-{}", file.stem().string(), i + 1);
      ++pages_;
      if (const auto tried = try_page(scan.pages[i], name); !tried)
        out_ << name << ": " << tried.error().message << '\n';
    }
    return {};
  }

  Result<void> try_page(const Picture& picture, const std::string& name) {
    PK_TRY(original, intake::open_picture(picture, settings_.limits));
    PK_TRY(upright, deskew::deskew(original, {}));
    const auto codes = intake::find_codes(original);
    const auto decided = classify::decide(classifier_->score({&upright, &codes, nullptr}), {});
    if (!decided.form) {
      out_ << name << ": not this form\n";
      return {};
    }
    PK_TRY(read, reader_->read(original, upright, codes, *decided.form, catalogue_));
    const auto* entry = catalogue_.find(decided.form->form, decided.form->version);
    const auto validated = validate::validate(entry->form, read.readings, "", lexica_);
    ++matched_;
    report(name, *decided.form, read, validated.fields);
    if (options_.overlay.empty()) return {};
    const auto canvas =
        draw_overlay(upright, read.registration, entry->form, decided.form->page, validated.fields);
    PK_TRY(png, intake::encode_png(canvas));
    return host::write_file(options_.overlay / (name + ".png"), png);
  }

  void report(const std::string& name, const FormCandidate& form, const workers::PageReading& read,
              const std::vector<FieldResult>& fields) {
    out_ << fmt::format("{}: {} {} page {}, residual {:.2f} mm, match {:.2f}\n", name, form.form,
                        form.version, form.page, read.registration.residual_mm,
                        read.registration.match);
    for (const auto& field : fields)
      if (std::ranges::find(read.readings, field.field, &Reading::field) != read.readings.end())
        out_ << fmt::format("  {} {:<28} {:<36} {:.3f}\n", field.accepted ? ' ' : '?', field.field,
                            shown(field), field.probability);
  }

  const FormTestOptions& options_;
  host::Settings settings_;
  std::ostream& out_;
  host::FormCatalogue catalogue_;
  validate::Lexica lexica_;
  std::unique_ptr<classify::FormClassifier> classifier_;
  std::unique_ptr<workers::PageReader> reader_;
  int pages_ = 0;
  int matched_ = 0;
};

}  // namespace

int form_test_command(const FormTestOptions& options, std::ostream& out, std::ostream& err) {
  auto settings = host::load_settings(options.config);
  if (!settings) {
    err << settings.error().message << '\n';
    return exit_code::kConfig;
  }
  FormTestOptions checked = options;
  if (checked.form.filename() == "form.toml") checked.form = checked.form.parent_path();
  std::error_code failed;
  if (!checked.overlay.empty()) std::filesystem::create_directories(checked.overlay, failed);
  const auto status = FormTest(checked, std::move(*settings), out).run();
  if (status) return *status;
  err << status.error().message << '\n';
  return status.error().reason == "input_missing" ? exit_code::kNotFound : exit_code::kFailed;
}

}  // namespace postkamer
