// SPDX-License-Identifier: EUPL-1.2
#include "classifiers/form/form_index.h"

#include <algorithm>
#include <deque>
#include <string>

#include <gtest/gtest.h>

#include "pipeline/deskew/deskew.h"
#include "tests/unit/pipeline/extract/drawn_form.h"

namespace postkamer::classifiers {
namespace {

using extract::BlankPage;
using extract::drawn_form;
using extract::filled_in;
using extract::FormDrawing;
using extract::scan;
using extract::Scanned;

// Forms f1 .. fN of one page each, with a QR declared at the upper right.
class Shelf {
 public:
  explicit Shelf(unsigned forms) {
    for (unsigned i = 1; i <= forms; ++i) add("f" + std::to_string(i), "1", drawn_form(100 + i));
  }

  void add(const std::string& id, const std::string& version, const BlankPage& blank) {
    forms::Form& form = forms_.emplace_back();
    form.id = id;
    form.version = version;
    forms::FormPage page;
    page.codes.push_back({"qr", "CODE;" + id + ";" + version, {180, 8, 14, 14}});
    page.title = "Aanvraag " + id + " vergunning";
    form.pages.push_back(page);
    blanks_.push_back(blank);
  }

  [[nodiscard]] FormIndex index() const {
    FormIndex index;
    for (std::size_t i = 0; i < forms_.size(); ++i) index.add({&forms_[i], 1, &blanks_[i]});
    return index;
  }

  [[nodiscard]] const BlankPage& blank(std::size_t i) const { return blanks_[i]; }

 private:
  std::deque<forms::Form> forms_;
  std::deque<BlankPage> blanks_;
};

UprightPage straightened(const GrayImage& picture) { return *deskew::deskew(picture, {}); }

Classification classify_page(const FormIndex& index, const UprightPage& page,
                             const std::vector<Code>& codes = {},
                             const std::vector<Word>* words = nullptr) {
  return classify::decide(index.score({&page, &codes, words}), {});
}

UprightPage scanned(const BlankPage& blank, unsigned pen,
                    const Scanned& how = {1.2, 1, 1, {3, -2}, {}, {}}) {
  return straightened(scan(filled_in(blank, pen), how));
}

Code code(const std::string& text, const Rect& box, double degrees = 0.0) {
  return {"qr", text, box, Degrees{degrees}};
}

TEST(FormIndex, knows_every_form_by_its_layout_alone) {
  const Shelf shelf(8);
  const FormIndex index = shelf.index();
  for (unsigned i = 0; i < 8; ++i) {
    const auto result = classify_page(index, scanned(shelf.blank(i), i));
    ASSERT_TRUE(result.form.has_value()) << i;
    EXPECT_EQ(result.form->form, "f" + std::to_string(i + 1));
    EXPECT_EQ(result.form->evidence, "layout");
    EXPECT_EQ(result.form->turn, QuarterTurn::none);
    ASSERT_TRUE(result.form->mm_to_upright.has_value());
  }
}

TEST(FormIndex, finds_the_quarter_turn_that_sets_the_page_upright) {
  const Shelf shelf(4);
  const FormIndex index = shelf.index();
  for (const auto turned : {QuarterTurn::right, QuarterTurn::half, QuarterTurn::left}) {
    const auto result =
        classify_page(index, scanned(shelf.blank(2), 5, {-0.8, 1, 1, {2, 2}, {}, turned}));
    ASSERT_TRUE(result.form.has_value());
    EXPECT_EQ(result.form->form, "f3");
    EXPECT_EQ(result.form->turn + turned, QuarterTurn::none);
  }
}

TEST(FormIndex, calls_foreign_pages_unknown) {
  const Shelf shelf(6);
  const FormIndex index = shelf.index();
  for (unsigned seed = 900; seed < 906; ++seed)
    EXPECT_FALSE(classify_page(index, scanned(drawn_form(seed), seed)).form.has_value()) << seed;
  for (const int level : {0, 255}) {
    UprightPage flat;
    flat.upright = {cv::Mat(2339, 1654, CV_8UC1, cv::Scalar(level)), Dpi{200}, true};
    EXPECT_TRUE(classify_page(index, flat).alternatives.empty());
  }
}

TEST(FormIndex, tells_two_versions_apart_that_differ_in_one_row) {
  Shelf shelf(3);
  FormDrawing changed(101);
  changed.finished();
  changed.words(130, 285, 45);
  changed.comb(120, 270, 8);
  shelf.add("f1", "2", changed.blank());
  const FormIndex index = shelf.index();
  for (const std::size_t which : {std::size_t{0}, std::size_t{3}}) {
    const auto result = classify_page(index, scanned(shelf.blank(which), 7));
    ASSERT_TRUE(result.form.has_value()) << which;
    EXPECT_EQ(result.form->form, "f1");
    EXPECT_EQ(result.form->version, which == 0 ? "1" : "2");
  }
}

TEST(FormIndex, does_not_choose_between_versions_that_print_the_same) {
  Shelf shelf(2);
  shelf.add("f1", "2", shelf.blank(0));
  const auto result = classify_page(shelf.index(), scanned(shelf.blank(0), 8));
  EXPECT_FALSE(result.form.has_value());
  ASSERT_GE(result.alternatives.size(), 2U);
  EXPECT_EQ(result.alternatives[0].form, "f1");
  EXPECT_EQ(result.alternatives[1].form, "f1");
}

TEST(FormIndex, lets_the_code_choose_between_versions_that_print_the_same) {
  Shelf shelf(2);
  shelf.add("f1", "2", shelf.blank(0));
  const UprightPage page = scanned(shelf.blank(0), 9, {});
  const Rect box{(180 + 5) * FormDrawing::ppm(), (8 + 5) * FormDrawing::ppm(), 110, 110};
  const auto result = classify_page(shelf.index(), page, {code("CODE;f1;2", box)});
  ASSERT_TRUE(result.form.has_value());
  EXPECT_EQ(result.form->version, "2");
  EXPECT_EQ(result.form->evidence, "code+layout");
}

TEST(FormIndex, takes_the_own_payload_of_a_form_without_declared_codes) {
  const Shelf shelf(3);
  const auto result = classify_page(shelf.index(), scanned(shelf.blank(1), 10),
                                    {code("PK1|f2|1|1/1", {1400, 100, 110, 110})});
  ASSERT_TRUE(result.form.has_value());
  EXPECT_EQ(result.form->form, "f2");
  EXPECT_EQ(result.form->evidence, "code+layout");
}

TEST(FormIndex, makes_a_conflict_of_a_code_on_another_forms_layout) {
  const Shelf shelf(3);
  const auto result = classify_page(shelf.index(), scanned(shelf.blank(0), 11),
                                    {code("CODE;f2;1", {1400, 100, 110, 110})});
  EXPECT_FALSE(result.form.has_value());
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].code, "form_conflict");
}

