// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/ocr/recognise.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "tests/unit/pipeline/ocr/rendered_text.h"

namespace postkamer::ocr {
namespace {

using test::render;
using test::TextPage;

constexpr const char* kLetter =
    "Gemeente Voorbeeldstad\n"
    "\n"
    "Geachte heer of mevrouw,\n"
    "Hierbij maak ik bezwaar tegen uw besluit van\n"
    "12 maart 2026 over de parkeervergunning voor\n"
    "het voertuig met kenteken in mijn straat.\n"
    "Graag ontvang ik binnen zes weken een bericht.\n"
    "\n"
    "Met vriendelijke groet,\n"
    "de bewoner van de Dorpsstraat";

// One engine for all tests: loading the models is the slow part, and no test may depend on what
// another has read before it.
Engine& engine() {
  static const std::unique_ptr<Engine> loaded = [] {
    auto made = Engine::create({});
    if (!made) throw std::runtime_error(made.error().message);
    return std::move(*made);
  }();
  return *loaded;
}

std::string joined(const std::vector<Word>& words) {
  std::string text;
  for (const Word& word : words) text += (text.empty() ? "" : " ") + word.text;
  return text;
}

UprightPage page_of(GrayImage image) {
  UprightPage page;
  page.upright = std::move(image);
  return page;
}

GrayImage rotated(const GrayImage& image, int code) {
  GrayImage result = image;
  result.pixels = cv::Mat();
  cv::rotate(image.pixels, result.pixels, code);
  return result;
}

const Word* find(const std::vector<Word>& words, std::string_view text) {
  for (const Word& word : words) {
    if (word.text == text) return &word;
  }
  return nullptr;
}

// The smallest box around the ink: where a picture of one word has it.
Rect ink_box(const GrayImage& image) {
  int left = image.width();
  int top = image.height();
  int right = 0;
  int bottom = 0;
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      if (image.pixels.at<std::uint8_t>(y, x) != 0) continue;
      left = std::min(left, x);
      right = std::max(right, x + 1);
      top = std::min(top, y);
      bottom = std::max(bottom, y + 1);
    }
  }
  return {static_cast<double>(left), static_cast<double>(top), static_cast<double>(right - left),
          static_cast<double>(bottom - top)};
}

void expect_near(const Rect& a, const Rect& b, double tolerance) {
  EXPECT_NEAR(a.x, b.x, tolerance);
  EXPECT_NEAR(a.y, b.y, tolerance);
  EXPECT_NEAR(a.right(), b.right(), tolerance);
  EXPECT_NEAR(a.bottom(), b.bottom(), tolerance);
}

TEST(Engine, reads_a_printed_letter_without_a_mistake) {
  const auto words = engine().read(render({.text = kLetter}), {});
  ASSERT_TRUE(words);
  EXPECT_EQ(joined(*words),
            "Gemeente Voorbeeldstad Geachte heer of mevrouw, Hierbij maak ik bezwaar tegen uw "
            "besluit van 12 maart 2026 over de parkeervergunning voor het voertuig met kenteken in "
            "mijn straat. Graag ontvang ik binnen zes weken een bericht. Met vriendelijke groet, "
            "de bewoner van de Dorpsstraat");
}

TEST(Engine, gives_confidences_between_zero_and_one) {
  const auto words = engine().read(render({.text = kLetter}), {});
  ASSERT_TRUE(words);
  for (const Word& word : *words) {
    EXPECT_GT(word.confidence, 0.5) << word.text;
    EXPECT_LE(word.confidence, 1.0) << word.text;
  }
}

TEST(Engine, numbers_lines_from_the_top) {
  const auto words = engine().read(render({.text = kLetter}), {});
  ASSERT_TRUE(words && !words->empty());
  EXPECT_EQ(words->front().line, 0);
  EXPECT_EQ(words->back().line, 7);
  for (std::size_t i = 1; i < words->size(); ++i) {
    EXPECT_GE((*words)[i].line, (*words)[i - 1].line);
    EXPECT_GE((*words)[i].block, (*words)[i - 1].block);
  }
}

