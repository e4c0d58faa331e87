// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/archive/document_pdf.h"

#define POINTERHOLDER_TRANSITION 4  // qpdf 11 with std::shared_ptr only
#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <qpdf/Buffer.hh>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>

#include "pipeline/intake/decode.h"
#include "pipeline/intake/embed.h"
#include "tests/unit/pipeline/archive/pdf_probe.h"

namespace postkamer::archive {
namespace {

using test::FoundWord;
using test::qpdf_complaints;
using test::resources;
using test::share_different;
using test::shown;
using test::test_picture;
using test::words_found;

constexpr int kWidth = 900;
constexpr int kHeight = 600;

ArchiveInfo info() {
  return {"PK-2026w13-0007 Verhuisaangifte <proef> & co", "postkamer 0.1.0",
          "2026-03-24T08:15:02Z"};
}

Picture g4_picture() { return *intake::encode_bilevel(test_picture(kWidth, kHeight, true)); }
Picture jpeg_picture() { return *intake::encode_gray(test_picture(kWidth, kHeight, false), 85); }

ArchivePage page_of(const Picture& picture) {
  ArchivePage page;
  page.image = *intake::embeddable(picture, Limits{});
  return page;
}

Bytes pdf_of(const std::vector<ArchivePage>& pages) {
  auto pdf = document_pdf(pages, info(), resources());
  if (!pdf) throw std::runtime_error(pdf.error().message);
  return std::move(*pdf);
}

Word word(const char* text, const Rect& box) { return {text, box, 0.9, 0, 0}; }

// The raw data of the only picture on the page, and its dictionary.
class Opened {
 public:
  explicit Opened(Bytes bytes) : bytes_(std::move(bytes)) {
    pdf_.processMemoryFile("test", reinterpret_cast<const char*>(bytes_.data()), bytes_.size());
  }
  QPDFObjectHandle page(std::size_t number) {
    return QPDFPageDocumentHelper(pdf_).getAllPages().at(number).getObjectHandle();
  }
  QPDFObjectHandle image(std::size_t number) {
    return page(number).getKey("/Resources").getKey("/XObject").getKey("/I");
  }
  Bytes raw(QPDFObjectHandle stream) {
    const auto buffer = stream.getRawStreamData();
    return {buffer->getBuffer(), buffer->getBuffer() + buffer->getSize()};
  }
  std::string text(QPDFObjectHandle stream) {
    const auto buffer = stream.getStreamData(qpdf_dl_all);
    return {reinterpret_cast<const char*>(buffer->getBuffer()), buffer->getSize()};
  }
  QPDF& pdf() { return pdf_; }