TEST(FormIndex, does_not_take_a_code_alone_for_the_form) {
  const Shelf shelf(3);
  const auto result = classify_page(shelf.index(), scanned(drawn_form(950), 12),
                                    {code("CODE;f2;1", {1400, 100, 110, 110})});
  EXPECT_FALSE(result.form.has_value());
  ASSERT_FALSE(result.alternatives.empty());
  EXPECT_EQ(result.alternatives[0].form, "f2");
  EXPECT_EQ(result.alternatives[0].evidence, "code");
}

TEST(FormIndex, does_not_take_a_version_it_does_not_have_for_one_that_it_has) {
  const Shelf shelf(3);
  const auto result = classify_page(shelf.index(), scanned(shelf.blank(0), 13),
                                    {code("PK1|f1|1999|1/1", {1400, 100, 110, 110})});
  EXPECT_FALSE(result.form.has_value());
}

TEST(FormIndex, takes_no_page_for_a_form_whose_code_has_another_text_there) {
  const Shelf shelf(3);
  const UprightPage page = scanned(shelf.blank(0), 13, {});
  const Rect box{(180 + 5) * FormDrawing::ppm(), (8 + 5) * FormDrawing::ppm(), 110, 110};
  const Rect elsewhere{box.x, box.y + 150 * FormDrawing::ppm(), 110, 110};
  EXPECT_FALSE(classify_page(shelf.index(), page, {code("CODE;f1;9", box)}).form.has_value());
  EXPECT_TRUE(classify_page(shelf.index(), page, {code("CODE;f1;9", elsewhere)}).form.has_value())
      << "a sticker";
  EXPECT_TRUE(classify_page(shelf.index(), page, {{"code128", "12", box, {}}}).form.has_value());
}

TEST(FormIndex, adds_the_title_to_the_evidence) {
  const Shelf shelf(3);
  const std::vector<Word> words{{"AANVRAAG", {}, 0.9, 0, 0}, {"vergunning", {}, 0.9, 0, 0}};
  const auto result = classify_page(shelf.index(), scanned(shelf.blank(0), 14), {}, &words);
  ASSERT_TRUE(result.form.has_value());
  EXPECT_EQ(result.form->evidence, "layout+title");
}

TEST(FormIndex, gives_the_same_answer_in_whatever_order_forms_are_given) {
  const Shelf shelf(4);
  FormIndex backwards;
  for (std::size_t i = 4; i-- > 0;) {
    forms::Form form;
    form.id = "f" + std::to_string(i + 1);
    form.version = "1";
    backwards.add({&form, 1, &shelf.blank(i)});
  }
  const UprightPage page = scanned(shelf.blank(1), 15);
  const auto a = classify_page(shelf.index(), page);
  const auto b = classify_page(backwards, page);
  ASSERT_TRUE(a.form && b.form);
  EXPECT_EQ(a.form->form, b.form->form);
  EXPECT_EQ(a.form->probability, b.form->probability);
}

TEST(FormIndex, is_silent_without_forms_or_without_pixels) {
  const std::vector<Code> none;
  const UprightPage empty;
  EXPECT_TRUE(FormIndex().score({&empty, &none, nullptr}).empty());
  EXPECT_TRUE(Shelf(1).index().score({&empty, &none, nullptr}).empty());
}

}  // namespace
}  // namespace postkamer::classifiers