TEST(Engine, puts_the_box_around_the_ink_of_the_word) {
  const GrayImage image = render({.text = "Voorbeeldstad", .width = 700, .height = 200});
  const auto words = engine().read(image, {.layout = Layout::line, .allowed = ""});
  ASSERT_TRUE(words);
  ASSERT_EQ(words->size(), 1U);
  expect_near(words->front().box, ink_box(image), 3.0);
}

TEST(Engine, reads_a_page_the_same_after_another_page) {
  const GrayImage a = render({.text = kLetter});
  const GrayImage b = render(
      {.text = "KvK 12345678 ZXQ-9-PL\n&%$ 0O0O 1l1I\nxqzv wvrn rnm", .font = "DejaVu Sans Mono"});
  const auto first = engine().read(a, {});
  const auto between = engine().read(b, {.layout = Layout::block, .allowed = "0123456789"});
  const auto second = engine().read(a, {});
  ASSERT_TRUE(first && between && second);
  ASSERT_EQ(first->size(), second->size());
  for (std::size_t i = 0; i < first->size(); ++i) {
    EXPECT_EQ((*first)[i].text, (*second)[i].text);
    EXPECT_EQ((*first)[i].confidence, (*second)[i].confidence);
    EXPECT_EQ((*first)[i].box, (*second)[i].box);
  }
}

TEST(Engine, reads_only_allowed_characters_and_forgets_them_afterwards) {
  const GrayImage image = render({.text = "B0S1", .width = 400, .height = 160});
  const auto digits = engine().read(image, {.layout = Layout::word, .allowed = "0123456789"});
  ASSERT_TRUE(digits);
  EXPECT_FALSE(digits->empty());
  EXPECT_EQ(joined(*digits).find_first_not_of("0123456789 "), std::string::npos) << joined(*digits);
  const auto free = engine().read(render({.text = "Straat", .width = 400, .height = 160}),
                                  {.layout = Layout::word, .allowed = ""});
  ASSERT_TRUE(free);
  EXPECT_EQ(joined(*free), "Straat");
}

TEST(Engine, reads_a_zone_cut_to_the_ink) {
  const GrayImage image = render({.text = "2611 DC", .width = 500, .height = 200});
  const Rect ink = ink_box(image);
  GrayImage cut = image;
  cut.pixels = image.pixels(cv::Rect(static_cast<int>(ink.x), static_cast<int>(ink.y),
                                     static_cast<int>(ink.width), static_cast<int>(ink.height)));
  const auto words = engine().read(cut, {.layout = Layout::line, .allowed = ""});
  ASSERT_TRUE(words);
  EXPECT_EQ(joined(*words), "2611 DC");
}

TEST(Engine, reads_gray_as_well_as_bilevel) {
  GrayImage gray = render({.text = "Dorpsstraat", .width = 600, .height = 180});
  gray.is_bilevel = false;
  for (auto it = gray.pixels.begin<std::uint8_t>(); it != gray.pixels.end<std::uint8_t>(); ++it) {
    *it = *it == 0 ? std::uint8_t{70} : std::uint8_t{215};
  }
  const auto words = engine().read(gray, {.layout = Layout::line, .allowed = ""});
  ASSERT_TRUE(words);
  EXPECT_EQ(joined(*words), "Dorpsstraat");
}

TEST(Engine, finds_nothing_on_blank_paper) {
  const auto words = engine().read(render({.text = ""}), {});
  ASSERT_TRUE(words);
  EXPECT_TRUE(words->empty());
}

TEST(Engine, reads_an_empty_picture_as_no_words) {
  const auto words = engine().read(GrayImage{}, {.layout = Layout::line, .allowed = ""});
  ASSERT_TRUE(words);
  EXPECT_TRUE(words->empty());
}

