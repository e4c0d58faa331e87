// SPDX-License-Identifier: EUPL-1.2
#include "tests/system/look_alikes.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <set>
#include <tuple>

#include <gtest/gtest.h>

#include "pipeline/forms/load.h"
#include "pipeline/forms/print.h"
#include "tests/support/fill_form.h"
#include "tests/support/truth.h"
#include "tests/system/harness.h"

namespace postkamer::test {
namespace {

using forms::Form;

constexpr double kDpi = 300.0;
constexpr double kMovedMm = 6.0;
constexpr std::uint64_t kSeed = 20261127;

std::vector<Form> one_page_forms() {
  std::set<std::filesystem::path> files;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(POSTKAMER_SOURCE_DIR "/config/forms"))
    if (entry.path().filename() == "form.toml") files.insert(entry.path());
  std::vector<Form> all;
  for (const auto& file : files) {
    auto form = forms::load_form(read_text(file), file.string());
    if (form && form->pages.size() == 1) all.push_back(std::move(*form));
  }
  EXPECT_FALSE(all.empty());
  return all;
}

void replace_all(std::string& text, const std::string& what, const std::string& with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size())
    text.replace(at, what.size(), with);
}

// Everywhere on the page, its code included.
void reword(Form& form, const std::string& what, const std::string& with) {
  for (forms::FormPage& page : form.pages) {
    for (forms::Decoration& decoration : page.decorations)
      replace_all(decoration.text.nl, what, with);
    for (forms::PageCode& code : page.codes) replace_all(code.text, what, with);
  }
}

// Fields of one shape take each other's places, labels and all: every box stands where ours
// stands, and asks for something else.
void exchange_rows(Form& form) {
  std::map<std::tuple<std::size_t, std::size_t, long, long>, std::vector<forms::Field*>> alike;
  for (forms::Field& field : form.fields)
    if (!field.office && field.options.empty())
      alike[{field.cells.size(), static_cast<std::size_t>(field.lines),
             std::lround(field.box.width), std::lround(field.box.height)}]
          .push_back(&field);
  for (auto& [shape, fields] : alike)
    for (std::size_t i = 1; i < fields.size(); ++i) {
      std::swap(fields[i - 1]->box, fields[i]->box);
      std::swap(fields[i - 1]->cells, fields[i]->cells);
      std::swap(fields[i - 1]->label_box, fields[i]->label_box);
    }
}

// What stands on the lower half stood a little lower then.
void move_lower_half(Form& form) {
  const double middle = form.pages.front().height / 2;
  const auto move = [&](Rect& box) {
    if (box.y > middle) box.y += kMovedMm;
  };
  for (forms::Decoration& decoration : form.pages.front().decorations)
    if (decoration.box.y < form.pages.front().height - 20) move(decoration.box);
  for (forms::Field& field : form.fields) {
    const bool is_lower = field.box.y > middle;
    if (!is_lower) continue;
    if (field.label_box.height > 0) field.label_box.y += kMovedMm;
    for (Rect& cell : field.cells) cell.y += kMovedMm;
    for (forms::Option& option : field.options) option.box.y += kMovedMm;
    field.box.y += kMovedMm;
  }
}

Form of_another_municipality(Form form) {
  reword(form, "Waterdam", "Rivierstad");
  reword(form, "waterdam", "rivierstad");
  reword(form, "PK1|", "RS7|");
  exchange_rows(form);
  return form;
}

Form older(Form form) {
  reword(form, form.version, "2019-03");
  move_lower_half(form);
  return form;
}

LookAlike filled(const std::string& name, const Form& form) {
  support::Random random(support::seed_for(kSeed, name));
  const support::FilledForm filling = support::fill_form(form, {}, random);
  forms::Filling typed;
  typed.values = filling.written;
  typed.ink = "#1c1c1c";
  typed.seed = 0;
  const auto page = forms::print_page(form, 1, Dpi{kDpi}, &typed);
  EXPECT_TRUE(page) << name;
  support::FileTruth truth;
  truth.documents.push_back({form.id, form.version, {}, filling.truth, false, {}, {}});
  return {name, page ? page->pixels : cv::Mat(), nlohmann::json::parse(support::truth_json(truth))};
}

}  // namespace

std::vector<LookAlike> look_alikes() {
  std::vector<LookAlike> all;
  for (const Form& ours : one_page_forms())
    for (const bool is_coded : {true, false}) {
      Form foreign = of_another_municipality(ours);
      Form old = older(ours);
      if (!is_coded) foreign.pages.front().codes.clear();
      if (!is_coded) old.pages.front().codes.clear();
      const std::string which = (is_coded ? "-coded-" : "-bare-") + ours.id;
      all.push_back(filled("foreign" + which, foreign));
      all.push_back(filled("old" + which, old));
    }
  return all;
}

}  // namespace postkamer::test
