// SPDX-License-Identifier: EUPL-1.2
//
// The rules about a file as a whole. Clause numbers: ISO 19005-2:2011.
#include <algorithm>
#include <array>
#include <vector>

#include "pipeline/archive/metadata.h"
#include "pipeline/archive/pdfa_check.h"

namespace postkamer::archive {
namespace {

using Handle = QPDFObjectHandle;

// 6.1.2: "%PDF-1.n" first of all, then a comment of at least four bytes above 127.
void check_head(const PdfaCheck& check) {
  const std::string_view text = text_of(check.file);
  const bool has_head = text.size() > 16 && text.starts_with("%PDF-1.") && text[7] >= '0' &&
                        text[7] <= (check.part == 1 ? '4' : '7') && text[8] == '\n';
  check.require(has_head, "file_header", "byte 0");
  const bool has_comment = has_head && text[9] == '%' &&
                           std::all_of(text.begin() + 10, text.begin() + 14,
                                       [](char c) { return static_cast<unsigned char>(c) > 127; });
  check.require(has_comment, "binary_comment", "byte 9");
}

// 6.1.3: an identifier of two parts, no encryption, nothing after the end but a line end.
void check_end(const PdfaCheck& check) {
  const std::string_view text = text_of(check.file);
  check.require(text.ends_with("%%EOF\n") || text.ends_with("%%EOF"), "ends_at_eof", "end");
  Handle trailer = check.pdf.getTrailer();
  Handle id = trailer.getKey("/ID");
  bool is_id = id.isArray() && id.getArrayNItems() == 2;
  for (int i = 0; is_id && i < 2; ++i)
    is_id = id.getArrayItem(i).isString() && !id.getArrayItem(i).getStringValue().empty();
  check.require(is_id, "trailer_id", "trailer");
  check.require(!check.pdf.isEncrypted() && !trailer.hasKey("/Encrypt"), "encrypted", "trailer");
}

// 6.1.7.1: a line end before every endstream, counted in the file's own bytes.
void check_stream_ends(const PdfaCheck& check) {
  const std::string_view text = text_of(check.file);
  constexpr std::string_view kEnd = "endstream";
  for (std::size_t at = text.find(kEnd); at != std::string_view::npos; at = text.find(kEnd, at + 1))
    check.require(at > 0 && (text[at - 1] == '\n' || text[at - 1] == '\r'), "endstream_line",
                  "byte " + std::to_string(at));
}

void check_catalogue(const PdfaCheck& check) {
  Handle root = check.pdf.getRoot();
  for (const char* key : {"/AA", "/OpenAction", "/Requirements", "/Perms", "/AcroForm"})
    check.require(!root.hasKey(key), "catalogue_key", std::string("catalogue ") + key);
  if (check.part == 1)
    check.require(!root.hasKey("/OCProperties"), "optional_content", "catalogue");
  Handle names = root.getKey("/Names");
  check.require(!names.isDictionary() || !names.hasKey("/JavaScript"), "javascript", "catalogue");
  const bool has_files = names.isDictionary() && names.hasKey("/EmbeddedFiles");
  // In part 2 a file inside must be PDF/A itself; ours never is.
  check.require(!has_files || check.part == 3, "embedded_file", "catalogue");
  if (has_files) check.require(root.getKey("/AF").isArray(), "associated_files", "catalogue");
}

// Well-formed as far as the packets of this house go: every element closed in order.
bool is_balanced(std::string_view xml) {
  std::vector<std::string> open;
  for (std::size_t at = xml.find('<'); at != std::string_view::npos; at = xml.find('<', at)) {
    const std::size_t end = xml.find('>', at);
    if (end == std::string_view::npos) return false;
    const std::string_view tag = xml.substr(at + 1, end - at - 1);
    at = end;
    if (tag.empty() || tag.find('<') != std::string_view::npos) return false;
    if (tag.front() == '?' || tag.back() == '/') continue;
    const std::string name(tag.substr(0, tag.find_first_of(" \n")));
    if (name.front() != '/') {
      open.push_back(name);
    } else {
      if (open.empty() || "/" + open.back() != name) return false;
      open.pop_back();
    }
  }
  return open.empty();
}

// The text of an element, without the markup inside it.
std::string element(std::string_view xml, const std::string& name) {
  const std::size_t start = xml.find("<" + name + ">");
  const std::size_t end = xml.find("</" + name + ">");
  if (start == std::string_view::npos || end == std::string_view::npos) return {};
  std::string text;
  bool is_markup = false;
  for (const char c : xml.substr(start, end - start)) {
    if (c == '<') is_markup = true;
    if (!is_markup) text += c;
    if (c == '>') is_markup = false;
  }
  for (const auto& [coded, plain] : {std::pair{"&lt;", "<"}, {"&gt;", ">"}, {"&amp;", "&"}})
    for (std::size_t at = text.find(coded); at != std::string::npos; at = text.find(coded, at + 1))
      text.replace(at, std::string_view(coded).size(), plain);
  return text;
}

// 6.6.2: a packet nobody must unpack, and what /Info says it says too.
void check_xmp(const PdfaCheck& check) {
  Handle metadata = check.pdf.getRoot().getKey("/Metadata");
  check.require(metadata.isStream() && !metadata.getDict().hasKey("/Filter"), "xmp_plain", "XMP");
  const std::string xmp = xmp_of(check.pdf);
  const std::string head = xmp.substr(0, xmp.find("?>"));
  check.require(head.starts_with("<?xpacket begin=") &&
                    head.find("encoding=") == std::string::npos &&
                    head.find("bytes=") == std::string::npos,
                "xmp_head", "XMP");
  check.require(is_balanced(xmp), "xmp_well_formed", "XMP");
  Handle info = check.pdf.getTrailer().getKey("/Info");
  if (!info.isDictionary()) return;
  const auto told = [&](const char* key) {
    Handle value = info.getKey(key);
    return value.isString() ? value.getUTF8Value() : std::string();
  };
  const std::array pairs{std::pair{"/Title", "dc:title"}, std::pair{"/Creator", "xmp:CreatorTool"},
                         std::pair{"/Producer", "pdf:Producer"}};
  for (const auto& [key, name] : pairs)
    check.require(told(key) == element(xmp, name), "info_agrees", key);
  check.require(told("/CreationDate") == pdf_date(element(xmp, "xmp:CreateDate")), "info_agrees",
                "/CreationDate");
  check.require(told("/ModDate") == pdf_date(element(xmp, "xmp:ModifyDate")), "info_agrees",
                "/ModDate");
}

int channels_of(std::string_view colour_space) {
  if (colour_space == "GRAY") return 1;
  if (colour_space == "RGB ") return 3;
  return colour_space == "CMYK" ? 4 : 0;
}

// 6.2.3: an ICC profile of a screen or printer whose colours are as many as /N says.
void check_output_intent(PdfaCheck& check) {
  Handle intents = check.pdf.getRoot().getKey("/OutputIntents");
  for (int i = 0; intents.isArray() && i < intents.getArrayNItems(); ++i) {
    Handle intent = intents.getArrayItem(i);
    if (!intent.isDictionary() || !intent.getKey("/S").isNameAndEquals("/GTS_PDFA1")) continue;
    Handle profile = intent.getKey("/DestOutputProfile");
    if (!profile.isStream()) continue;
    const auto buffer = profile.getStreamData(qpdf_dl_generalized);
    const std::string_view icc(reinterpret_cast<const char*>(buffer->getBuffer()),
                               buffer->getSize());
    if (icc.size() < 128 || icc.substr(36, 4) != "acsp") continue;
    const bool is_device = icc.substr(12, 4) == "mntr" || icc.substr(12, 4) == "prtr";
    const int newest = check.part == 1 ? 2 : 4;
    Handle count = profile.getDict().getKey("/N");
    const int channels = channels_of(icc.substr(16, 4));
    if (is_device && icc[8] <= newest && count.isInteger() && count.getIntValue() == channels)
      check.profile_channels = channels;
  }
  check.require(check.profile_channels != 0, "output_intent", "catalogue");
}

}  // namespace

void check_file(PdfaCheck& check) {
  check_head(check);
  check_end(check);
  check_stream_ends(check);
  check_catalogue(check);
  check_xmp(check);
  check_output_intent(check);
}

}  // namespace postkamer::archive