TEST(Engine, refuses_a_side_that_is_too_long) {
  GrayImage strip;
  strip.pixels = cv::Mat(10, 32'768, CV_8UC1, cv::Scalar(255));
  strip.is_bilevel = true;
  const auto words = engine().read(strip, {});
  ASSERT_FALSE(words);
  EXPECT_EQ(words.error().code, ErrorCode::resource_limit);
  EXPECT_EQ(words.error().reason, "limit_side_pixels");
}

TEST(Engine, names_the_package_of_a_missing_language) {
  const auto missing = Engine::create({.languages = "nld+xxx", .tessdata = ""});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::unavailable);
  EXPECT_NE(missing.error().message.find("tesseract-ocr-xxx"), std::string::npos)
      << missing.error().message;
}

TEST(Engine, tells_its_version_and_languages) {
  EXPECT_EQ(engine().version().rfind("tesseract 5", 0), 0U) << engine().version();
  EXPECT_NE(engine().version().find("nld"), std::string::npos);
}

struct Turned {
  int code;          // of cv::rotate: what was done to the page
  QuarterTurn back;  // what makes it readable again
};

class TurnedPage : public testing::TestWithParam<Turned> {};

TEST_P(TurnedPage, is_turned_back_and_read_without_being_told) {
  const GrayImage image = rotated(render({.text = kLetter}), GetParam().code);
  const auto page = recognise(page_of(image), nullptr, engine());
  ASSERT_TRUE(page);
  EXPECT_EQ(page->turn, GetParam().back);
  EXPECT_NE(joined(page->words).find("Geachte heer of mevrouw"), std::string::npos);
}

TEST_P(TurnedPage, has_word_boxes_where_the_word_is_on_the_page_as_it_came) {
  const GrayImage word = render({.text = "Voorbeeldstad", .width = 800, .height = 400});
  const GrayImage image = rotated(word, GetParam().code);
  const QuarterTurn known = GetParam().back;
  const auto page = recognise(page_of(image), &known, engine());
  ASSERT_TRUE(page);
  const Word* found = find(page->words, "Voorbeeldstad");
  ASSERT_NE(found, nullptr) << joined(page->words);
  expect_near(found->box, ink_box(image), 3.0);
}

INSTANTIATE_TEST_SUITE_P(Recognise, TurnedPage,
                         testing::Values(Turned{cv::ROTATE_90_CLOCKWISE, QuarterTurn::left},
                                         Turned{cv::ROTATE_180, QuarterTurn::half},
                                         Turned{cv::ROTATE_90_COUNTERCLOCKWISE,
                                                QuarterTurn::right}));

// Capitals and digits have no ascenders: letter shapes say nothing.
constexpr const char* kCapitals =
    "GEMEENTE VOORBEELDSTAD\n"
    "AANMANING 2026 0415\n"
    "UITERLIJK BETALEN OP 12 MAART 2026\n"
    "HET BEDRAG VAN 104 EURO EN 55 CENT\n"
    "AAN DE GEMEENTE VOORBEELDSTAD\n"
    "BIJ VRAGEN BELT U ONS OP WERKDAGEN";

TEST_P(TurnedPage, of_capitals_is_turned_back_too) {
  const GrayImage image = rotated(render({.text = kCapitals}), GetParam().code);
  EXPECT_FALSE(engine().by_letter_shapes(image).is_clear);
  const auto page = recognise(page_of(image), nullptr, engine());
  ASSERT_TRUE(page);
  EXPECT_EQ(page->turn, GetParam().back);
  EXPECT_NE(joined(page->words).find("AANMANING"), std::string::npos) << joined(page->words);
}

