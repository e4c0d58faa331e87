// SPDX-License-Identifier: EUPL-1.2
#define ZX_USE_UTF8 1
#include "pipeline/intake/inspect.h"

#include <algorithm>
#include <cmath>

#include <ZXing/BitMatrix.h>
#include <ZXing/MultiFormatWriter.h>
#include <gtest/gtest.h>

#include "pipeline/intake/ink_map.h"
#include "pipeline/intake/patch_bars.h"
#include "tests/unit/pipeline/intake/drawn.h"

namespace postkamer::intake {
namespace {

cv::Mat drawn_code(ZXing::BarcodeFormat format, const std::string& text, int width, int height) {
  const auto bits = ZXing::MultiFormatWriter(format).setMargin(4).encode(text, width, height);
  cv::Mat pixels(bits.height(), bits.width(), CV_8UC1);
  for (int y = 0; y < bits.height(); ++y)
    for (int x = 0; x < bits.width(); ++x) pixels.at<std::uint8_t>(y, x) = bits.get(x, y) ? 0 : 255;
  return pixels;
}

GrayImage page_with(const cv::Mat& code, int x, int y) {
  GrayImage page = drawn::a4();
  drawn::text(page, 10, 250, 1800);
  code.copyTo(page.pixels(cv::Rect(x, y, code.cols, code.rows)));
  return page;
}

void turn(GrayImage& page, int quarters) {
  for (int i = 0; i < quarters; ++i)
    cv::rotate(page.pixels.clone(), page.pixels, cv::ROTATE_90_CLOCKWISE);
}

void skew(GrayImage& page, double degrees_clockwise) {
  const cv::Point2f centre(static_cast<float>(page.width()) / 2,
                           static_cast<float>(page.height()) / 2);
  // OpenCV counts counter-clockwise.
  const cv::Mat map = cv::getRotationMatrix2D(centre, -degrees_clockwise, 1.0);
  cv::warpAffine(page.pixels.clone(), page.pixels, map, page.pixels.size(), cv::INTER_LINEAR,
                 cv::BORDER_CONSTANT, cv::Scalar(255));
  page.pixels = page.pixels > 128;
}

// What thresholding leaves of paper and ink: specks in both.
void add_specks(GrayImage& page, double share, std::uint64_t seed) {
  cv::RNG random{seed};
  const int count = static_cast<int>(share * static_cast<double>(page.pixels.total()));
  for (int i = 0; i < count; ++i) {
    auto& pixel = page.pixels.at<std::uint8_t>(random.uniform(0, page.height()),
                                               random.uniform(0, page.width()));
    pixel = static_cast<std::uint8_t>(255 - pixel);
  }
}

double turn_between(double a, double b) {
  const double difference = std::fmod(std::abs(a - b), 360.0);
  return std::min(difference, 360.0 - difference);
}

struct CodeCase {
  const char* symbology;
  ZXing::BarcodeFormat format;
  std::string text;
  int width;
  int height;
};

class FindCodes : public testing::TestWithParam<CodeCase> {};

TEST_P(FindCodes, reads_a_code_at_every_quarter_turn_and_says_how_it_stands) {
  const CodeCase& given = GetParam();
  for (int quarters = 0; quarters < 4; ++quarters) {
    GrayImage page =
        page_with(drawn_code(given.format, given.text, given.width, given.height), 1500, 200);
    const Rect drawn_at{1500, 200, double(given.width), double(given.height)};
    turn(page, quarters);
    const auto codes = find_codes(page);
    ASSERT_EQ(codes.size(), 1u) << quarters;
    EXPECT_EQ(codes[0].symbology, given.symbology);
    EXPECT_EQ(codes[0].text, given.text);
    EXPECT_LT(turn_between(codes[0].orientation.value, 90.0 * quarters), 3.0) << quarters;
    Point centre = drawn_at.centre();
    double height = 3507;
    double width = 2480;
    for (int i = 0; i < quarters; ++i) {
      centre = Point{height - centre.y, centre.x};
      std::swap(width, height);
    }
    EXPECT_TRUE(grown(codes[0].box, 20.0).contains(centre)) << quarters;
  }
}

TEST_P(FindCodes, reads_a_code_on_a_skewed_and_speckled_page) {
  const CodeCase& given = GetParam();
  for (const double degrees : {-3.0, 2.0}) {
    GrayImage page =
        page_with(drawn_code(given.format, given.text, given.width, given.height), 1400, 300);
    skew(page, degrees);
    add_specks(page, 0.002, 5);
    const auto codes = find_codes(page);
    ASSERT_EQ(codes.size(), 1u) << degrees;
    EXPECT_EQ(codes[0].text, given.text);
    EXPECT_LT(turn_between(codes[0].orientation.value, degrees), 3.1) << "clockwise is positive";
  }
}

INSTANTIATE_TEST_SUITE_P(
    kinds, FindCodes,
    testing::Values(
        CodeCase{"qr", ZXing::BarcodeFormat::QRCode, "PK1|verhuizing|2026.1|1/2", 240, 240},
        CodeCase{"code128", ZXing::BarcodeFormat::Code128, "BZ-110/2025.2/1", 700, 120},
        CodeCase{"code39", ZXing::BarcodeFormat::Code39, "PATCHT", 700, 150},
        CodeCase{"datamatrix", ZXing::BarcodeFormat::DataMatrix, "ZAAK-2026-0001", 220, 220}),
    [](const auto& given) { return given.param.symbology; });

TEST(FindCodes, finds_several_on_one_page) {
  GrayImage page = page_with(drawn_code(ZXing::BarcodeFormat::QRCode, "one", 200, 200), 200, 200);
  drawn_code(ZXing::BarcodeFormat::Code128, "TWO-22", 600, 120)
      .copyTo(page.pixels(cv::Rect(1500, 200, 600, 120)));
  drawn_code(ZXing::BarcodeFormat::QRCode, "three", 200, 200)
      .copyTo(page.pixels(cv::Rect(200, 3000, 200, 200)));
  EXPECT_EQ(find_codes(page).size(), 3u);
}

TEST(FindCodes, finds_nothing_on_text_noise_or_nothing) {
  GrayImage page = drawn::a4();
  EXPECT_TRUE(find_codes(page).empty());
  drawn::text(page, 40);
  EXPECT_TRUE(find_codes(page).empty());
  EXPECT_TRUE(find_codes(drawn::noise(2480, 3508, 11)).empty());
  EXPECT_TRUE(find_codes(GrayImage{}).empty());
  EXPECT_TRUE(find_codes(drawn::paper(1, 1)).empty());
}

// Bars as on a separator sheet: read from `y` downwards.
void draw_bars(GrayImage& page, std::string_view bars, int x, int y, int length) {
  for (const char bar : bars) {
    const int thickness = bar == 'W' ? 60 : 24;
    drawn::ink(page, x, y, length, thickness);
    y += thickness + 24;
  }
}

std::vector<Code> patches(const GrayImage& page) { return find_patch_bars(map_ink(page)); }

TEST(PatchBars, names_all_six_patches) {
  const std::vector<std::pair<std::string_view, std::string>> kinds{
      {"WWNN", "1"}, {"WNNW", "2"}, {"WNWN", "3"}, {"NWWN", "4"}, {"NNWW", "6"}, {"NWNW", "T"}};
  for (const auto& [bars, name] : kinds) {
    GrayImage page = drawn::a4();
    draw_bars(page, bars, 800, 150, 800);
    const auto found = patches(page);
    ASSERT_EQ(found.size(), 1u) << bars;
    EXPECT_EQ(found[0].text, name);
    EXPECT_NEAR(found[0].box.x, 800, 15);
    EXPECT_NEAR(found[0].box.y, 150, 15);
    EXPECT_NEAR(found[0].box.width, 800, 30);
    EXPECT_NEAR(found[0].box.height, 240, 15);
  }
}

TEST(PatchBars, reads_from_the_nearest_edge_however_the_sheet_was_fed) {
  for (int quarters = 0; quarters < 4; ++quarters) {
    GrayImage page = drawn::a4();
    draw_bars(page, "NWNW", 800, 150, 800);
    turn(page, quarters);
    const auto found = patches(page);
    ASSERT_EQ(found.size(), 1u) << quarters;
    EXPECT_EQ(found[0].text, "T") << quarters;
    EXPECT_DOUBLE_EQ(found[0].orientation.value, 90.0 * quarters);
  }
}

TEST(PatchBars, stands_skew_and_specks_and_grayness) {
  for (const double degrees : {-3.0, -1.0, 2.0, 3.0}) {
    GrayImage page = drawn::a4();
    draw_bars(page, "NWNW", 500, 200, 1400);
    skew(page, degrees);
    add_specks(page, 0.01, 9);
    const auto found = patches(page);
    ASSERT_FALSE(found.empty()) << degrees;
    EXPECT_EQ(found[0].text, "T") << degrees;
  }
  GrayImage faded = drawn::a4();
  draw_bars(faded, "NWNW", 500, 200, 1400);
  faded.pixels = faded.pixels / 2 + 100;  // paper 227, ink 100
  faded.is_bilevel = false;
  EXPECT_FALSE(patches(faded).empty());
}

TEST(PatchBars, is_not_fooled_by_tables_title_bars_or_bar_codes) {
  GrayImage table = drawn::a4();
  for (int y = 300; y < 3000; y += 48) drawn::ink(table, 200, y, 2000, 24);  // equal stripes
  EXPECT_TRUE(patches(table).empty());
  GrayImage titles = drawn::a4();
  for (int y = 300; y < 3000; y += 400) drawn::ink(titles, 200, y, 2000, 60);
  EXPECT_TRUE(patches(titles).empty());
  GrayImage code =
      page_with(drawn_code(ZXing::BarcodeFormat::Code39, "ABC-1234", 1800, 400), 200, 200);
  EXPECT_TRUE(patches(code).empty());
  GrayImage short_bars = drawn::a4();
  draw_bars(short_bars, "NWNW", 800, 150, 100);  // 8 mm: too short for a patch
  EXPECT_TRUE(patches(short_bars).empty());
}

TEST(InkMap, leaves_out_what_is_not_written) {
  GrayImage page = drawn::a4();
  drawn::ink(page, 0, 0, 2480, 60);                                              // lid
  cv::circle(page.pixels, cv::Point(140, 1280), 36, cv::Scalar(0), cv::FILLED);  // punch holes
  cv::circle(page.pixels, cv::Point(140, 2225), 36, cv::Scalar(0), cv::FILLED);
  drawn::ink(page, 1700, 0, 4, 3508);  // streak
  drawn::ink(page, 0, 1750, 2480, 3);  // fold
  add_specks(page, 0.001, 3);          // dust
  EXPECT_LT(written_share(map_ink(page)), 0.0001);
}

TEST(InkMap, a_crescent_is_a_punch_hole_only_with_its_partner) {
  const auto page_with_crescents = [](bool both) {
    GrayImage page = drawn::a4();
    for (const int y : {1280, 2225}) {
      if (y == 2225 && !both) continue;
      cv::ellipse(page.pixels, cv::Point(140, y), cv::Size(34, 34), 0, 20, 200, cv::Scalar(0), 12);
    }
    return written_share(map_ink(page));
  };
  EXPECT_DOUBLE_EQ(page_with_crescents(true), 0.0);
  EXPECT_GT(page_with_crescents(false), 0.0);
}

TEST(InkMap, show_through_on_a_gray_page_is_not_ink) {
  GrayImage page = drawn::a4(150.0);
  drawn::text(page, 15, 80, 200);
  cv::Mat faint;
  page.pixels.convertTo(faint, CV_8U, 0.15, 195.0);  // paper 233, the back's ink 195
  page.pixels = faint;
  page.is_bilevel = false;
  EXPECT_LT(written_share(map_ink(page)), 0.0001);
  page.pixels.convertTo(page.pixels, CV_8U, 3.5, -600.0);  // the same as pencil: 215 and 82
  EXPECT_GT(written_share(map_ink(page)), 0.01);
}

DecodedPage inspected(const GrayImage& page) { return inspect(page, Picture{}, 3, {}); }

TEST(Inspect, an_empty_back_is_blank) {
  const DecodedPage page = inspected(drawn::a4());
  EXPECT_EQ(page.kind, PageKind::blank);
  EXPECT_EQ(page.index, 3);
  EXPECT_TRUE(page.codes.empty());
}

TEST(Inspect, one_short_line_makes_a_page_content) {
  GrayImage page = drawn::a4();
  cv::putText(page.pixels, "akkoord, J. de W.", cv::Point(300, 900), cv::FONT_HERSHEY_SIMPLEX, 2.0,
              cv::Scalar(0), 5);
  EXPECT_EQ(inspected(page).kind, PageKind::content);
}

// A few words as they come out of a pen whose lines are `thickness` px wide at 300 dpi.
GrayImage with_words(int thickness) {
  GrayImage page = drawn::a4();
  cv::putText(page.pixels, "akkoord, J. de W.", cv::Point(300, 900), cv::FONT_HERSHEY_SIMPLEX, 2.0,
              cv::Scalar(0), thickness);
  return page;
}

// The same on gray paper of 230, the pen at `level` of it, with a scanner's blur and noise.
GrayImage faded(GrayImage page, double level) {
  cv::GaussianBlur(page.pixels, page.pixels, cv::Size(5, 5), 1.0);
  page.pixels.convertTo(page.pixels, CV_16S, 230.0 * (1.0 - level) / 255.0, 230.0 * level);
  cv::Mat noise(page.pixels.size(), CV_16S);
  cv::RNG{4}.fill(noise, cv::RNG::NORMAL, 0.0, 4.0);
  page.pixels += noise;
  page.pixels.convertTo(page.pixels, CV_8U);
  page.is_bilevel = false;
  return page;
}

TEST(Inspect, pale_pencil_makes_a_page_content_and_show_through_does_not) {
  for (const double level : {0.60, 0.70, 0.75, 0.80})
    EXPECT_EQ(inspected(faded(with_words(5), level)).kind, PageKind::content) << level;
  for (const double level : {0.88, 0.92, 1.0})
    EXPECT_EQ(inspected(faded(with_words(5), level)).kind, PageKind::blank) << level;
}

TEST(Inspect, lines_of_one_pixel_make_a_page_content) {
  EXPECT_EQ(inspected(with_words(1)).kind, PageKind::content);
}

TEST(Inspect, a_skewed_fold_and_specks_leave_a_page_blank) {
  for (const double level : {0.0, 0.75}) {
    GrayImage page = drawn::a4();
    for (int x = 100; x < 2400; x += 60)  // what is left of a fold: dashes on one line
      drawn::ink(page, x, 1200 + x / 30, 45, 1);
    cv::line(page.pixels, cv::Point(300, 2000), cv::Point(1500, 2060), cv::Scalar(0));
    add_specks(page, 0.001, 3);
    EXPECT_EQ(inspected(level > 0.0 ? faded(page, level) : page).kind, PageKind::blank) << level;
  }
}

TEST(Inspect, patch_t_makes_a_separator) {
  GrayImage page = drawn::a4();
  draw_bars(page, "NWNW", 500, 150, 1400);
  const DecodedPage seen = inspected(page);
  EXPECT_EQ(seen.kind, PageKind::separator);
  ASSERT_TRUE(seen.separator);
  EXPECT_EQ(seen.separator->kind, "patch_bars");
}

TEST(Inspect, other_patches_are_told_but_separate_nothing) {
  GrayImage page = drawn::a4();
  draw_bars(page, "WWNN", 500, 150, 1400);
  const DecodedPage seen = inspected(page);
  EXPECT_EQ(seen.kind, PageKind::content);
  ASSERT_EQ(seen.codes.size(), 1u);
  EXPECT_EQ(seen.codes[0].text, "1");
}

TEST(Inspect, a_code_s_payload_makes_a_separator_and_counts_before_bars) {
  GrayImage page =
      page_with(drawn_code(ZXing::BarcodeFormat::QRCode, "PK-SEP|b03|001", 360, 360), 1000, 1200);
  draw_bars(page, "NWNW", 500, 150, 1400);
  const DecodedPage seen = inspected(page);
  ASSERT_TRUE(seen.separator);
  EXPECT_EQ(seen.separator->kind, "sheet+patch_bars");
  EXPECT_EQ(seen.separator->text, "PK-SEP|b03|001");
}

TEST(Inspect, a_foreign_code_on_a_letter_separates_nothing) {
  const GrayImage page = page_with(
      drawn_code(ZXing::BarcodeFormat::QRCode, "https://example.nl/SEP", 300, 300), 1000, 300);
  const DecodedPage seen = inspected(page);
  EXPECT_EQ(seen.kind, PageKind::content);
  EXPECT_FALSE(seen.separator);
  EXPECT_EQ(seen.codes.size(), 1u);
}

GrayImage page_with_code(const char* text) {
  return page_with(drawn_code(ZXing::BarcodeFormat::QRCode, text, 300, 300), 1000, 300);
}

TEST(Inspect, every_detector_can_be_switched_off_by_itself) {
  InspectOptions none;
  none.rules.sheets = none.rules.patch_text = false;
  none.rules.patch_bars = {};
  GrayImage bars = drawn::a4();
  draw_bars(bars, "NWNW", 500, 150, 1400);
  for (const GrayImage& page : {page_with_code("PK-SEP|v1"), page_with_code("PATCHT"), bars}) {
    EXPECT_EQ(inspect(page, Picture{}, 0, {}).kind, PageKind::separator);
    EXPECT_EQ(inspect(page, Picture{}, 0, none).kind, PageKind::content);
  }
}

TEST(Inspect, other_patches_and_codes_of_one_s_own_separate_where_that_is_asked) {
  InspectOptions options;
  options.rules.patch_bars = {"T", "1"};
  options.rules.separator_prefixes = {"BLAD-"};
  GrayImage bars = drawn::a4();
  draw_bars(bars, "WWNN", 500, 150, 1400);
  EXPECT_EQ(inspect(bars, Picture{}, 0, options).separator->kind, "patch_bars");
  EXPECT_EQ(inspect(page_with_code("BLAD-7"), Picture{}, 0, options).separator->kind, "code");
}

TEST(Inspect, a_sticker_marks_its_page_which_stays_content) {
  InspectOptions options;
  options.rules.sticker_prefixes = {"POST-"};
  const DecodedPage seen = inspect(page_with_code("POST-000123"), Picture{}, 0, options);
  EXPECT_EQ(seen.kind, PageKind::content);
  ASSERT_TRUE(seen.separator);
  EXPECT_EQ(marks_named(seen.separator->kind), mark::sticker);
  EXPECT_EQ(seen.separator->text, "POST-000123");
}

TEST(Inspect, a_page_that_cannot_be_judged_stays_content) {
  EXPECT_EQ(inspect(GrayImage{}, Picture{}, 0, {}).kind, PageKind::content);
}

}  // namespace
}  // namespace postkamer::intake
