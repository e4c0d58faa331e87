// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/archive/pdfa_rules.h"

#define POINTERHOLDER_TRANSITION 4  // qpdf 11 with std::shared_ptr only
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <qpdf/Buffer.hh>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <qpdf/QPDFWriter.hh>

#include "pipeline/archive/document_pdf.h"
#include "pipeline/archive/pdf_pictures.h"
#include "pipeline/intake/decode.h"
#include "pipeline/intake/embed.h"
#include "tests/unit/pipeline/archive/pdf_probe.h"

namespace postkamer::archive {
namespace {

using Handle = QPDFObjectHandle;
using test::resources;
using test::test_picture;
using testing::Contains;
using testing::Field;
using testing::IsEmpty;

ArchivePage page_of(const Picture& picture) {
  ArchivePage page;
  page.image = *intake::embeddable(picture, Limits{});
  page.words = {{"Gemeente", {100, 100, 200, 40}, 0.9, 0, 0}};
  return page;
}

std::vector<ArchivePage> two_pages() {
  return {page_of(*intake::encode_bilevel(test_picture(900, 600, true))),
          page_of(*intake::encode_gray(test_picture(600, 900, false), 85))};
}

Bytes copy_of(Pdfa kind) {
  ArchiveInfo info{"PK-1 <proef> & co", "postkamer", "2026-03-24T08:15:02Z", kind,
                   R"({"document":"PK-1"})"};
  return *document_pdf(two_pages(), info, resources());
}

std::string told(const std::vector<Breach>& breaches) {
  std::string text;
  for (const Breach& breach : breaches) text += breach.rule + " at " + breach.where + "\n";
  return text;
}

using Change = std::function<void(QPDF&)>;
using Setting = std::function<void(QPDFWriter&)>;

// A copy of ours, changed and written anew.
Bytes changed(Pdfa kind, const Change& change, const Setting& setting = nullptr) {
  const Bytes good = copy_of(kind);
  QPDF pdf;
  pdf.processMemoryFile("test", reinterpret_cast<const char*>(good.data()), good.size());
  change(pdf);
  QPDFWriter writer(pdf);
  writer.setOutputMemory();
  writer.setStreamDataMode(qpdf_s_preserve);
  writer.setObjectStreamMode(qpdf_o_disable);
  writer.setNewlineBeforeEndstream(true);
  writer.setDeterministicID(true);
  if (setting) setting(writer);
  writer.write();
  const auto buffer = writer.getBufferSharedPointer();
  return {buffer->getBuffer(), buffer->getBuffer() + buffer->getSize()};
}

Handle first_page(QPDF& pdf) {
  return QPDFPageDocumentHelper(pdf).getAllPages().front().getObjectHandle();
}
Handle first_picture(QPDF& pdf) {
  return first_page(pdf).getKey("/Resources").getKey("/XObject").getKey("/I").getDict();
}
Handle descendant(QPDF& pdf) {
  return first_page(pdf)
      .getKey("/Resources")
      .getKey("/Font")
      .getKey("/F")
      .getKey("/DescendantFonts")
      .getArrayItem(0);
}
void put(Handle dictionary, const char* key, const char* value) {
  dictionary.replaceKey(key, Handle::parse(value));
}
void show(QPDF& pdf, const std::string& content) {
  first_page(pdf).replaceKey("/Contents", pdf.newStream(content));
}

TEST(PdfaRules, copies_of_every_kind_keep_them_all) {
  for (const Pdfa kind : {Pdfa::a1b, Pdfa::a2b, Pdfa::a3b}) {
    const Bytes copy = copy_of(kind);
    EXPECT_EQ(told(pdfa_breaches(copy)), "") << label_of(kind);
    EXPECT_EQ(claimed_pdfa(copy), kind);
    EXPECT_EQ(told(pdfa_breaches(changed(kind, [](QPDF&) {}))), "") << "the probe itself";
  }
}

struct Case {
  const char* rule;
  Pdfa kind;
  Change change;
  Setting setting = nullptr;
};

TEST(PdfaRules, each_breach_is_named) {
  const auto a1 = Pdfa::a1b;
  const auto a2 = Pdfa::a2b;
  const auto a3 = Pdfa::a3b;
  const auto nothing = [](QPDF&) {};
  const std::vector<Case> cases{
      {"encrypted", a2, nothing,
       [](QPDFWriter& w) {
         w.setDeterministicID(false);
         w.setR6EncryptionParameters("", "owner", true, true, true, true, true, true, qpdf_r3p_full,
                                     true);
       }},
      {"endstream_line", a2, nothing, [](QPDFWriter& w) { w.setNewlineBeforeEndstream(false); }},
      {"object_stream", a1, nothing, [](QPDFWriter& w) { w.setObjectStreamMode(qpdf_o_generate); }},
      {"file_header", a1, nothing, [](QPDFWriter& w) { w.forcePDFVersion("1.7"); }},
      {"catalogue_key", a2, [](QPDF& p) { put(p.getRoot(), "/OpenAction", "<< /S /GoTo >>"); }},
      {"action", a2, [](QPDF& p) { put(p.getRoot(), "/OpenAction", "<< /S /JavaScript >>"); }},
      {"javascript", a2, [](QPDF& p) { put(p.getRoot(), "/Names", "<< /JavaScript << >> >>"); }},
      {"optional_content", a1, [](QPDF& p) { put(p.getRoot(), "/OCProperties", "<< >>"); }},
      {"embedded_file", a2,
       [](QPDF& p) { put(p.getRoot(), "/Names", "<< /EmbeddedFiles << >> >>"); }},
      {"associated_files", a3, [](QPDF& p) { p.getRoot().removeKey("/AF"); }},
      {"file_relationship", a3,
       [](QPDF& p) { p.getRoot().getKey("/AF").getArrayItem(0).removeKey("/AFRelationship"); }},
      {"file_type", a3,
       [](QPDF& p) {
         p.getRoot().getKey("/AF").getArrayItem(0).getKey("/EF").getKey("/F").getDict().removeKey(
             "/Subtype");
       }},
      {"claims_pdfa", a2, [](QPDF& p) { p.getRoot().removeKey("/Metadata"); }},
      {"xmp_plain", a2, [](QPDF& p) { p.getRoot().removeKey("/Metadata"); }},
      {"info_agrees", a2,
       [](QPDF& p) { put(p.getTrailer().getKey("/Info"), "/Title", "(iets anders)"); }},
      {"output_intent", a2, [](QPDF& p) { p.getRoot().removeKey("/OutputIntents"); }},
      {"output_intent", a2,
       [](QPDF& p) {
         put(p.getRoot()
                 .getKey("/OutputIntents")
                 .getArrayItem(0)
                 .getKey("/DestOutputProfile")
                 .getDict(),
             "/N", "4");
       }},
      {"device_cmyk", a2, [](QPDF& p) { put(first_picture(p), "/ColorSpace", "/DeviceCMYK"); }},
      {"interpolate", a2, [](QPDF& p) { put(first_picture(p), "/Interpolate", "true"); }},
      {"picture_key", a2, [](QPDF& p) { put(first_picture(p), "/Alternates", "[]"); }},
      {"picture_bits", a1, [](QPDF& p) { put(first_picture(p), "/BitsPerComponent", "16"); }},
      {"lzw", a2, [](QPDF& p) { put(first_picture(p), "/Filter", "/LZWDecode"); }},
      {"jpeg2000", a1, [](QPDF& p) { put(first_picture(p), "/Filter", "/JPXDecode"); }},
      {"external_stream", a2, [](QPDF& p) { put(first_picture(p), "/F", "(elders.tif)"); }},
      {"transparency", a1,
       [](QPDF& p) { put(first_page(p), "/Group", "<< /S /Transparency /CS /DeviceRGB >>"); }},
      {"transparency", a1,
       [](QPDF& p) {
         put(first_page(p).getKey("/Resources"), "/ExtGState",
             "<< /G << /Type /ExtGState /ca 0.5 >> >>");
       }},
      {"transfer_curve", a2,
       [](QPDF& p) {
         put(first_page(p).getKey("/Resources"), "/ExtGState",
             "<< /G << /Type /ExtGState /TR /Identity >> >>");
       }},
      {"font_embedded", a2,
       [](QPDF& p) { descendant(p).getKey("/FontDescriptor").removeKey("/FontFile2"); }},
      {"font_glyphs", a2, [](QPDF& p) { descendant(p).removeKey("/CIDToGIDMap"); }},
      {"font_unicode", a2,
       [](QPDF& p) {
         first_page(p).getKey("/Resources").getKey("/Font").getKey("/F").removeKey("/ToUnicode");
       }},
      {"annotation", a2,
       [](QPDF& p) { put(first_page(p), "/Annots", "[<< /Type /Annot /Subtype /Text >>]"); }},
      {"page_key", a2, [](QPDF& p) { put(first_page(p), "/AA", "<< >>"); }},
      {"page_size", a2, [](QPDF& p) { put(first_page(p), "/MediaBox", "[0 0 20000 100]"); }},
      {"operator", a2, [](QPDF& p) { show(p, "q /I Toon Q"); }},
      {"device_cmyk", a2, [](QPDF& p) { show(p, "q 0 0 0 1 k Q"); }},
      {"state_balance", a2, [](QPDF& p) { show(p, "q /I Do"); }},
      {"string_length", a2,
       [](QPDF& p) {
         p.getTrailer().getKey("/Info").replaceKey("/Keywords",
                                                   Handle::newString(std::string(40'000, 'a')));
       }},
      {"integer_range", a2, [](QPDF& p) { put(first_page(p), "/StructParents", "9999999999"); }},
  };
  for (const Case& one : cases) {
    const auto breaches = pdfa_breaches(changed(one.kind, one.change, one.setting));
    EXPECT_THAT(breaches, Contains(Field(&Breach::rule, one.rule))) << told(breaches);
  }
}

TEST(PdfaRules, bytes_around_the_file_are_seen) {
  const Bytes good = copy_of(Pdfa::a2b);
  const std::string text(text_of(good));
  const auto rules_of = [](const std::string& file) {
    return told(pdfa_breaches(Bytes(bytes_of(file).begin(), bytes_of(file).end())));
  };
  EXPECT_NE(rules_of("\n" + text).find("file_header"), std::string::npos);
  EXPECT_NE(rules_of(text + "en meer").find("ends_at_eof"), std::string::npos);
  std::string without_id = text;
  without_id.replace(without_id.rfind("/ID"), 3, "/IX");
  EXPECT_NE(rules_of(without_id).find("trailer_id"), std::string::npos);
  std::string damaged = text;
  damaged.replace(damaged.find("/DCTDecode"), 10, "/FlateDec ");
  EXPECT_NE(rules_of(damaged).find("filter at"), std::string::npos);
  std::string cut = text;
  const std::size_t picture = cut.find("\xFF\xD8\xFF");
  for (std::size_t i = picture; i < picture + 400; ++i) cut[i] = '\0';
  EXPECT_NE(rules_of(cut).find("sound at"), std::string::npos);
  EXPECT_EQ(rules_of(text.substr(0, 500)), "opens at file\n");
  EXPECT_EQ(rules_of(""), "opens at file\n");
}

TEST(PdfaRules, a_16_bit_picture_is_no_part_1) {
  auto pages = two_pages();
  pages[0].image.bits = 16;
  EXPECT_FALSE(claimable(pages, Pdfa::a1b));
  EXPECT_TRUE(claimable(pages, Pdfa::a2b));
}

TEST(Pdfa, every_kind_has_a_name_a_label_and_a_code_of_pronom) {
  for (const Pdfa kind : {Pdfa::a1b, Pdfa::a2b, Pdfa::a3b})
    EXPECT_EQ(pdfa_labelled(label_of(kind)), kind);
  EXPECT_EQ(pdfa_named("2b"), Pdfa::a2b);
  EXPECT_EQ(pdfa_named("4"), std::nullopt);
  EXPECT_EQ(pronom_of(Pdfa::a2b), "fmt/477");
}

TEST(PictureHashes, are_those_of_what_was_put_in) {
  const auto pages = two_pages();
  const auto hashes = picture_hashes(copy_of(Pdfa::a2b));
  ASSERT_TRUE(hashes);
  EXPECT_THAT(*hashes, testing::ElementsAre(sha256_hex(pages[0].image.data),
                                            sha256_hex(pages[1].image.data)));
  EXPECT_FALSE(picture_hashes(Bytes{1, 2, 3}));
}

}  // namespace
}  // namespace postkamer::archive
