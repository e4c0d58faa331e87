// SPDX-License-Identifier: EUPL-1.2
#include <random>

#include <gtest/gtest.h>

#include "pipeline/forms/comb.h"
#include "pipeline/forms/draft.h"
#include "pipeline/forms/load.h"
#include "tests/unit/pipeline/forms/sample_form.h"

namespace postkamer::forms {
namespace {

Form without_hash(Form form) {
  form.sha256.clear();
  return form;
}

TEST(FormToml, a_written_form_loads_back_equal) {
  const Form form = load_form(samples::kSound, "form.toml").value();
  const auto again = load_form(form_toml(form), "again.toml");
  ASSERT_TRUE(again) << text_of(again.error().front());
  EXPECT_EQ(without_hash(*again), without_hash(form));
}

TEST(FormToml, writes_millimetres_with_one_decimal_and_combs_short) {
  const std::string toml = form_toml(load_form(samples::kSound, "form.toml").value());
  EXPECT_NE(toml.find("box = [18.0, 60.0, 46.8, 6.5]\ncells = 8\ngroups = [2, 2, 4]\ngap = 2.6\n"),
            std::string::npos);
  EXPECT_NE(toml.find("title = { nl = \"Proefformulier\", en = \"Test form\" }\n"),
            std::string::npos);
}

TEST(FormToml, writes_the_same_text_whatever_it_was_loaded_from) {
  const std::string once = form_toml(load_form(samples::kSound, "form.toml").value());
  EXPECT_EQ(form_toml(load_form(once, "form.toml").value()), once);
}

// Forms with any mix of keys; numbers are tenths of a millimetre, as a canonical form has them.
class Forms {
 public:
  explicit Forms(unsigned seed) : random_(seed) {}

  Form next() {
    Form form;
    form.id = "proef-" + std::to_string(below(99));
    form.version = "2026." + std::to_string(below(9));
    form.title = local();
    form.organisation = "Gemeente " + text();
    if (coin()) form.twin = {text(), "0c9b1f46-8d23-4f7e-b6a5-2e71c4d90a13"};
    for (int i = 0, n = 1 + below(3); i < n; ++i) form.pages.push_back(page(i + 1));
    double y = 20;
    for (int i = 0, n = 1 + below(12); i < n; ++i, y += 20)
      form.fields.push_back(field(i, y, form));
    if (coin()) form.rules.push_back(rule(form));
    return form;
  }

 private:
  int below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  bool coin() { return below(2) == 1; }
  double tenths(int from, int to) { return (from + below(to - from)) / 10.0; }
  std::string text() {
    static const char* const kTexts[] = {
        "Één", "a \"quoted\" word", "back\\slash", "two\nlines", "tab\t", "€ 5",
        "x",   "#no comment"};
    return kTexts[below(8)];
  }
  LocalText local() { return {text(), coin() ? text() : ""}; }

  FormPage page(int number) {
    FormPage made;
    made.number = number;
    if (coin()) made.title = text();
    if (coin()) made.title_box = {tenths(100, 300), 20.5, 100, tenths(50, 90)};
    if (coin()) made.blank = "blank-" + std::to_string(number) + ".png";
    if (coin()) made.codes.push_back({"qr", "PK" + std::to_string(number), {170, 10, 18.5, 18.5}});
    if (coin())
      made.decorations.push_back({"heading", local(), {10, 10.1, 50, 8}, tenths(60, 200)});
    return made;
  }

  Field field(int index, double y, const Form& form) {
    Field made;
    made.name = "veld" + std::to_string(index);
    made.label = local();
    made.page = 1 + below(static_cast<int>(form.pages.size()));
    made.box = {tenths(100, 400), y, tenths(900, 1200), tenths(50, 90)};
    if (coin()) made.label_box = {5, y, tenths(30, 50), 5};
    if (coin()) made.max_error = 0.001;
    if (coin()) made.verify = Verify::always;
    switch (below(5)) {
      case 0:
        made.type = FieldType::alphanumeric;
        made.cells = comb_cells(made.box, {9, {}, 2.6});
        break;
      case 1:
        made.type = FieldType::capitals;
        made.cells = comb_cells(made.box, {7, {3, 4}, 3.1});
        break;
      case 2:
        made.type = FieldType::digits;
        made.cells = {{made.box.x, y, 5.3, 5}, {made.box.x + 20, y, 9.1, 4.5}};
        break;
      case 3:
        made.type = FieldType::choices;
        made.options = {{"a", local(), {made.box.x, y, 4, 4}},
                        {"b", local(), {made.box.x + 20, y, 4, 4}}};
        break;
      default:
        made.lines = 1 + below(4);
        made.pattern = "^[a-z\\\\]+$";
        break;
    }
    (coin() ? made.required : made.office) = coin();
    return made;
  }

  Rule rule(const Form& form) {
    const std::string name = form.fields.front().name;
    Rule made{"a_code", "one_of", "", {name, name}, "", "", 0.0, local()};
    if (coin()) made = {"b_code", "required_when", name, {}, name, "a", 0.0, local()};
    return made;
  }

  std::mt19937 random_;
};

TEST(FormToml, any_form_loads_back_equal) {
  Forms forms(7);
  for (int i = 0; i < 200; ++i) {
    Form form = forms.next();
    // What the rule asks of the field's options is not what is tried here.
    if (!form.rules.empty() && !form.fields.front().options.empty()) form.rules.clear();
    const std::string toml = form_toml(form);
    const auto again = load_form(toml, "form.toml");
    ASSERT_TRUE(again) << text_of(again.error().front()) << '\n' << toml;
    EXPECT_EQ(without_hash(*again), form) << toml;
    EXPECT_EQ(form_toml(*again), toml);
  }
}

}  // namespace
}  // namespace postkamer::forms
