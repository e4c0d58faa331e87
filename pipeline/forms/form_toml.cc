// SPDX-License-Identifier: EUPL-1.2
#include <cmath>

#include <fmt/format.h>

#include "pipeline/forms/comb.h"
#include "pipeline/forms/draft.h"

namespace postkamer::forms {
namespace {

// A moved box must be a change of one line, so every key has its line and its place.

std::string mm(double value) {
  const double rounded = std::round(value * 10) / 10;
  return fmt::format("{:.1f}", rounded == 0 ? 0.0 : rounded);
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      out += fmt::format("\\{}", c);
    else if (c == '\n')
      out += "\\n";
    else if (byte < 0x20 || byte == 0x7F)
      out += fmt::format("\\u{:04X}", byte);
    else
      out += c;
  }
  return out + "\"";
}

std::string text_of(const LocalText& text) {
  if (text.en.empty()) return quoted(text.nl);
  return fmt::format("{{ nl = {}, en = {} }}", quoted(text.nl), quoted(text.en));
}

std::string box_of(const Rect& r) {
  return fmt::format("[{}, {}, {}, {}]", mm(r.x), mm(r.y), mm(r.width), mm(r.height));
}

template <class Items, class Write>
std::string list_of(const Items& items, const Write& write) {
  std::string out;
  for (const auto& item : items) out += (out.empty() ? "" : ", ") + write(item);
  return "[" + out + "]";
}

class Writer {
 public:
  void key(const char* name, const std::string& value) {
    text_ += fmt::format("{} = {}\n", name, value);
  }
  void key_if(bool is_wanted, const char* name, const std::string& value) {
    if (is_wanted) key(name, value);
  }
  void header(const char* name) { text_ += fmt::format("\n{}\n", name); }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

void write_page(Writer& out, const FormPage& page) {
  const FormPage plain;
  out.header("[[pages]]");
  out.key_if(page.width != plain.width, "width", mm(page.width));
  out.key_if(page.height != plain.height, "height", mm(page.height));
  out.key_if(!page.title.empty(), "title", quoted(page.title));
  out.key_if(page.title_box != Rect{}, "title_box", box_of(page.title_box));
  out.key_if(!page.blank.empty(), "blank", quoted(page.blank));
  for (const PageCode& code : page.codes) {
    out.header("[[pages.codes]]");
    out.key("symbology", quoted(code.symbology));
    out.key("text", quoted(code.text));
    out.key("box", box_of(code.box));
  }
  for (const Decoration& decoration : page.decorations) {
    out.header("[[pages.decorations]]");
    out.key("kind", quoted(decoration.kind));
    out.key_if(decoration.text != LocalText{}, "text", text_of(decoration.text));
    out.key("box", box_of(decoration.box));
    out.key_if(decoration.size_pt != 9.0, "size_pt", mm(decoration.size_pt));
  }
}

void write_cells(Writer& out, const Field& field) {
  if (field.cells.empty()) return;
  const auto comb = comb_of(field.box, field.cells, kExactly);
  if (!comb) {
    out.key("cells_mm", list_of(field.cells, box_of));
    return;
  }
  out.key("cells", std::to_string(comb->cells));
  if (comb->groups.empty()) return;
  out.key("groups", list_of(comb->groups, [](int group) { return std::to_string(group); }));
  out.key("gap", mm(comb->gap));
}

void write_options(Writer& out, const Field& field) {
  if (field.options.empty()) return;
  std::string rows;
  for (const Option& option : field.options)
    rows += fmt::format("  {{ value = {}, label = {}, box = {} }},\n", quoted(option.value),
                        text_of(option.label), box_of(option.box));
  out.key("options", "[\n" + rows + "]");
}

void write_field(Writer& out, const Field& field) {
  const Field plain;
  out.header("[[fields]]");
  out.key("name", quoted(field.name));
  out.key("label", text_of(field.label));
  out.key("type", quoted(std::string(name_of(field.type))));
  out.key_if(field.page != plain.page, "page", std::to_string(field.page));
  out.key("box", box_of(field.box));
  out.key_if(field.label_box != Rect{}, "label_box", box_of(field.label_box));
  write_cells(out, field);
  out.key_if(field.lines != plain.lines, "lines", std::to_string(field.lines));
  write_options(out, field);
  out.key_if(field.required, "required", "true");
  out.key_if(field.office, "office", "true");
  out.key_if(field.verify != plain.verify, "verify", quoted(std::string(name_of(field.verify))));
  out.key_if(field.max_error != plain.max_error, "max_error", fmt::format("{}", field.max_error));
  out.key_if(!field.pattern.empty(), "pattern", quoted(field.pattern));
  out.key_if(!field.lexicon.empty(), "lexicon", quoted(field.lexicon));
}

void write_rule(Writer& out, const Rule& rule) {
  out.header("[[rules]]");
  out.key("code", quoted(rule.code));
  out.key("kind", quoted(rule.kind));
  out.key_if(!rule.field.empty(), "field", quoted(rule.field));
  out.key_if(!rule.fields.empty(), "fields", list_of(rule.fields, quoted));
  out.key_if(!rule.when.empty(), "when", quoted(rule.when));
  out.key_if(!rule.is.empty(), "is", quoted(rule.is));
  out.key_if(rule.number != 0.0, "number", fmt::format("{}", rule.number));
  out.key("message", text_of(rule.message));
}

}  // namespace

std::string form_toml(const Form& form) {
  Writer out;
  out.key("id", quoted(form.id));
  out.key("version", quoted(form.version));
  out.key("title", text_of(form.title));
  out.key("organisation", quoted(form.organisation));
  if (form.twin != Twin{}) {
    out.header("[twin]");
    out.key_if(!form.twin.form_name.empty(), "form_name", quoted(form.twin.form_name));
    out.key_if(!form.twin.form_id.empty(), "form_id", quoted(form.twin.form_id));
  }
  for (const FormPage& page : form.pages) write_page(out, page);
  for (const Field& field : form.fields) write_field(out, field);
  for (const Rule& rule : form.rules) write_rule(out, rule);
  return out.take();
}

}  // namespace postkamer::forms
