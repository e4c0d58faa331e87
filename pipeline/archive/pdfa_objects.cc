// SPDX-License-Identifier: EUPL-1.2
//
// The rules about single objects: streams, pictures, fonts, graphics states, pages and what they
// show. Clause numbers: ISO 19005-2:2011.
#include <algorithm>
#include <array>
#include <limits>
#include <set>

#include "pipeline/archive/pdfa_check.h"

#include <qpdf/QPDFPageDocumentHelper.hh>

namespace postkamer::archive {
namespace {

using Handle = QPDFObjectHandle;

bool is_name(Handle value, const char* name) { return value.isNameAndEquals(name); }

std::vector<std::string> filters_of(Handle dictionary) {
  Handle filter = dictionary.getKey("/Filter");
  std::vector<std::string> names;
  if (filter.isName()) names.push_back(filter.getName());
  for (int i = 0; filter.isArray() && i < filter.getArrayNItems(); ++i)
    if (filter.getArrayItem(i).isName()) names.push_back(filter.getArrayItem(i).getName());
  return names;
}

// 6.1.7: all data inside the file, in filters that everybody may use.
void check_stream(const PdfaCheck& check, Handle stream) {
  Handle dictionary = stream.getDict();
  const std::string where = place_of(stream);
  // ISO 32000-1, table 6.
  constexpr std::array<std::string_view, 10> kFilters{
      "/ASCIIHexDecode", "/ASCII85Decode", "/LZWDecode", "/FlateDecode", "/RunLengthDecode",
      "/CCITTFaxDecode", "/JBIG2Decode",   "/DCTDecode", "/JPXDecode",   "/Crypt"};
  for (const char* key : {"/F", "/FFilter", "/FDecodeParms"})
    check.require(!dictionary.hasKey(key), "external_stream", where);
  for (const std::string& filter : filters_of(dictionary)) {
    check.require(std::ranges::find(kFilters, filter) != kFilters.end(), "filter", where);
    check.require(filter != "/LZWDecode", "lzw", where);
    check.require(filter != "/Crypt", "crypt_filter", where);
    check.require(check.part > 1 || filter != "/JPXDecode", "jpeg2000", where);
  }
  const bool is_packed = is_name(dictionary.getKey("/Type"), "/ObjStm") ||
                         is_name(dictionary.getKey("/Type"), "/XRef");
  check.require(check.part > 1 || !is_packed, "object_stream", where);
}

// 6.2.4: device colours only where the output intent says what they mean. Gray is always covered.
void check_colours(const PdfaCheck& check, Handle space, const std::string& where) {
  if (space.isArray() && space.getArrayNItems() > 1 && is_name(space.getArrayItem(0), "/Indexed"))
    space = space.getArrayItem(1);
  check.require(!is_name(space, "/DeviceRGB") || check.profile_channels == 3, "device_rgb", where);
  check.require(!is_name(space, "/DeviceCMYK") || check.profile_channels == 4, "device_cmyk",
                where);
}

// 6.2.8.
void check_picture(const PdfaCheck& check, Handle stream) {
  Handle dictionary = stream.getDict();
  const std::string where = place_of(stream);
  check.require(!dictionary.hasKey("/Alternates") && !dictionary.hasKey("/OPI"), "picture_key",
                where);
  Handle interpolate = dictionary.getKey("/Interpolate");
  check.require(!interpolate.isBool() || !interpolate.getBoolValue(), "interpolate", where);
  const bool has_mask =
      dictionary.hasKey("/SMask") && !is_name(dictionary.getKey("/SMask"), "/None");
  check.require(check.part > 1 || !has_mask, "transparency", where);
  Handle bits = dictionary.getKey("/BitsPerComponent");
  if (bits.isInteger()) {
    const std::array allowed{1, 2, 4, 8, 16};
    const int count = bits.getIntValueAsInt();
    const bool is_known = std::ranges::find(allowed, count) != allowed.end();
    check.require(is_known && (check.part > 1 || count != 16), "picture_bits", where);
  }
  check_colours(check, dictionary.getKey("/ColorSpace"), where);
}

void check_form(const PdfaCheck& check, Handle stream) {
  Handle dictionary = stream.getDict();
  for (const char* key : {"/PS", "/Ref", "/OPI"})
    check.require(!dictionary.hasKey(key), "form_key", place_of(stream));
  check.require(!is_name(dictionary.getKey("/Subtype2"), "/PS"), "form_key", place_of(stream));
}

// 6.2.11: the font program is in the file; a composite font says how codes become glyphs.
void check_font(const PdfaCheck& check, Handle font) {
  const std::string where = place_of(font);
  Handle kind = font.getKey("/Subtype");
  if (is_name(kind, "/Type3")) return;  // its glyphs are content
  if (is_name(kind, "/Type0")) {
    Handle encoding = font.getKey("/Encoding");
    check.require(
        is_name(encoding, "/Identity-H") || is_name(encoding, "/Identity-V") || encoding.isStream(),
        "font_encoding", where);
    check.require(font.getKey("/ToUnicode").isStream(), "font_unicode", where);
    return;  // its descendant is a font object of its own
  }
  Handle descriptor = font.getKey("/FontDescriptor");
  const bool is_embedded =
      descriptor.isDictionary() &&
      (descriptor.getKey("/FontFile").isStream() || descriptor.getKey("/FontFile2").isStream() ||
       descriptor.getKey("/FontFile3").isStream());
  check.require(is_embedded, "font_embedded", where);
  if (is_name(kind, "/CIDFontType2")) {
    Handle map = font.getKey("/CIDToGIDMap");
    check.require(map.isStream() || is_name(map, "/Identity"), "font_glyphs", where);
    check.require(font.getKey("/CIDSystemInfo").isDictionary(), "font_system", where);
  }
}

// 6.2.5 and, in part 1, 6.4: no transfer curves, no transparency.
void check_graphics_state(const PdfaCheck& check, Handle state) {
  const std::string where = place_of(state);
  check.require(!state.hasKey("/TR") && !state.hasKey("/HTP"), "transfer_curve", where);
  check.require(!state.hasKey("/TR2") || is_name(state.getKey("/TR2"), "/Default"),
                "transfer_curve", where);
  if (check.part > 1) return;
  const auto is_opaque = [&](const char* key) {
    Handle value = state.getKey(key);
    return !value.isNumber() || value.getNumericValue() == 1.0;
  };
  Handle blend = state.getKey("/BM");
  const bool is_plain =
      !state.hasKey("/BM") || is_name(blend, "/Normal") || is_name(blend, "/Compatible");
  const bool has_mask = state.hasKey("/SMask") && !is_name(state.getKey("/SMask"), "/None");
  check.require(is_opaque("/CA") && is_opaque("/ca") && is_plain && !has_mask, "transparency",
                where);
}

// 6.5.1: nothing that plays, starts or fetches something.
void check_action(const PdfaCheck& check, Handle action, const std::string& where) {
  constexpr std::array kForbidden{"/JavaScript", "/Launch",          "/Sound", "/Movie",
                                  "/ResetForm",  "/ImportData",      "/Hide",  "/SetOCGState",
                                  "/Rendition",  "/GoTo3DView",      "/Trans", "/URI",
                                  "/SubmitForm", "/RichMediaExecute"};
  for (const char* name : kForbidden)
    check.require(!is_name(action.getKey("/S"), name), "action", where);
}

// ISO 19005-3, 6.8: both names, what it is to the document, its type.
void check_embedded_file(const PdfaCheck& check, Handle file, const std::string& where) {
  check.require(check.part == 3, "embedded_file", where);
  check.require(file.getKey("/F").isString() && file.getKey("/UF").isString(), "file_names", where);
  check.require(file.getKey("/AFRelationship").isName(), "file_relationship", where);
  Handle streams = file.getKey("/EF");
  Handle stream = streams.isDictionary() ? streams.getKey("/F") : Handle::newNull();
  check.require(stream.isStream() && stream.getDict().getKey("/Subtype").isName(), "file_type",
                where);
  Handle parameters = stream.isStream() ? stream.getDict().getKey("/Params") : Handle::newNull();
  check.require(parameters.isDictionary() && parameters.getKey("/ModDate").isString(), "file_date",
                where);
}

void check_dictionary(const PdfaCheck& check, Handle object, const std::string& where) {
  if (is_name(object.getKey("/Type"), "/Font")) check_font(check, object);
  if (is_name(object.getKey("/Type"), "/ExtGState")) check_graphics_state(check, object);
  if (object.getKey("/EF").isDictionary()) check_embedded_file(check, object, where);
  if (object.getKey("/S").isName()) check_action(check, object, where);
  Handle group = object.getKey("/Group");
  const bool is_transparent = group.isDictionary() && is_name(group.getKey("/S"), "/Transparency");
  check.require(check.part > 1 || !is_transparent, "transparency", where);
  if (is_name(object.getKey("/Type"), "/Annot")) {
    Handle look = object.getKey("/AP");
    check.require(look.isDictionary() && look.hasKey("/N"), "annotation", where);
  }
}

// 6.1.13: what every reader can hold.
void check_limits(const PdfaCheck& check, Handle value, const std::string& where) {
  const std::size_t longest = check.part == 1 ? 65'535 : 32'767;
  if (value.isString())
    check.require(value.getStringValue().size() <= longest, "string_length", where);
  if (value.isName()) check.require(value.getName().size() <= 128, "name_length", where);
  if (value.isInteger())
    check.require(value.getIntValue() <= std::numeric_limits<std::int32_t>::max() &&
                      value.getIntValue() >= std::numeric_limits<std::int32_t>::min(),
                  "integer_range", where);
  if (value.isArray() && check.part == 1)
    check.require(value.getArrayNItems() <= 8191, "array_length", where);
}

// Everything in an object, without following its references.
void visit(const PdfaCheck& check, Handle value, const std::string& where, int depth) {
  constexpr int kDeepest = 100;
  check_limits(check, value, where);
  if (depth > kDeepest) return check.require(false, "nesting", where);
  if (value.isStream()) return visit(check, value.getDict(), where, depth + 1);
  if (value.isArray())
    for (Handle& item : value.aitems())
      if (!item.isIndirect()) visit(check, item, where, depth + 1);
  if (!value.isDictionary()) return;
  check_dictionary(check, value, where);
  for (auto& [key, item] : value.ditems())
    if (!item.isIndirect()) visit(check, item, where, depth + 1);
}

// The operators of a page: only those of the standard, states nested as deep as readers go.
class ContentCheck : public Handle::ParserCallbacks {
 public:
  ContentCheck(const PdfaCheck& check, std::string where)
      : check_(check), where_(std::move(where)) {}

