// SPDX-License-Identifier: EUPL-1.2
#include "workers/extract/assemble.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

#include <numbers>

#include <gtest/gtest.h>

namespace postkamer::workers {
namespace {

const host::FormCatalogue& shipped_forms() {
  static const auto forms =
      host::FormCatalogue::load(std::filesystem::path(POSTKAMER_SOURCE_DIR) / "config" / "forms",
                                host::FormCatalogue::Blanks::no);
  return *forms;
}

AssembleInput input_of(std::vector<AssemblePage> pages) {
  AssembleInput input;
  input.document = "PK-20261102B1-0001-01";
  input.batch = "20261102B1";
  input.date_of_receipt = "2026-11-02";
  input.pages = std::move(pages);
  return input;
}

AssemblePage page_of(const std::string& form, int number) {
  AssemblePage page;
  page.scan = "S1";
  page.file = "scan.tif";
  page.classification.form =
      FormCandidate{form, "2026-01", number, QuarterTurn::half, 0.99, "code", {}};
  page.registration = extract::Registration{};
  return page;
}

bool has(const Record& record, const std::string& code) {
  return std::ranges::find(record.findings, code, &Finding::code) != record.findings.end();
}

TEST(Assemble, an_unknown_document_keeps_its_words_and_waits_for_a_person) {
  AssemblePage page;
  page.words.words = {{"Kenmerk", {0, 0, 80, 20}, 0.9, 0, 0},
                      {"onbekend", {90, 0, 80, 20}, 0.9, 0, 0}};
  const Record record = assemble(input_of({page}), shipped_forms());
  EXPECT_TRUE(record.form.empty());
  EXPECT_EQ(record.full_text, "Kenmerk onbekend");
  EXPECT_TRUE(has(record, "form_unknown"));
  EXPECT_EQ(record.status, RecordStatus::review);
}

TEST(Assemble, a_known_form_has_all_its_fields_and_its_pages_places) {
  const Record record = assemble(input_of({page_of("parkeervergunning", 1)}), shipped_forms());
  const auto* entry = shipped_forms().find("parkeervergunning", "2026-01");
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(record.form, "parkeervergunning");
  EXPECT_EQ(record.fields.size(), entry->form.fields.size());
  EXPECT_EQ(record.provenance.form_sha256, entry->form.sha256);
  ASSERT_EQ(record.pages.size(), 1u);
  EXPECT_EQ(record.pages[0].form_page, 1);
  EXPECT_EQ(record.pages[0].turn, QuarterTurn::half);
  EXPECT_EQ(record.pages[0].mm_to_px.size(), 9u);
  EXPECT_FALSE(has(record, "page_missing"));
}

TEST(Assemble, a_registered_page_lay_as_its_form_lies) {
  AssemblePage page = page_of("parkeervergunning", 1);
  page.upright.skew = {0.7};
  page.registration->mm_to_original = Transform::rotation((180.0 + 2.0) * std::numbers::pi / 180.0);
  const Record record = assemble(input_of({page}), shipped_forms());
  EXPECT_NEAR(record.pages.at(0).skew.value, 2.0, 1e-9);
}

TEST(Assemble, a_form_of_which_a_page_is_missing_says_so) {
  const Record record = assemble(input_of({page_of("verhuisaangifte", 2)}), shipped_forms());
  EXPECT_TRUE(has(record, "page_missing"));
  EXPECT_EQ(record.status, RecordStatus::review);
}

TEST(Assemble, a_quarantined_page_is_told_with_its_number) {
  AssemblePage lost;
  lost.quarantined = true;
  const Record record = assemble(input_of({page_of("verhuisaangifte", 1), lost}), shipped_forms());
  const auto found = std::ranges::find(record.findings, "page_quarantined", &Finding::code);
  ASSERT_NE(found, record.findings.end());
  EXPECT_EQ(found->page, 2);
}

TEST(Assemble, a_form_that_is_not_loaded_is_unknown) {
  const Record record = assemble(input_of({page_of("another-form", 1)}), shipped_forms());
  EXPECT_TRUE(has(record, "form_unknown"));
}

// A folder with one taught form of eight headings, gone when the test ends.
class TaughtFolder {
 public:
  TaughtFolder() {
    std::filesystem::create_directories(folder_ / "1");
    std::ofstream file(folder_ / "1" / "taught.json");
    file << R"({"format": "postkamer taught form 1", "id": "hond", "version": "1", "title": "Hond",
      "runs": [)";
    for (std::size_t i = 0; i < kLines.size(); ++i)
      file << (i == 0 ? "" : ",") << R"({"letters": ")" << kLines[i]
           << R"(", "words": 1, "x": 0, "y": )" << 10 * i << R"(, "height": 3, "samples": 3})";
    file << R"(], "samples": [[0,1,2,3,4,5,6,7]]})";
  }
  ~TaughtFolder() { std::filesystem::remove_all(folder_); }
  TaughtFolder(const TaughtFolder&) = delete;
  TaughtFolder& operator=(const TaughtFolder&) = delete;

  static AssemblePage page() {
    AssemblePage page;
    for (std::size_t i = 0; i < kLines.size(); ++i)
      page.words.words.push_back(
          {kLines[i], {0, 118.0 * static_cast<double>(i), 300, 35}, 0.9, 0, static_cast<int>(i)});
    return page;
  }
  [[nodiscard]] const std::filesystem::path& path() const { return folder_; }

 private:
  static inline const std::array<const char*, 8> kLines{
      "hondenbelasting",  "aanmeldingsformulier", "rasvandehond",  "naamvandehouder",
      "datumvanaanschaf", "aantalgehoudenhonden", "ondertekening", "verklaringvandehouder"};
  std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / "assemble_test_taught_form";
};

TEST(Assemble, a_taught_form_goes_as_its_type_with_its_text_and_without_fields) {
  const TaughtFolder folder;
  const auto forms = host::FormCatalogue::load(folder.path(), host::FormCatalogue::Blanks::yes);
  ASSERT_TRUE(forms) << forms.error().message;
  AssemblePage second;
  second.words.words = {{"bijlage", {0, 0, 80, 20}, 0.9, 0, 0}};
  const Record record = assemble(input_of({TaughtFolder::page(), second}), *forms);
  EXPECT_EQ(record.form, "hond");
  EXPECT_EQ(record.form_version, "1");
  EXPECT_GT(record.form_probability, 0.9);
  EXPECT_LT(record.form_probability, 1.0);
  EXPECT_FALSE(record.provenance.form_sha256.empty());
  EXPECT_TRUE(record.fields.empty());
  EXPECT_NE(record.full_text.find("hondenbelasting"), std::string::npos);
  EXPECT_NE(record.full_text.find("bijlage"), std::string::npos);
  EXPECT_FALSE(has(record, "form_unknown"));
  EXPECT_EQ(record.status, RecordStatus::ready);
}

TEST(Assemble, a_taught_form_behind_a_letter_stays_unknown) {
  const TaughtFolder folder;
  const auto forms = host::FormCatalogue::load(folder.path(), host::FormCatalogue::Blanks::no);
  ASSERT_TRUE(forms);
  AssemblePage letter;
  letter.words.words = {{"Geachte", {0, 0, 80, 20}, 0.9, 0, 0}};
  const Record record = assemble(input_of({letter, TaughtFolder::page()}), *forms);
  EXPECT_TRUE(record.form.empty());
  EXPECT_TRUE(has(record, "form_unknown"));
}

}  // namespace
}  // namespace postkamer::workers
