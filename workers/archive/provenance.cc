// SPDX-License-Identifier: EUPL-1.2
#include "workers/archive/provenance.h"

#include "pipeline/model/image.h"

namespace postkamer::workers {
namespace {

using nlohmann::json;

json operation(const char* name, const char* purpose, json parameters, std::string input,
               std::string output) {
  return {{"operation", name},
          {"purpose", purpose},
          {"parameters", std::move(parameters)},
          {"input", std::move(input)},
          {"output", std::move(output)}};
}

std::string text_at(const json& object, const char* member) {
  const auto found = object.find(member);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string embedded_hash(const EmbeddedImage& image, const std::string& picture_sha256) {
  return image.way == EmbeddedImage::Way::unchanged ? picture_sha256 : sha256_hex(image.data);
}

const json* operation_named(const json& page, const char* name) {
  const auto found = page.find("operations");
  if (found == page.end() || !found->is_array()) return nullptr;
  for (const json& one : *found)
    if (one.is_object() && text_at(one, "operation") == name) return &one;
  return nullptr;
}

PageProof page_proof(const json& page) {
  PageProof proof;
  if (!page.is_object()) return proof;
  proof.scan_sha256 = text_at(page, "scan_sha256");
  proof.scan_page = page.value("scan_page", 0);
  const json* decoded = operation_named(page, "decode");
  const json* embedded = operation_named(page, "embed");
  if (decoded == nullptr || embedded == nullptr) return proof;
  proof.picture_sha256 = text_at(*decoded, "output");
  proof.origin = text_at(decoded->value("parameters", json::object()), "origin");
  proof.embedded_sha256 = text_at(*embedded, "output");
  proof.way = text_at(embedded->value("parameters", json::object()), "way");
  proof.is_chain = text_at(*decoded, "input") == proof.scan_sha256 &&
                   text_at(*embedded, "input") == proof.picture_sha256;
  return proof;
}

}  // namespace

json page_provenance(const json& task_page, int number, const EmbeddedImage& embedded) {
  const std::string picture = text_at(task_page, "picture_sha256");
  const std::string scan = text_at(task_page, "scan_sha256");
  const std::string upright = text_at(task_page, "upright_sha256");
  const int index = task_page.value("index", 0);
  json decoded = task_page.value("picture", json::object());
  decoded["page"] = index + 1;

  auto operations = json::array();
  operations.push_back(operation("decode", "archive", std::move(decoded), scan, picture));
  if (!upright.empty())
    operations.push_back(operation(
        "deskew", "reading",
        {{"skew_degrees", task_page.value("skew", json())}, {"result", "bilevel, Group 4"}},
        picture, upright));
  operations.push_back(operation("embed", "archive",
                                 {{"way", name_of(embedded.way)},
                                  {"filter", name_of(embedded.filter)},
                                  {"width", embedded.width},
                                  {"height", embedded.height},
                                  {"bits", embedded.bits},
                                  {"components", embedded.components},
                                  {"shown_turned_degrees", 90 * (task_page.value("turn", 0) & 3)}},
                                 picture, embedded_hash(embedded, picture)));
  json page = {{"page", number},
               {"scan", text_at(task_page, "scan")},
               {"scan_sha256", scan},
               {"scan_page", index + 1},
               {"operations", std::move(operations)}};
  if (task_page.value("text_gone", false)) page["text_gone"] = true;
  return page;
}

json provenance_json(const CopySubject& subject, ByteView pdf, std::optional<archive::Pdfa> kind,
                     json pages) {
  json copy = {{"sha256", sha256_hex(pdf)}, {"bytes", pdf.size()}};
  copy["format"] = kind ? archive::label_of(*kind) : "PDF";
  copy["pronom"] = kind ? archive::pronom_of(*kind) : "fmt/276";  // PDF 1.7
  json whole = {{"document", subject.document},
                {"revision", subject.revision},
                {"made_by", "postkamer " POSTKAMER_VERSION},
                {"copy", std::move(copy)},
                {"pages", std::move(pages)}};
  // Without the record in it a copy may come out the same, byte for byte.
  if (!subject.replaces.empty() && subject.replaces != whole["copy"]["sha256"])
    whole["replaces"] = subject.replaces;
  return whole;
}

std::optional<CopyProof> proof_from(const std::string& text) {
  try {
    const json whole = json::parse(text);
    CopyProof proof;
    const json& copy = whole.at("copy");
    proof.pdf_sha256 = text_at(copy, "sha256");
    proof.format = text_at(copy, "format");
    for (const json& page : whole.at("pages")) proof.pages.push_back(page_proof(page));
    return proof;
  } catch (const json::exception&) {  // told by the empty answer
    return std::nullopt;
  }
}

}  // namespace postkamer::workers