  void handleObject(Handle object, std::size_t, std::size_t) override {
    if (!object.isOperator()) return;
    const std::string name = object.getOperatorValue();
    check_.require(known().contains(name), "operator", where_);
    if (name == "q") check_.require(++depth_ <= kMostStates, "state_depth", where_);
    if (name == "Q") --depth_;
    const bool is_cmyk = name == "k" || name == "K";
    check_.require(!is_cmyk || check_.profile_channels == 4, "device_cmyk", where_);
    const bool is_rgb = name == "rg" || name == "RG";
    check_.require(!is_rgb || check_.profile_channels == 3, "device_rgb", where_);
  }
  void handleEOF() override { check_.require(depth_ == 0, "state_balance", where_); }

 private:
  static constexpr int kMostStates = 28;
  // ISO 32000-1, annex A.
  static const std::set<std::string>& known() {
    static const std::set<std::string> kKnown{
        "b",  "B",  "b*", "B*", "BDC", "BI",  "BMC", "BT", "BX", "c",  "cm", "CS", "cs", "d",  "d0",
        "d1", "Do", "DP", "EI", "EMC", "ET",  "EX",  "f",  "F",  "f*", "G",  "g",  "gs", "h",  "i",
        "ID", "j",  "J",  "K",  "k",   "l",   "m",   "M",  "MP", "n",  "q",  "Q",  "re", "RG", "rg",
        "ri", "s",  "S",  "SC", "sc",  "SCN", "scn", "sh", "T*", "Tc", "Td", "TD", "Tf", "Tj", "TJ",
        "TL", "Tm", "Tr", "Ts", "Tw",  "Tz",  "v",   "w",  "W",  "W*", "y",  "'",  "\""};
    return kKnown;
  }
  const PdfaCheck& check_;
  std::string where_;
  int depth_ = 0;
};

void check_pages(const PdfaCheck& check) {
  int number = 0;
  for (auto& page : QPDFPageDocumentHelper(check.pdf).getAllPages()) {
    const std::string where = "page " + std::to_string(++number);
    Handle object = page.getObjectHandle();
    check.require(object.getKey("/Resources").isDictionary(), "page_resources", where);
    check.require(!object.hasKey("/AA") && !object.hasKey("/PresSteps"), "page_key", where);
    const Handle::Rectangle box = page.getMediaBox().getArrayAsRectangle();
    for (const double side : {box.urx - box.llx, box.ury - box.lly})
      check.require(side >= 3.0 && side <= 14'400.0, "page_size", where);
    ContentCheck content(check, where);
    page.parseContents(&content);
  }
  check.require(number > 0, "has_pages", "catalogue");
}

}  // namespace

void check_objects(const PdfaCheck& check) {
  for (Handle& object : check.pdf.getAllObjects()) {
    visit(check, object, place_of(object), 0);
    if (!object.isStream()) continue;
    check_stream(check, object);
    if (is_name(object.getDict().getKey("/Subtype"), "/Image")) check_picture(check, object);
    if (is_name(object.getDict().getKey("/Subtype"), "/Form")) check_form(check, object);
  }
  check_pages(check);
}

}  // namespace postkamer::archive