 private:
  Bytes bytes_;
  QPDF pdf_;
};

TEST(DocumentPdf, gives_qpdf_nothing_to_complain_of) {
  ArchivePage first = page_of(g4_picture());
  first.words = {word("Gemeente", {100, 100, 200, 40})};
  ArchivePage second = page_of(jpeg_picture());
  second.turn = QuarterTurn::left;
  EXPECT_EQ(qpdf_complaints(pdf_of({first, second})), std::vector<std::string>{});
}

TEST(DocumentPdf, keeps_a_jpeg_byte_for_byte) {
  const Picture picture = jpeg_picture();
  Opened opened(pdf_of({page_of(picture)}));
  EXPECT_EQ(opened.raw(opened.image(0)), picture.bytes);
  EXPECT_EQ(opened.image(0).getDict().getKey("/Filter").getName(), "/DCTDecode");
}

TEST(DocumentPdf, keeps_a_g4_strip_byte_for_byte) {
  const ArchivePage page = page_of(g4_picture());
  Opened opened(pdf_of({page}));
  EXPECT_EQ(opened.raw(opened.image(0)), page.image.data);
  EXPECT_EQ(opened.image(0).getDict().getKey("/Filter").getName(), "/CCITTFaxDecode");
}

TEST(DocumentPdf, gives_a_g4_picture_back_pixel_for_pixel) {
  const cv::Mat back = test::first_picture(pdf_of({page_of(g4_picture())}));
  EXPECT_EQ(share_different(back, test_picture(kWidth, kHeight, true).pixels, 0), 0.0);
}

TEST(DocumentPdf, gives_a_jpeg_picture_back_as_it_was) {
  cv::Mat back;  // pdfimages writes a gray JPEG as three equal channels
  cv::extractChannel(test::first_picture(pdf_of({page_of(jpeg_picture())})), back, 0);
  EXPECT_LT(share_different(back, test_picture(kWidth, kHeight, false).pixels, 25), 0.01);
}

TEST(DocumentPdf, makes_pages_of_the_size_of_the_paper) {
  ArchivePage page = page_of(jpeg_picture());
  page.image.dpi = {200.0};
  Opened opened(pdf_of({page}));
  auto box = opened.page(0).getKey("/MediaBox").getArrayAsVector();
  EXPECT_NEAR(box[2].getNumericValue(), kWidth * 72.0 / 200.0, 0.01);
  EXPECT_NEAR(box[3].getNumericValue(), kHeight * 72.0 / 200.0, 0.01);
}

TEST(DocumentPdf, is_the_same_for_the_same_input) {
  ArchivePage page = page_of(g4_picture());
  page.words = {word("Gemeente", {100, 100, 200, 40})};
  EXPECT_EQ(pdf_of({page}), pdf_of({page}));
}

TEST(DocumentPdf, differs_in_its_id_for_other_input) {
  ArchivePage page = page_of(g4_picture());
  Opened before(pdf_of({page}));
  page.words = {word("Gemeente", {100, 100, 200, 40})};
  Opened after(pdf_of({page}));
  EXPECT_NE(before.pdf().getTrailer().getKey("/ID").unparse(),
            after.pdf().getTrailer().getKey("/ID").unparse());
}

struct Turned {
  QuarterTurn turn;
  // Where the box of the original lands when the page is shown turned.
  Rect (*shown)(const Rect& box);
  int code;  // of cv::rotate; -1 = none
};

const Turned kTurns[] = {
    {QuarterTurn::none, [](const Rect& b) { return b; }, -1},
    {QuarterTurn::right,
     [](const Rect& b) {
       return Rect{kHeight - b.bottom(), b.x, b.height, b.width};
     },
     cv::ROTATE_90_CLOCKWISE},
    {QuarterTurn::half,
     [](const Rect& b) {
       return Rect{kWidth - b.right(), kHeight - b.bottom(), b.width, b.height};
     },
     cv::ROTATE_180},
    {QuarterTurn::left,
     [](const Rect& b) {
       return Rect{b.y, kWidth - b.right(), b.height, b.width};
     },
     cv::ROTATE_90_COUNTERCLOCKWISE},
};

class TurnedArchivePage : public testing::TestWithParam<Turned> {};

TEST_P(TurnedArchivePage, is_shown_upright) {
  ArchivePage page = page_of(g4_picture());
  page.turn = GetParam().turn;
  cv::Mat wanted = test_picture(kWidth, kHeight, true).pixels;
  if (GetParam().code >= 0) cv::rotate(wanted.clone(), wanted, GetParam().code);
  // poppler draws a pixel's width beside, which shows at edges; a wrong turn differs in 0.3 or
  // more.
  EXPECT_LT(share_different(shown(pdf_of({page}), 1, 300).pixels, wanted, 0), 0.05);
}

TEST_P(TurnedArchivePage, has_its_words_where_they_are_seen) {
  const bool is_sideways = static_cast<int>(GetParam().turn) % 2 == 1;
  const Rect first = is_sideways ? Rect{200, 150, 40, 220} : Rect{150, 200, 220, 40};
  const Rect second = is_sideways ? Rect{500, 300, 50, 90} : Rect{300, 500, 90, 50};
  ArchivePage page = page_of(g4_picture());
  page.turn = GetParam().turn;
  page.words = {word("Gemeente", first), word("2026", second)};
  std::map<std::string, Rect> found;
  for (const FoundWord& one : words_found(pdf_of({page}), 1)) found[one.text] = one.box;
  ASSERT_EQ(found.size(), 2U);
  for (const auto& [text, box] :
       std::map<std::string, Rect>{{"Gemeente", first}, {"2026", second}}) {
    const Rect wanted = GetParam().shown(box);
    EXPECT_NEAR(found[text].x, wanted.x * 0.24, 0.5) << text;
    EXPECT_NEAR(found[text].right(), wanted.right() * 0.24, 0.5) << text;
    EXPECT_NEAR(found[text].y, wanted.y * 0.24, 1.0) << text;
    EXPECT_NEAR(found[text].bottom(), wanted.bottom() * 0.24, 1.0) << text;
  }
}

INSTANTIATE_TEST_SUITE_P(DocumentPdf, TurnedArchivePage, testing::ValuesIn(kTurns));

TEST(DocumentPdf, keeps_letters_beyond_latin) {
  ArchivePage page = page_of(g4_picture());
  page.words = {word("Abbasoğlu", {50, 100, 200, 30}), word("€1.250,-", {300, 100, 120, 30}),
                word("ſчφ", {500, 100, 80, 30})};
  const auto words = words_found(pdf_of({page}), 1);
  ASSERT_EQ(words.size(), 3U);
  EXPECT_EQ(words[0].text, "Abbasoğlu");
  EXPECT_EQ(words[1].text, "€1.250,-");
  EXPECT_EQ(words[2].text, "ſчφ");
}

TEST(DocumentPdf, leaves_out_words_that_have_no_place_or_no_text) {
  ArchivePage page = page_of(g4_picture());
  const double nowhere = std::numeric_limits<double>::quiet_NaN();
  page.words = {word("weg", {nowhere, 1, 10, 10}), word("plat", {10, 10, 50, 0}),
                word("", {10, 10, 50, 20}), word("\x01\x7F", {10, 10, 50, 20}),
                word("hier", {100, 100, 60, 20})};
  const Bytes pdf = pdf_of({page});
  EXPECT_TRUE(qpdf_complaints(pdf).empty());
  const auto words = words_found(pdf, 1);
  ASSERT_EQ(words.size(), 1U);
  EXPECT_EQ(words[0].text, "hier");
}

TEST(DocumentPdf, draws_its_words_invisibly) {
  ArchivePage page = page_of(g4_picture());
  const Bytes without = pdf_of({page});
  page.words = {word("GROTELETTERS", {20, 300, 860, 250})};
  EXPECT_EQ(share_different(shown(without, 1, 150).pixels, shown(pdf_of({page}), 1, 150).pixels, 0),
            0.0);
}

// The rules of ISO 19005-2 level B that a file of this kind could break.
TEST(DocumentPdf, keeps_the_rules_of_pdfa_2b) {
  ArchivePage page = page_of(jpeg_picture());
  page.words = {word("Gemeente", {100, 100, 200, 40})};
  const Bytes bytes = pdf_of({page, page_of(g4_picture())});
  const std::string_view file = text_of(bytes);
  EXPECT_TRUE(file.starts_with("%PDF-1.7\n%"));
  for (std::size_t i = 10; i < 14; ++i) EXPECT_GE(bytes[i], 0x80) << "binary comment";
  EXPECT_TRUE(file.ends_with("%%EOF\n"));

  Opened opened(bytes);
  QPDFObjectHandle trailer = opened.pdf().getTrailer();
  EXPECT_EQ(trailer.getKey("/ID").getArrayNItems(), 2);
  EXPECT_FALSE(trailer.hasKey("/Encrypt"));
  QPDFObjectHandle root = opened.pdf().getRoot();
  EXPECT_EQ(root.getKey("/Lang").getUTF8Value(), "nl-NL");
  for (const char* key : {"/OpenAction", "/AA", "/Names", "/AcroForm", "/OCProperties"}) {
    EXPECT_FALSE(root.hasKey(key)) << key;
  }

  QPDFObjectHandle intent = root.getKey("/OutputIntents").getArrayItem(0);
  EXPECT_EQ(intent.getKey("/S").getName(), "/GTS_PDFA1");
  QPDFObjectHandle profile = intent.getKey("/DestOutputProfile");
  EXPECT_EQ(profile.getDict().getKey("/N").getIntValue(), 3);
  EXPECT_EQ(opened.text(profile).substr(16, 4), "RGB ");

  QPDFObjectHandle metadata = root.getKey("/Metadata");
  EXPECT_FALSE(metadata.getDict().hasKey("/Filter"));
  const std::string xmp = opened.text(metadata);
  EXPECT_NE(xmp.find("<pdfaid:part>2</pdfaid:part>"), std::string::npos);
  EXPECT_NE(xmp.find("<pdfaid:conformance>B</pdfaid:conformance>"), std::string::npos);

  for (QPDFObjectHandle object : opened.pdf().getAllObjects()) {
    if (!object.isStream()) continue;
    EXPECT_FALSE(object.getDict().hasKey("/F")) << "data outside the file";
    EXPECT_EQ(object.getDict().getKey("/Filter").unparse().find("LZW"), std::string::npos);
  }
}

TEST(DocumentPdf, writes_a_line_end_before_every_endstream) {
  const Bytes bytes = pdf_of({page_of(jpeg_picture())});
  const std::string_view file = text_of(bytes);
  int streams = 0;
  for (std::size_t at = file.find("endstream"); at != std::string_view::npos;
       at = file.find("endstream", at + 1), ++streams) {
    EXPECT_EQ(file[at - 1], '\n');
  }
  EXPECT_GE(streams, 6);
}

TEST(DocumentPdf, embeds_its_font_with_widths_and_unicode) {
  Opened opened(pdf_of({page_of(jpeg_picture())}));
  QPDFObjectHandle font = opened.page(0).getKey("/Resources").getKey("/Font").getKey("/F");
  EXPECT_EQ(font.getKey("/Subtype").getName(), "/Type0");
  EXPECT_TRUE(font.getKey("/ToUnicode").isStream());
  QPDFObjectHandle descendant = font.getKey("/DescendantFonts").getArrayItem(0);
  EXPECT_EQ(opened.text(descendant.getKey("/CIDToGIDMap")).size(), 131'072U);
  QPDFObjectHandle file = descendant.getKey("/FontDescriptor").getKey("/FontFile2");
  EXPECT_EQ(opened.text(file), text_of(resources().glyphless_font));
}

TEST(DocumentPdf, says_the_same_of_itself_in_info_and_xmp) {
  Opened opened(pdf_of({page_of(jpeg_picture())}));
  QPDFObjectHandle about = opened.pdf().getTrailer().getKey("/Info");
  const std::string xmp = opened.text(opened.pdf().getRoot().getKey("/Metadata"));
  EXPECT_EQ(about.getKey("/Title").getUTF8Value(), info().title);
  EXPECT_NE(xmp.find("Verhuisaangifte &lt;proef&gt; &amp; co"), std::string::npos);
  EXPECT_EQ(about.getKey("/CreationDate").getUTF8Value(), "D:20260324081502Z");
  EXPECT_EQ(about.getKey("/ModDate").getUTF8Value(), "D:20260324081502Z");
  EXPECT_NE(xmp.find("<xmp:CreateDate>2026-03-24T08:15:02Z<"), std::string::npos);
  EXPECT_NE(xmp.find("<xmp:ModifyDate>2026-03-24T08:15:02Z<"), std::string::npos);
}

TEST(DocumentPdf, does_not_claim_pdfa_for_cmyk) {
  ArchivePage page = page_of(jpeg_picture());
  page.image.components = 4;
  page.image.is_inverted = true;
  Opened opened(pdf_of({page}));
  const std::string xmp = opened.text(opened.pdf().getRoot().getKey("/Metadata"));
  EXPECT_EQ(xmp.find("pdfaid:part>"), std::string::npos);
  EXPECT_EQ(opened.image(0).getDict().getKey("/ColorSpace").getName(), "/DeviceCMYK");
  EXPECT_EQ(opened.image(0).getDict().getKey("/Decode").unparse(), "[ 1 0 1 0 1 0 1 0 ]");
}

TEST(DocumentPdf, refuses_what_makes_no_document) {
  const auto reason = [](const std::vector<ArchivePage>& pages, const ArchiveResources& given) {
    const auto pdf = document_pdf(pages, info(), given);
    return pdf ? "" : pdf.error().reason;
  };
  const ArchivePage good = page_of(g4_picture());
  EXPECT_EQ(reason({}, resources()), "pdf_no_pages");
  ArchivePage bad = good;
  bad.image.data.clear();
  EXPECT_EQ(reason({good, bad}, resources()), "pdf_picture");
  bad = good;
  bad.image.dpi = {0.0};
  EXPECT_EQ(reason({bad}, resources()), "pdf_picture");
  bad.image.dpi = {std::numeric_limits<double>::quiet_NaN()};
  EXPECT_EQ(reason({bad}, resources()), "pdf_picture");
  bad.image.dpi = {1.0};
  EXPECT_EQ(reason({bad}, resources()), "pdf_picture");
  EXPECT_EQ(reason({good}, {{}, resources().srgb_profile}), "pdf_resource_missing");
  EXPECT_EQ(reason({good}, {resources().glyphless_font, {}}), "pdf_resource_missing");
}

}  // namespace
}  // namespace postkamer::archive