TEST(Recognise, leaves_an_upright_page_as_it_is) {
  const auto page = recognise(page_of(render({.text = kLetter})), nullptr, engine());
  ASSERT_TRUE(page);
  EXPECT_EQ(page->turn, QuarterTurn::none);
  EXPECT_EQ(page->engine, engine().version());
}

// An engine that finds what it is told to find and counts what it is asked.
class ToldEngine : public Engine {
 public:
  Result<std::vector<Word>> read(const GrayImage&, const ReadOptions&) override {
    ++reads;
    return words;
  }
  Orientation by_letter_shapes(const GrayImage&) override { return shapes; }
  Result<Orientation> by_trial(const GrayImage&) override {
    ++trials;
    return trial;
  }
  [[nodiscard]] std::string version() const override { return "told"; }

  std::vector<Word> words;
  Orientation shapes;
  Orientation trial;
  int reads = 0;
  int trials = 0;
};

std::vector<Word> words_of(double confidence, double width, double height) {
  return std::vector<Word>(8, Word{"bezwaar", Rect{10, 10, width, height}, confidence});
}

TEST(Recognise, tries_no_other_way_up_when_the_page_reads_well_as_it_stands) {
  ToldEngine told;
  told.words = words_of(0.9, 80, 20);
  told.shapes = {QuarterTurn::half, false};
  told.trial = {QuarterTurn::half, true};
  const auto page = recognise(page_of(render({.text = ""})), nullptr, told);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->turn, QuarterTurn::none);
  EXPECT_EQ(told.reads, 1);
  EXPECT_EQ(told.trials, 0);
}

TEST(Recognise, tries_the_other_ways_up_when_it_reads_badly_or_in_columns_or_hardly_anything) {
  for (const auto& words : {words_of(0.3, 80, 20), words_of(0.9, 20, 80),
                            std::vector<Word>{{"wel", Rect{10, 10, 40, 20}, 0.9}}}) {
    ToldEngine told;
    told.words = words;
    told.trial = {QuarterTurn::right, true};
    const auto page = recognise(page_of(render({.text = ""})), nullptr, told);
    ASSERT_TRUE(page);
    EXPECT_EQ(page->turn, QuarterTurn::right);
    EXPECT_EQ(told.reads, 2);
  }
}

TEST(Recognise, follows_weak_letter_shapes_when_trial_says_nothing) {
  ToldEngine told;
  told.words = words_of(0.3, 80, 20);
  told.shapes = {QuarterTurn::left, false};
  const auto page = recognise(page_of(render({.text = ""})), nullptr, told);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->turn, QuarterTurn::left);
}

TEST(Recognise, reads_a_page_without_text_once) {
  ToldEngine told;
  told.shapes = {QuarterTurn::half, false};
  const auto page = recognise(page_of(render({.text = ""})), nullptr, told);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->turn, QuarterTurn::none);
  EXPECT_EQ(told.reads, 1);
  EXPECT_EQ(told.trials, 0);
}

TEST(Recognise, maps_boxes_back_through_the_deskew_transform) {
  const GrayImage image = render({.text = "Voorbeeldstad", .width = 800, .height = 400});
  UprightPage page = page_of(image);
  page.original_to_upright = then(
      Transform::rotation(0.02), then(Transform::scale(0.5, 0.5), Transform::translation(30, -20)));
  const QuarterTurn known = QuarterTurn::none;
  const auto read = recognise(page, &known, engine());
  ASSERT_TRUE(read);
  const Word* found = find(read->words, "Voorbeeldstad");
  ASSERT_NE(found, nullptr);
  expect_near(found->box, inverse(page.original_to_upright)->bounds(ink_box(image)), 8.0);
}

TEST(Recognise, says_so_when_the_page_has_no_way_back) {
  UprightPage page = page_of(render({.text = kLetter}));
  page.original_to_upright = Transform::scale(0.0, 1.0);
  const auto read = recognise(page, nullptr, engine());
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().reason, "page_transform");
}

}  // namespace
}  // namespace postkamer::ocr
