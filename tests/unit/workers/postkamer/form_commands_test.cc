// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/form_commands.h"

#include <unistd.h>

#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipeline/forms/draft.h"
#include "pipeline/forms/load.h"
#include "workers/host/files.h"
#include "workers/postkamer/exit_codes.h"

namespace postkamer {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const fs::path kForms = fs::path(POSTKAMER_SOURCE_DIR) / "config/forms";

class FormCommands : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        fs::temp_directory_path() / ("postkamer-form-commands-" + std::to_string(getpid()) + "-" +
                                     testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path written(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }

  fs::path folder_;
  std::ostringstream out_, err_;
};

TEST_F(FormCommands, check_finds_our_own_forms_fine) {
  EXPECT_EQ(form_check({kForms}, out_, err_), exit_code::kOk) << err_.str();
  for (const char* id :
       {"bezwaarschrift", "parkeervergunning", "sepa-machtiging", "verhuisaangifte"})
    EXPECT_THAT(out_.str(), HasSubstr(std::string("fine: ") + id + " 2026-01, "));
}

TEST_F(FormCommands, our_own_forms_are_written_as_the_canonical_writer_does) {
  for (const auto& entry : fs::recursive_directory_iterator(kForms)) {
    if (entry.path().filename() != "form.toml") continue;
    const auto toml = host::read_file(entry.path());
    ASSERT_TRUE(toml);
    const auto form = forms::load_form(text_of(*toml), entry.path().string());
    ASSERT_TRUE(form);
    EXPECT_EQ(forms::form_toml(*form), text_of(*toml)) << entry.path();
  }
}

TEST_F(FormCommands, check_tells_every_mistake_and_goes_on_with_the_next_form) {
  const fs::path spoiled = written("spoiled.toml", "id = \"x\"\nvresion = \"1\"\n");
  EXPECT_EQ(form_check({spoiled, kForms / "sepa-machtiging"}, out_, err_), exit_code::kConfig);
  EXPECT_THAT(err_.str(), HasSubstr(spoiled.string() + ":2:1: unknown key \"vresion\" in the form; "
                                                       "did you mean \"version\"?\n"));
  EXPECT_THAT(out_.str(), HasSubstr("fine: sepa-machtiging"));
}

TEST_F(FormCommands, check_of_a_folder_without_forms_finds_nothing) {
  EXPECT_EQ(form_check({folder_}, out_, err_), exit_code::kNotFound);
  EXPECT_THAT(err_.str(), HasSubstr("no form.toml"));
}

TEST_F(FormCommands, check_misses_a_blank_that_is_not_there) {
  const auto toml = host::read_file(kForms / "sepa-machtiging/2026-01/form.toml");
  ASSERT_TRUE(toml);
  std::string text(text_of(*toml));
  text.replace(text.find("[[pages]]\n"), 10, "[[pages]]\nblank = \"blank-1.png\"\n");
  EXPECT_EQ(form_check({written("form.toml", text)}, out_, err_), exit_code::kConfig);
  EXPECT_THAT(err_.str(), HasSubstr("page 1 has the blank \"blank-1.png\", but no such file"));
}

TEST_F(FormCommands, print_writes_a_pdf_and_values_change_it) {
  const fs::path form = kForms / "parkeervergunning/2026-01";
  const fs::path values =
      written("values.json",
              R"({"kenteken": "AB-12-CD", "leaseauto": true, "soortVergunning": "bedrijf"})");
  ASSERT_EQ(form_print(form, folder_ / "blank.pdf", {}, err_), exit_code::kOk) << err_.str();
  ASSERT_EQ(form_print(form, folder_ / "filled.pdf", values, err_), exit_code::kOk) << err_.str();
  const auto blank = host::read_file(folder_ / "blank.pdf");
  const auto filled = host::read_file(folder_ / "filled.pdf");
  ASSERT_TRUE(blank && filled);
  EXPECT_TRUE(text_of(*blank).starts_with("%PDF-"));
  EXPECT_NE(*blank, *filled);
}

TEST_F(FormCommands, print_refuses_values_that_the_form_cannot_take) {
  const fs::path values = written(
      "values.json", R"({"kentekn": "AB-12-CD", "leaseauto": "ja", "soortVergunning": "taxi"})");
  EXPECT_EQ(form_print(kForms / "parkeervergunning", folder_ / "x.pdf", values, err_),
            exit_code::kConfig);
  EXPECT_EQ(err_.str(),
            "form parkeervergunning has no field \"kentekn\"\n"
            "field \"leaseauto\" needs true or false\n"
            "field \"soortVergunning\" needs one of bewoner, bedrijf, mantelzorg, bezoek\n");
  EXPECT_FALSE(fs::exists(folder_ / "x.pdf"));
}

TEST_F(FormCommands, print_wants_one_form) {
  EXPECT_EQ(form_print(kForms, folder_ / "x.pdf", {}, err_), exit_code::kConfig);
  EXPECT_THAT(err_.str(), HasSubstr("holds 4 forms; name one form.toml"));
}

TEST_F(FormCommands, draft_of_a_printed_form_finds_its_fields_and_loads) {
  ASSERT_EQ(form_print(kForms / "verhuisaangifte", folder_ / "Mijn formulier.pdf", {}, err_), 0);
  ASSERT_EQ(form_draft(folder_ / "Mijn formulier.pdf", folder_ / "draft/form.toml", err_), 0)
      << err_.str();
  const auto toml = host::read_file(folder_ / "draft/form.toml");
  ASSERT_TRUE(toml);
  const auto form = forms::load_form(text_of(*toml), "form.toml");
  ASSERT_TRUE(form) << err_.str();
  EXPECT_EQ(form->id, "mijn-formulier");
  EXPECT_EQ(form->pages.size(), 2u);
  EXPECT_GT(form->fields.size(), 44u);
  ASSERT_EQ(form->pages[1].codes.size(), 1u);
  EXPECT_EQ(form->pages[1].codes[0].text, "PK1|verhuisaangifte|2026-01|2/2");
  EXPECT_EQ(form_check({folder_ / "draft"}, out_, err_), exit_code::kOk) << err_.str();
}

TEST_F(FormCommands, draft_says_why_a_file_gives_no_blank) {
  EXPECT_EQ(form_draft(written("not.pdf", "hello"), folder_ / "form.toml", err_),
            exit_code::kFailed);
  EXPECT_FALSE(err_.str().empty());
}

TEST_F(FormCommands, import_makes_a_folder_that_check_finds_fine) {
  ASSERT_EQ(form_print(kForms / "verhuisaangifte", folder_ / "leeg.pdf", {}, err_), 0);
  const fs::path layout = written("layout.json", R"({
    "form": "verhuizing", "version": "1", "title": "Verhuizing", "organisation": "Gemeente Testdam",
    "page_size_mm": [210, 297], "pages": 2, "barcodes": [],
    "fields": [{"name": "naam", "label": "Naam", "type": "text", "page": 2,
                "box_mm": [20, 40, 80, 7]}]})");
  ASSERT_EQ(form_import(layout, folder_ / "leeg.pdf", folder_ / "form", err_), exit_code::kOk)
      << err_.str();
  EXPECT_TRUE(fs::exists(folder_ / "form/blank.pdf"));
  EXPECT_TRUE(fs::exists(folder_ / "form/blank-2.jpg"));
  EXPECT_EQ(form_check({folder_ / "form"}, out_, err_), exit_code::kOk) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("fine: verhuizing 1, 2 pages, 1 field, 0 rules"));
}

