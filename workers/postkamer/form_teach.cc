// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/form_teach.h"

#include <algorithm>
#include <ostream>

#include <fmt/format.h>

#include "classifiers/taught/learn.h"
#include "pipeline/classify/classify.h"
#include "workers/host/files.h"
#include "workers/host/form_catalogue.h"
#include "workers/postkamer/exit_codes.h"
#include "workers/postkamer/first_page.h"
#include "workers/postkamer/scan_files.h"

namespace postkamer {
namespace {

constexpr const char* kVersion = "1";

bool is_form_id(const std::string& name) {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return !name.empty() && is_letter(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-'; });
}

int told(const Error& error, std::ostream& err) {
  err << error.message << '\n';
  if (error.reason == "input_missing") return exit_code::kNotFound;
  return error.code == ErrorCode::invalid_config ? exit_code::kConfig : exit_code::kFailed;
}

// What both commands need first. The forms' folder is filled in from the settings.
struct Ready {
  FirstPageReader reader;
  std::filesystem::path forms;
  std::vector<std::filesystem::path> files;
};

Result<Ready> make_ready(const FormTeachOptions& options) {
  PK_TRY(settings, host::load_settings(options.config));
  PK_TRY(reader, FirstPageReader::create(settings, options.words));
  PK_TRY(files, find_scans(options.samples));
  return Ready{std::move(reader), options.forms.empty() ? settings.forms : options.forms,
               std::move(files.taken)};
}

Result<taught::TaughtForm> learned_from(Ready& ready, std::ostream& err) {
  std::vector<taught::PageText> texts;
  std::vector<std::string> names;
  for (const auto& file : ready.files) {
    auto text = ready.reader.read(file);
    if (!text) {
      err << fmt::format("{}: left out: {}\n", file.filename().string(), text.error().message);
      continue;
    }
    texts.push_back(std::move(*text));
    names.push_back(file.filename().string());
  }
  PK_TRY(lesson, taught::learn(texts));
  for (const std::size_t odd : lesson.unlike)
    err << fmt::format("{}: set aside: it looks like no other sample; is it this form?\n",
                       names[odd]);
  return std::move(lesson.form);
}

}  // namespace

int form_teach_command(const FormTeachOptions& options, std::ostream& out, std::ostream& err) {
  if (!is_form_id(options.name)) {
    err << "the name of a form is of lower-case letters, digits and '-' and starts with a letter\n";
    return exit_code::kUsage;
  }
  auto ready = make_ready(options);
  if (!ready) return told(ready.error(), err);
  auto form = learned_from(*ready, err);
  if (!form) return told(form.error(), err);
  form->id = options.name;
  form->version = kVersion;
  form->title = options.title.empty() ? options.name : options.title;
  const auto folder = ready->forms / options.name / kVersion;
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  const auto file = folder / taught::kTaughtFile;
  const auto written = host::write_file(file, bytes_of(taught::json_of(*form)));
  if (!written) return told(written.error(), err);
  out << fmt::format(
      "{}: {} lines of print that {} samples share; look through them: what was "
      "filled in alike on two samples is among them\n",
      file.string(), form->runs.size(), form->samples.size());
  return exit_code::kOk;
}

int form_recognise_command(const FormTeachOptions& options, std::ostream& out, std::ostream& err) {
  auto ready = make_ready(options);
  if (!ready) return told(ready.error(), err);
  const auto catalogue = host::FormCatalogue::load(ready->forms, host::FormCatalogue::Blanks::no);
  if (!catalogue) return told(catalogue.error(), err);
  if (catalogue->taught().empty()) {
    err << ready->forms.string() << ": no form has been taught; see postkamer form teach\n";
    return exit_code::kNotFound;
  }
  int status = exit_code::kOk;
  for (const auto& file : ready->files) {
    const auto text = ready->reader.read(file);
    if (!text) {
      status = told(text.error(), err);
      continue;
    }
    const auto decided = classify::decide(catalogue->taught().score(*text), {});
    const auto likest =
        std::ranges::max(catalogue->taught().likenesses(*text), {}, &taught::Likeness::coverage);
    const double probability =
        decided.alternatives.empty() ? 0.0 : decided.alternatives.front().probability;
    out << fmt::format("{}\t{}\t{:.4f}\t{:.3f}\n", file.filename().string(),
                       decided.form ? decided.form->form : "unknown", probability, likest.coverage);
    out.flush();
  }
  return status;
}

}  // namespace postkamer
