// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/archive/document_pdf.h"

#include <fmt/format.h>

#define POINTERHOLDER_TRANSITION 4  // qpdf 11 with std::shared_ptr only
#include <qpdf/Buffer.hh>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFEFStreamObjectHelper.hh>
#include <qpdf/QPDFEmbeddedFileDocumentHelper.hh>
#include <qpdf/QPDFFileSpecObjectHelper.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <qpdf/QPDFWriter.hh>

#include <algorithm>
#include <cstring>
#include <memory>

#include "pipeline/archive/metadata.h"
#include "pipeline/archive/text_layer.h"

namespace postkamer::archive {
namespace {

using Handle = QPDFObjectHandle;

constexpr double kPointsPerInch = 72.0;
// ISO 32000-1 annex C: what a reader must be able to show.
constexpr double kMostPoints = 14'400.0;
constexpr double kFewestPoints = 3.0;

Handle stream_of(QPDF& pdf, ByteView bytes) {
  auto buffer = std::make_shared<Buffer>(bytes.size());
  if (!bytes.empty()) std::memcpy(buffer->getBuffer(), bytes.data(), bytes.size());
  return pdf.newStream(buffer);
}

Handle stream_of(QPDF& pdf, std::string_view text) { return stream_of(pdf, bytes_of(text)); }

// A dictionary read from PDF syntax, its own and constant.
Handle parsed(const std::string& text) { return Handle::parse(text); }

Result<void> check(const std::vector<ArchivePage>& pages, const ArchiveResources& resources) {
  if (resources.glyphless_font.empty() || resources.srgb_profile.empty()) {
    return fail(ErrorCode::invalid_config, "pdf_resource_missing",
                "writing an archive copy: the invisible font or the sRGB profile is empty; give "
                "Tesseract's pdf.ttf and an sRGB ICC file");
  }
  if (pages.empty()) {
    return fail(ErrorCode::invalid_document, "pdf_no_pages",
                "writing an archive copy: the document has no pages");
  }
  for (const ArchivePage& page : pages) {
    const EmbeddedImage& image = page.image;
    const double scale = image.dpi.value > 0.0 ? kPointsPerInch / image.dpi.value : 0.0;
    const auto [shorter, longer] = std::minmax({image.width * scale, image.height * scale});
    if (image.data.empty() || !(shorter >= kFewestPoints) || !(longer <= kMostPoints)) {
      return fail(ErrorCode::invalid_document, "pdf_picture",
                  fmt::format("writing an archive copy: a picture of {} x {} px at {:.0f} dpi and "
                              "{} bytes makes no page",
                              image.width, image.height, image.dpi.value, image.data.size()));
    }
  }
  return {};
}

// The font whose glyphs have a width and no ink: every code is its glyph 1.
Handle invisible_font(QPDF& pdf, const Bytes& program) {
  Handle file = stream_of(pdf, program);
  file.getDict().replaceKey("/Length1", Handle::newInteger(static_cast<long long>(program.size())));

  Handle descriptor = parsed(
      "<< /Type /FontDescriptor /FontName /GlyphLessFont /Flags 5 /FontBBox [0 0 500 1000] "
      "/ItalicAngle 0 /Ascent 1000 /Descent -1 /CapHeight 1000 /StemV 80 >>");
  descriptor.replaceKey("/FontFile2", file);

  std::string glyphs(2 * 65'536, '\0');
  for (std::size_t i = 1; i < glyphs.size(); i += 2) glyphs[i] = '\1';
  Handle descendant = parsed(
      "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /GlyphLessFont "
      "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>");
  descendant.replaceKey("/DW", Handle::newInteger(kGlyphWidth));
  descendant.replaceKey("/CIDToGIDMap", stream_of(pdf, glyphs));
  descendant.replaceKey("/FontDescriptor", pdf.makeIndirectObject(descriptor));

  Handle font =
      parsed("<< /Type /Font /Subtype /Type0 /BaseFont /GlyphLessFont /Encoding /Identity-H >>");
  font.replaceKey("/DescendantFonts", Handle::newArray({pdf.makeIndirectObject(descendant)}));
  font.replaceKey("/ToUnicode", stream_of(pdf, to_unicode_cmap()));
  return pdf.makeIndirectObject(font);
}

Handle colour_space(const EmbeddedImage& image) {
  if (!image.palette.empty()) {
    const auto last = static_cast<long long>(image.palette.size() / 3) - 1;
    return Handle::newArray({Handle::newName("/Indexed"), Handle::newName("/DeviceRGB"),
                             Handle::newInteger(last),
                             Handle::newString(std::string(text_of(image.palette)))});
  }
  if (image.components == 4) return Handle::newName("/DeviceCMYK");
  return Handle::newName(image.components == 3 ? "/DeviceRGB" : "/DeviceGray");
}

void set_filter(Handle dictionary, const EmbeddedImage& image) {
  switch (image.filter) {
    case EmbeddedImage::Filter::dct:
      dictionary.replaceKey("/Filter", Handle::newName("/DCTDecode"));
      if (image.is_inverted) dictionary.replaceKey("/Decode", parsed("[1 0 1 0 1 0 1 0]"));
      return;
    case EmbeddedImage::Filter::ccitt_g4:
      dictionary.replaceKey("/Filter", Handle::newName("/CCITTFaxDecode"));
      dictionary.replaceKey("/DecodeParms",
                            parsed(fmt::format("<< /K -1 /Columns {} /Rows {} /BlackIs1 {} >>",
                                               image.width, image.height, image.black_is_1)));
      return;
    case EmbeddedImage::Filter::flate:
      dictionary.replaceKey("/Filter", Handle::newName("/FlateDecode"));
      dictionary.replaceKey(
          "/DecodeParms",
          parsed(fmt::format("<< /Predictor {} /Colors {} /BitsPerComponent {} /Columns {} >>",
                             image.predictor, image.components, image.bits, image.width)));
      return;
  }
}

Handle image_object(QPDF& pdf, const EmbeddedImage& image) {
  Handle stream = stream_of(pdf, image.data);
  Handle dictionary = stream.getDict();
  dictionary.replaceKey("/Type", Handle::newName("/XObject"));
  dictionary.replaceKey("/Subtype", Handle::newName("/Image"));
  dictionary.replaceKey("/Width", Handle::newInteger(image.width));
  dictionary.replaceKey("/Height", Handle::newInteger(image.height));
  dictionary.replaceKey("/BitsPerComponent", Handle::newInteger(image.bits));
  dictionary.replaceKey("/ColorSpace", colour_space(image));
  set_filter(dictionary, image);
  return stream;
}

Handle page_object(QPDF& pdf, const ArchivePage& page, const Handle& font) {
  const EmbeddedImage& image = page.image;
  const double scale = kPointsPerInch / image.dpi.value;
  const std::string width = fmt::format("{:.3f}", image.width * scale);
  const std::string height = fmt::format("{:.3f}", image.height * scale);
  std::string content = fmt::format("q {} 0 0 {} 0 0 cm /I Do Q\n", width, height);
  content += text_layer(page.words, {image.height, image.dpi, page.turn});

  Handle object = parsed(
      fmt::format("<< /Type /Page /MediaBox [0 0 {} {}] /Resources << /XObject << >> /Font << >> "
                  ">> >>",
                  width, height));
  Handle resources = object.getKey("/Resources");
  resources.getKey("/XObject").replaceKey("/I", image_object(pdf, image));
  resources.getKey("/Font").replaceKey("/F", font);
  object.replaceKey("/Contents", stream_of(pdf, content));
  if (page.turn != QuarterTurn::none) {
    object.replaceKey("/Rotate", Handle::newInteger(90 * static_cast<int>(page.turn)));
  }
  return pdf.makeIndirectObject(object);
}

void describe(QPDF& pdf, const ArchiveInfo& info, bool claims_pdfa) {
  Handle root = pdf.getRoot();
  Handle metadata = stream_of(pdf, xmp_packet(info, claims_pdfa));
  metadata.getDict().replaceKey("/Type", Handle::newName("/Metadata"));
  metadata.getDict().replaceKey("/Subtype", Handle::newName("/XML"));
  root.replaceKey("/Metadata", metadata);
  root.replaceKey("/Lang", Handle::newString("nl-NL"));
  root.replaceKey("/ViewerPreferences", parsed("<< /DisplayDocTitle true >>"));

  Handle about = Handle::newDictionary();
  about.replaceKey("/Title", Handle::newUnicodeString(info.title));
  about.replaceKey("/Creator", Handle::newUnicodeString(info.creator));
  about.replaceKey("/Producer", Handle::newUnicodeString(info.creator));
  if (const std::string date = pdf_date(info.date); !date.empty()) {
    about.replaceKey("/CreationDate", Handle::newString(date));
    about.replaceKey("/ModDate", Handle::newString(date));
  }
  pdf.getTrailer().replaceKey("/Info", pdf.makeIndirectObject(about));
}

void set_output_intent(QPDF& pdf, const Bytes& profile) {
  Handle stream = stream_of(pdf, profile);
  stream.getDict().replaceKey("/N", Handle::newInteger(3));
  Handle intent = parsed(
      "<< /Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB IEC61966-2.1) "
      "/Info (sRGB IEC61966-2.1) >>");
  intent.replaceKey("/DestOutputProfile", stream);
  pdf.getRoot().replaceKey("/OutputIntents", Handle::newArray({pdf.makeIndirectObject(intent)}));
}

// ISO 19005-3, 6.8: named twice, with its type and what it is to the document.
void embed_record(QPDF& pdf, const ArchiveInfo& info) {
  auto stream = QPDFEFStreamObjectHelper::createEFStream(pdf, info.record);
  stream.setSubtype("application/json");
  if (const std::string date = pdf_date(info.date); !date.empty()) {
    stream.setCreationDate(date);
    stream.setModDate(date);
  }
  auto file = QPDFFileSpecObjectHelper::createFileSpec(pdf, "record.json", stream);
  file.setDescription("Het record, zoals het was toen deze kopie werd gemaakt");
  file.getObjectHandle().replaceKey("/AFRelationship", Handle::newName("/Data"));
  QPDFEmbeddedFileDocumentHelper(pdf).replaceEmbeddedFile("record.json", file);
  pdf.getRoot().replaceKey("/AF", Handle::newArray({file.getObjectHandle()}));
}

Bytes written(QPDF& pdf, Pdfa kind) {
  QPDFWriter writer(pdf);
  writer.setOutputMemory();
  const char* version = kind == Pdfa::a1b ? "1.4" : "1.7";
  writer.setMinimumPDFVersion(version);
  if (kind == Pdfa::a1b) writer.forcePDFVersion(version);
  writer.setStreamDataMode(qpdf_s_compress);
  writer.setDecodeLevel(qpdf_dl_none);  // what has a filter keeps its bytes
  writer.setObjectStreamMode(qpdf_o_disable);
  writer.setNewlineBeforeEndstream(true);
  writer.setDeterministicID(true);
  writer.write();
  const std::shared_ptr<Buffer> buffer = writer.getBufferSharedPointer();
  return {buffer->getBuffer(), buffer->getBuffer() + buffer->getSize()};
}

}  // namespace

bool claimable(const std::vector<ArchivePage>& pages, Pdfa kind) {
  return std::none_of(pages.begin(), pages.end(), [kind](const ArchivePage& page) {
    return page.image.components == 4 || (kind == Pdfa::a1b && page.image.bits == 16);
  });
}

Result<Bytes> document_pdf(const std::vector<ArchivePage>& pages, const ArchiveInfo& info,
                           const ArchiveResources& resources) {
  PK_CHECK(check(pages, resources));
  try {
    QPDF pdf;
    pdf.emptyPDF();
    const Handle font = invisible_font(pdf, resources.glyphless_font);
    QPDFPageDocumentHelper document(pdf);
    for (const ArchivePage& page : pages) {
      document.addPage(page_object(pdf, page, font), false);
    }
    describe(pdf, info, claimable(pages, info.kind));
    set_output_intent(pdf, resources.srgb_profile);
    if (info.kind == Pdfa::a3b && !info.record.empty()) embed_record(pdf, info);
    return written(pdf, info.kind);
  } catch (const std::exception& error) {
    return fail(ErrorCode::internal, "pdf_write",
                fmt::format("writing an archive copy of {} pages: qpdf says: {}", pages.size(),
                            error.what()));
  }
}

}  // namespace postkamer::archive