TEST_F(FormCommands, import_writes_nothing_when_layout_and_blank_do_not_fit) {
  ASSERT_EQ(form_print(kForms / "parkeervergunning", folder_ / "leeg.pdf", {}, err_), 0);
  const fs::path layout = written("layout.json", R"({
    "form": "x", "version": "1", "pages": 2, "fields": [
      {"name": "naam", "type": "text", "page": 1, "box_mm": [20, 40, 80, 7]}]})");
  EXPECT_EQ(form_import(layout, folder_ / "leeg.pdf", folder_ / "form", err_), exit_code::kConfig);
  EXPECT_THAT(err_.str(), HasSubstr("the blank has 1 pages, the layout 2"));
  EXPECT_FALSE(fs::exists(folder_ / "form"));
}

TEST_F(FormCommands, import_tells_mistakes_of_the_layout) {
  const fs::path layout = written("layout.json", "{\"form\": 3}");
  EXPECT_EQ(form_import(layout, folder_ / "leeg.pdf", folder_ / "form", err_), exit_code::kConfig);
  EXPECT_THAT(err_.str(), HasSubstr("form needs to be a text, is 3\n"));
  EXPECT_THAT(err_.str(), HasSubstr("version is missing"));
}

}  // namespace
}  // namespace postkamer
