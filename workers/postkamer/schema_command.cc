// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/schema_command.h"

#include <algorithm>
#include <ostream>

#include <nlohmann/json.hpp>

#include "pipeline/publish/schema.h"
#include "workers/host/form_catalogue.h"
#include "workers/host/settings.h"
#include "workers/postkamer/exit_codes.h"

namespace postkamer {
namespace {

using FormList = std::vector<const forms::Form*>;

// Of one id the version that sorts last is the newest: versions are dates.
const forms::Form* find_form(const FormList& forms, const SchemaOptions& options) {
  const forms::Form* found = nullptr;
  for (const forms::Form* form : forms) {
    if (form->id != options.form) continue;
    if (!options.version.empty() && form->version != options.version) continue;
    if (found == nullptr || form->version > found->version) found = form;
  }
  return found;
}

int not_found(std::ostream& errors, const std::string& what, const FormList& forms) {
  errors << "there is no " << what << "; the forms are";
  for (const forms::Form* form : forms) errors << ' ' << form->id << ' ' << form->version << ',';
  errors << " and `postkamer schema --stream` describes them all\n";
  return exit_code::kNotFound;
}

}  // namespace

int schema_command(const SchemaOptions& options, std::ostream& out, std::ostream& errors) {
  const auto settings = host::load_settings(options.config);
  if (!settings) {
    errors << settings.error().message << '\n';
    return exit_code::kConfig;
  }
  const auto catalogue =
      host::FormCatalogue::load(settings->forms, host::FormCatalogue::Blanks::no);
  if (!catalogue) {
    errors << catalogue.error().message << '\n';
    return exit_code::kConfig;
  }
  FormList forms;
  for (const auto& one : catalogue->forms()) forms.push_back(&one.form);
  if (options.form.empty()) {
    out << publish::asyncapi(forms, POSTKAMER_VERSION).dump(2) << '\n';
    return exit_code::kOk;
  }
  const forms::Form* form = find_form(forms, options);
  if (form == nullptr) return not_found(errors, "form " + options.form, forms);
  publish::Profile profile;
  if (!options.subscriber.empty()) {
    const auto& known = settings->stream.subscribers;
    const auto found =
        std::ranges::find(known, options.subscriber, &host::SubscriberSettings::name);
    if (found == known.end()) {
      errors << "no subscriber of that name in the settings\n";
      return exit_code::kNotFound;
    }
    profile.fields = found->fields;
    profile.bsn = found->bsn;
  }
  out << publish::data_schema(*form, profile).dump(2) << '\n';
  return exit_code::kOk;
}

}  // namespace postkamer
