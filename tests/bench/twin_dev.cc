// SPDX-License-Identifier: EUPL-1.2
#include "tests/bench/twin_dev.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <numeric>

#include <nlohmann/json.hpp>

#include "pipeline/intake/decode.h"

namespace postkamer::bench {
namespace {

namespace fs = std::filesystem;
using forms::FieldType;
using nlohmann::json;

json read_json(const fs::path& path) {
  std::ifstream file(path);
  return json::parse(file, nullptr, false);
}

Bytes read_bytes(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

Rect rect_of(const json& box) {
  return {box[0].get<double>(), box[1].get<double>(), box[2].get<double>(), box[3].get<double>()};
}

FieldType type_of(const std::string& name) {
  static const std::map<std::string, FieldType> other{{"kenteken", FieldType::licence_plate},
                                                      {"alnum", FieldType::alphanumeric},
                                                      {"letters", FieldType::capitals},
                                                      {"multiline", FieldType::text},
                                                      {"multichoice", FieldType::choices},
                                                      {"digits", FieldType::digits},
                                                      {"number", FieldType::number},
                                                      {"text", FieldType::text},
                                                      {"date", FieldType::date},
                                                      {"time", FieldType::time},
                                                      {"amount", FieldType::amount},
                                                      {"bsn", FieldType::bsn},
                                                      {"iban", FieldType::iban},
                                                      {"postcode", FieldType::postcode},
                                                      {"phone", FieldType::phone},
                                                      {"email", FieldType::email},
                                                      {"checkbox", FieldType::checkbox},
                                                      {"choice", FieldType::choice},
                                                      {"signature", FieldType::signature}};
  const auto found = other.find(name);
  return found == other.end() ? FieldType::text : found->second;
}

forms::Field field_of(const json& entry) {
  forms::Field field;
  field.name = entry["name"];
  field.type = type_of(entry["type"]);
  field.page = entry["page"];
  field.box = rect_of(entry["box_mm"]);
  field.lines = entry.value("lines", 1);
  field.office = entry.value("office", false);
  for (const auto& cell : entry.value("cells_mm", json::array()))
    field.cells.push_back(rect_of(cell));
  for (const auto& option : entry.value("options", json::array()))
    field.options.push_back({option["value"].get<std::string>(), {}, rect_of(option["box_mm"])});
  return field;
}

GrayImage open_page(const fs::path& path, int index) {
  const Bytes bytes = read_bytes(path);
  const auto scan = intake::decode_scan(bytes, {index, 1}, Limits{}, nullptr);
  if (!scan || scan->pages.empty()) return {};
  auto image = intake::open_picture(scan->pages.front(), Limits{});
  return image ? *image : GrayImage{};
}

Value value_of(const json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_string()) return value.get<std::string>();
  if (value.is_array()) {
    if (value.empty()) return {};
    return value.get<std::vector<std::string>>();
  }
  return {};
}

TwinDocument document_of(const json& truth) {
  TwinDocument document;
  document.id = truth["document"];
  document.form = truth["form"];
  document.is_handprint = truth.value("handprint", true);
  int number = 0;
  for (const auto& entry : truth["pages"]) {
    TwinPage page;
    page.file = entry["file"];
    page.index = entry["page_index"];
    page.number = ++number;
    page.dpi = Dpi{entry["dpi"].get<double>()};
    for (std::size_t i = 0; i < 9; ++i)
      page.registration.mm_to_original.m[i] =
          entry["transform_mm_to_px"][i / 3][i % 3].get<double>();
    document.pages.push_back(page);
  }
  for (const auto& [name, value] : truth["fields"].items()) document.values[name] = value_of(value);
  if (truth.contains("comb_cells"))
    for (const auto& [name, value] : truth["comb_cells"].items())
      if (value.is_string()) document.cells[name] = value;
  if (truth.contains("corrections") && truth["corrections"].is_array())
    for (const auto& entry : truth["corrections"])
      document.blotted[entry["field"]] = entry["blotted_option"];
  return document;
}

std::string kept(const std::string& text, int (*test)(int)) {
  std::string out;
  for (const char c : text)
    if (test(static_cast<unsigned char>(c)) != 0)
      out += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

std::string folded(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool space = std::isspace(static_cast<unsigned char>(c)) != 0;
    if (space && (out.empty() || out.back() == ' ')) continue;
    out += space ? ' ' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

}  // namespace

std::map<std::string, TwinForm> load_twin_forms(const std::string& folder) {
  std::map<std::string, TwinForm> forms;
  std::error_code gone;
  for (const auto& entry : fs::directory_iterator(folder + "/forms", gone)) {
    const json layout = read_json(entry.path() / "layout.json");
    if (!layout.is_object()) continue;
    TwinForm twin;
    twin.form.id = layout["form"];
    for (const auto& field : layout["fields"]) {
      twin.form.fields.push_back(field_of(field));
      twin.types[field["name"]] = field["type"];
    }
    for (int page = 1; page <= layout["pages"].get<int>(); ++page) {
      extract::BlankPage blank;
      const std::string name = "blank-" + std::to_string(page) + ".png";
      blank.image = open_page(entry.path() / name, 0);
      blank.image.dpi = Dpi{300.0};
      twin.blanks.push_back(blank);
    }
    forms.emplace(twin.form.id, std::move(twin));
  }
  return forms;
}

std::vector<TwinDocument> load_twin_documents(const std::string& folder) {
  std::vector<TwinDocument> documents;
  std::error_code gone;
  for (const auto& entry : fs::directory_iterator(folder + "/truth", gone)) {
    if (entry.path().extension() != ".json") continue;
    const json truth = read_json(entry.path());
    if (!truth.is_object() || truth.value("form", "unknown") == "unknown") continue;
    documents.push_back(document_of(truth));
  }
  std::sort(documents.begin(), documents.end(),
            [](const TwinDocument& a, const TwinDocument& b) { return a.id < b.id; });
  return documents;
}

GrayImage load_twin_page(const std::string& folder, const TwinPage& page) {
  GrayImage image = open_page(folder + "/scans/" + page.file, page.index);
  image.dpi = page.dpi;
  return image;
}

std::string comparable(const Value& value, FieldType type) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    std::string all;
    for (const auto& item : *list) all.append(item).append("|");
    return all;
  }
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) return "";
  switch (type) {
    case FieldType::choices: return *text + "|";
    case FieldType::bsn:
    case FieldType::date:
    case FieldType::time:
    case FieldType::digits:
    case FieldType::number:
    case FieldType::phone: return kept(*text, std::isdigit);
    case FieldType::amount: {
      // "1234" and "1234,00" are the same amount.
      const auto comma = text->find(',');
      const std::string cents = comma == std::string::npos ? "00" : text->substr(comma + 1);
      return kept(text->substr(0, comma), std::isdigit) + "." + cents;
    }
    case FieldType::iban:
    case FieldType::postcode:
    case FieldType::licence_plate:
    case FieldType::alphanumeric: return kept(*text, std::isalnum);
    case FieldType::email: {
      std::string address = folded(*text);
      std::erase(address, ' ');
      return address;
    }
    default: return folded(*text);
  }
}

int edit_distance(const std::string& a, const std::string& b) {
  std::vector<int> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 0; i < a.size(); ++i) {
    int diagonal = row[0];
    row[0] = static_cast<int>(i) + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const int changed = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace postkamer::bench
