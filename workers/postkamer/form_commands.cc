// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/form_commands.h"

#include <algorithm>
#include <ostream>

#include <fmt/format.h>

#include "pipeline/forms/load.h"
#include "pipeline/forms/print.h"
#include "workers/host/files.h"
#include "workers/postkamer/exit_codes.h"
#include "workers/postkamer/form_values.h"

namespace postkamer {
namespace {

namespace fs = std::filesystem;

int status_of(const Error& error) {
  return error.code == ErrorCode::invalid_config ? exit_code::kConfig : exit_code::kFailed;
}

// A file is itself; a folder is its form.toml, or all that lie under it.
std::vector<fs::path> definitions_at(const fs::path& path) {
  std::error_code failed;
  if (!fs::is_directory(path, failed)) return {path};
  if (fs::exists(path / "form.toml", failed)) return {path / "form.toml"};
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(path, failed))
    if (entry.path().filename() == "form.toml") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

Result<forms::Form> load(const fs::path& file) {
  PK_TRY(bytes, host::read_file(file));
  auto form = forms::load_form(text_of(bytes), file.string());
  if (form) return std::move(*form);
  std::string mistakes;
  for (const auto& mistake : form.error())
    mistakes += (mistakes.empty() ? "" : "\n") + forms::text_of(mistake);
  return fail(ErrorCode::invalid_config, "form_invalid", mistakes);
}

Result<void> check_blanks(const forms::Form& form, const fs::path& file) {
  std::error_code failed;
  for (const auto& page : form.pages)
    if (!page.blank.empty() && !fs::is_regular_file(file.parent_path() / page.blank, failed))
      return fail(ErrorCode::invalid_config, "form_blank",
                  fmt::format("{}: page {} has the blank \"{}\", but no such file lies beside it",
                              file.string(), page.number, page.blank));
  return {};
}

Result<forms::Form> load_checked(const fs::path& file) {
  PK_TRY(form, load(file));
  PK_CHECK(check_blanks(form, file));
  return form;
}

std::string counted(std::size_t count, const char* thing) {
  return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

Result<Bytes> printed(const fs::path& form_path, const fs::path& values_file) {
  const auto files = definitions_at(form_path);
  if (files.size() != 1)
    return fail(ErrorCode::invalid_config, "form_not_one",
                fmt::format("printing a form: {} holds {}; name one form.toml", form_path.string(),
                            counted(files.size(), "form")));
  PK_TRY(form, load(files.front()));
  if (values_file.empty()) return forms::print_pdf(form, nullptr);
  PK_TRY(json, host::read_file(values_file));
  forms::Filling filling;
  filling.seed = 0;  // typed: straight and in the middle of its place
  PK_TRY(values, values_from_json(form, text_of(json)));
  filling.values = std::move(values);
  return forms::print_pdf(form, &filling);
}

}  // namespace

int form_check(const std::vector<fs::path>& paths, std::ostream& out, std::ostream& err) {
  std::size_t seen = 0;
  int status = exit_code::kOk;
  for (const fs::path& path : paths) {
    const auto files = definitions_at(path);
    if (files.empty()) err << path.string() << ": no form.toml lies in this folder\n";
    for (const fs::path& file : files) {
      ++seen;
      const auto form = load_checked(file);
      if (!form) {
        err << form.error().message << '\n';
        status = std::max(status, status_of(form.error()));
        continue;
      }
      out << fmt::format("{}: fine: {} {}, {}, {}, {}\n", file.string(), form->id, form->version,
                         counted(form->pages.size(), "page"), counted(form->fields.size(), "field"),
                         counted(form->rules.size(), "rule"));
    }
  }
  return seen == 0 ? exit_code::kNotFound : status;
}

int form_print(const fs::path& form, const fs::path& out_pdf, const fs::path& values_file,
               std::ostream& err) {
  const auto pdf = printed(form, values_file);
  if (!pdf) {
    err << pdf.error().message << '\n';
    return status_of(pdf.error());
  }
  if (const auto written = host::write_file(out_pdf, *pdf); !written) {
    err << written.error().message << '\n';
    return exit_code::kFailed;
  }
  return exit_code::kOk;
}

}  // namespace postkamer
