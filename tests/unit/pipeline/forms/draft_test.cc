// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/forms/draft.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>
#include <opencv2/imgproc.hpp>

#include "pipeline/forms/load.h"
#include "pipeline/forms/print.h"
#include "tests/unit/pipeline/forms/sample_form.h"

namespace postkamer::forms {
namespace {

constexpr Dpi kDpi{300};

double overlap(const Rect& a, const Rect& b) {
  const double shared = intersection(a, b).area();
  return shared / (a.area() + b.area() - shared);
}

std::vector<Word> words_in_px(const std::vector<PrintedWord>& printed) {
  std::vector<Word> words;
  const double s = pixels_per_mm(kDpi);
  for (const PrintedWord& word : printed)
    words.push_back({word.text,
                     {word.box.x * s, word.box.y * s, word.box.width * s, word.box.height * s},
                     1.0,
                     0,
                     0});
  return words;
}

class DraftOfASound : public testing::Test {
 protected:
  void SetUp() override {
    form_ = load_form(samples::kSound, "form.toml").value();
    page_ = print_page(form_, 1, kDpi, nullptr).value();
    drafted_ = draft_fields(page_, words_in_px(printed_words(form_, 1).value()), 1);
  }
  const Field* drafted(const std::string& label) const {
    const auto found = std::find_if(drafted_.begin(), drafted_.end(),
                                    [&](const Field& field) { return field.label.nl == label; });
    return found == drafted_.end() ? nullptr : &*found;
  }
  Form form_;
  GrayImage page_;
  std::vector<Field> drafted_;
};

TEST_F(DraftOfASound, form_finds_every_field_and_no_other) {
  ASSERT_EQ(drafted_.size(), form_.fields.size());
  for (const Field& field : form_.fields) {
    const Field* found = drafted(field.label.nl);
    ASSERT_NE(found, nullptr) << field.name;
    EXPECT_EQ(found->type, field.type) << field.name;
    if (field.options.empty()) {
      EXPECT_GT(overlap(found->box, field.box), 0.8) << field.name;
    }
  }
}

TEST_F(DraftOfASound, form_finds_the_cells_of_a_comb) {
  const Field* found = drafted("Geboortedatum");
  ASSERT_NE(found, nullptr);
  ASSERT_EQ(found->cells.size(), 8u);
  for (std::size_t i = 0; i < 8; ++i)
    EXPECT_GT(overlap(found->cells[i], form_.fields[0].cells[i]), 0.8);
}

TEST_F(DraftOfASound, form_finds_options_with_their_labels) {
  const Field* found = drafted("Soort");
  ASSERT_NE(found, nullptr);
  ASSERT_EQ(found->options.size(), 2u);
  EXPECT_EQ(found->options[1].label.nl, "nee");
  EXPECT_EQ(found->options[1].value, "nee");
}

TEST_F(DraftOfASound, form_finds_the_lines_of_a_text) {
  const Field* found = drafted("Toelichting");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->lines, 3);
}

TEST_F(DraftOfASound, form_loads_as_a_form) {
  Form form = form_;
  form.rules.clear();
  form.fields = drafted_;
  const auto loaded = load_form(form_toml(form), "draft.toml");
  EXPECT_TRUE(loaded) << text_of(loaded.error().front());
}

// A page with lines drawn in mm.
class Sheet {
 public:
  Sheet() : image_{cv::Mat(3508, 2480, CV_8UC1, cv::Scalar(255)), kDpi, false} {}
  void line(double x0, double y0, double x1, double y1) {
    const double s = pixels_per_mm(kDpi);
    const auto at = [&](double x, double y) {
      return cv::Point(static_cast<int>(std::lround(x * s)), static_cast<int>(std::lround(y * s)));
    };
    cv::line(image_.pixels, at(x0, y0), at(x1, y1), cv::Scalar(60), 3);
  }
  [[nodiscard]] std::vector<Field> draft() const { return draft_fields(image_, {}, 1); }

 private:
  GrayImage image_;
};

TEST(Draft, a_comb_that_is_open_at_the_top_has_cells_as_high_as_a_hand_needs) {
  Sheet sheet;
  sheet.line(40, 100, 85, 100);
  for (int i = 0; i <= 9; ++i) sheet.line(40 + 5 * i, 97.8, 40 + 5 * i, 100);
  const auto fields = sheet.draft();
  ASSERT_EQ(fields.size(), 1u);
  EXPECT_EQ(fields[0].cells.size(), 9u);
  EXPECT_GT(overlap(fields[0].box, {40, 94, 45, 6}), 0.85);
}

TEST(Draft, a_thick_rule_under_a_heading_is_no_field) {
  Sheet sheet;
  for (double y = 100; y < 101.2; y += 0.1) sheet.line(20, y, 190, y);
  EXPECT_TRUE(sheet.draft().empty());
}

TEST(Draft, an_empty_page_has_no_fields) { EXPECT_TRUE(Sheet().draft().empty()); }

}  // namespace
}  // namespace postkamer::forms
