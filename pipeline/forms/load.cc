// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/forms/load.h"

#include <algorithm>
#include <tuple>

#include "pipeline/base/bytes.h"
#include "pipeline/forms/comb.h"
#include "pipeline/forms/meaning.h"
#include "pipeline/forms/schema_check.h"
#include "pipeline/forms/toml_json.h"

namespace postkamer::forms {
namespace {

using nlohmann::json;

// Every reader below takes what fits and leaves the default where the schema has already refused:
// so the meaning of the sound parts of a spoiled form can still be checked.

const json& member(const json& table, const char* key) {
  static const json kNothing;
  if (!table.is_object()) return kNothing;
  const auto found = table.find(key);
  return found == table.end() ? kNothing : *found;
}

std::string text(const json& table, const char* key) {
  const json& value = member(table, key);
  return value.is_string() ? value.get<std::string>() : "";
}

double number(const json& table, const char* key, double otherwise) {
  const json& value = member(table, key);
  return value.is_number() ? value.get<double>() : otherwise;
}

int whole(const json& table, const char* key, int otherwise) {
  const json& value = member(table, key);
  if (!value.is_number_integer()) return otherwise;
  return static_cast<int>(std::clamp<std::int64_t>(value.get<std::int64_t>(), -1, 1'000'000));
}

bool yes(const json& table, const char* key) {
  const json& value = member(table, key);
  return value.is_boolean() && value.get<bool>();
}

LocalText local(const json& table, const char* key) {
  const json& value = member(table, key);
  if (value.is_string()) return {value.get<std::string>(), ""};
  return {text(value, "nl"), text(value, "en")};
}

Rect rect(const json& value) {
  const bool fits =
      value.is_array() && value.size() == 4 &&
      std::all_of(value.begin(), value.end(), [](const json& v) { return v.is_number(); });
  if (!fits) return {};
  return {value[0].get<double>(), value[1].get<double>(), value[2].get<double>(),
          value[3].get<double>()};
}

template <class Read>
auto each(const json& list, const Read& read) {
  std::vector<decltype(read(list))> made;
  if (list.is_array())
    for (const json& item : list) made.push_back(read(item));
  return made;
}

PageCode read_code(const json& table) {
  return {text(table, "symbology"), text(table, "text"), rect(member(table, "box"))};
}

Decoration read_decoration(const json& table) {
  return {text(table, "kind"), local(table, "text"), rect(member(table, "box")),
          number(table, "size_pt", 9.0)};
}

FormPage read_page(const json& table) {
  FormPage page;
  page.width = number(table, "width", page.width);
  page.height = number(table, "height", page.height);
  page.title = text(table, "title");
  page.title_box = rect(member(table, "title_box"));
  page.blank = text(table, "blank");
  page.codes = each(member(table, "codes"), read_code);
  page.decorations = each(member(table, "decorations"), read_decoration);
  return page;
}

std::vector<Rect> read_cells(const json& table, const Rect& box) {
  if (member(table, "cells_mm").is_array()) return each(member(table, "cells_mm"), rect);
  Comb comb;
  comb.cells = whole(table, "cells", 0);
  comb.gap = number(table, "gap", kDefaultGap);
  comb.groups = each(member(table, "groups"), [](const json& v) {
    return v.is_number_integer()
               ? static_cast<int>(std::clamp<std::int64_t>(v.get<std::int64_t>(), 0, 99))
               : 0;
  });
  if (comb.cells < 1 || comb.cells > 99) return {};
  return comb_cells(box, comb);
}

Option read_option(const json& table) {
  return {text(table, "value"), local(table, "label"), rect(member(table, "box"))};
}

Field read_field(const json& table) {
  Field field;
  field.name = text(table, "name");
  field.label = local(table, "label");
  field.type = field_type_named(text(table, "type")).value_or(FieldType::text);
  field.page = whole(table, "page", 1);
  field.box = rect(member(table, "box"));
  field.label_box = rect(member(table, "label_box"));
  field.cells = read_cells(table, field.box);
  field.options = each(member(table, "options"), read_option);
  field.lines = whole(table, "lines", 1);
  field.required = yes(table, "required");
  field.office = yes(table, "office");
  field.verify = verify_named(text(table, "verify")).value_or(Verify::doubt);
  field.max_error = number(table, "max_error", field.max_error);
  field.pattern = text(table, "pattern");
  field.lexicon = text(table, "lexicon");
  return field;
}

Rule read_rule(const json& table) {
  Rule rule;
  rule.code = text(table, "code");
  rule.kind = text(table, "kind");
  rule.field = text(table, "field");
  rule.fields = each(member(table, "fields"), [](const json& v) {
    return v.is_string() ? v.get<std::string>() : std::string();
  });
  rule.when = text(table, "when");
  rule.is = text(table, "is");
  if (member(table, "is").is_boolean()) rule.is = yes(table, "is") ? "true" : "false";
  rule.number = number(table, "number", 0.0);
  rule.message = local(table, "message");
  return rule;
}

Form read_form(const json& table) {
  Form form;
  form.id = text(table, "id");
  form.version = text(table, "version");
  form.title = local(table, "title");
  form.organisation = text(table, "organisation");
  form.twin = {text(member(table, "twin"), "form_name"), text(member(table, "twin"), "form_id")};
  form.pages = each(member(table, "pages"), read_page);
  for (std::size_t i = 0; i < form.pages.size(); ++i)
    form.pages[i].number = static_cast<int>(i + 1);
  form.fields = each(member(table, "fields"), read_field);
  form.rules = each(member(table, "rules"), read_rule);
  return form;
}

}  // namespace

std::string text_of(const Mistake& mistake) {
  if (mistake.line == 0) return mistake.file + ": " + mistake.message;
  return mistake.file + ":" + std::to_string(mistake.line) + ":" + std::to_string(mistake.column) +
         ": " + mistake.message;
}

tl::expected<Form, std::vector<Mistake>> load_form(std::string_view toml, std::string_view file) {
  const auto definition = parse_toml(toml, file);
  if (!definition) return tl::unexpected(std::vector{definition.error()});
  SchemaVerdict verdict = check_schema(*definition, file);
  Form form = read_form(definition->value);
  Complaints complaints(*definition, file, verdict.at);
  check_pages(form, complaints);
  check_fields(form, complaints);
  check_rules(form, complaints);

  std::vector<Mistake> mistakes = std::move(verdict.mistakes);
  for (Mistake& mistake : complaints.take()) mistakes.push_back(std::move(mistake));
  if (!mistakes.empty()) {
    const auto place = [](const Mistake& m) { return std::tie(m.line, m.column, m.message); };
    std::sort(mistakes.begin(), mistakes.end(),
              [&](const Mistake& a, const Mistake& b) { return place(a) < place(b); });
    return tl::unexpected(std::move(mistakes));
  }
  form.sha256 = sha256_hex(bytes_of(toml));
  return form;
}

}  // namespace postkamer::forms
