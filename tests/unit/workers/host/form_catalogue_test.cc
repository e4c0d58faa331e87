// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/form_catalogue.h"

#include <filesystem>

#include <gmock/gmock.h>

#include "pipeline/forms/load.h"
#include "workers/host/files.h"

namespace postkamer::host {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::filesystem::path kForms = std::filesystem::path(POSTKAMER_SOURCE_DIR) / "config/forms";

TEST(BlankWords, are_parsed_from_what_pdftotext_writes) {
  const auto pages = parse_bbox(
      "<doc>\n  <page width=\"595\" height=\"842\">\n"
      "    <word xMin=\"72.0\" yMin=\"144.0\" xMax=\"144.0\" yMax=\"158.4\">B&amp;W</word>\n"
      "    <word xMin=\"oops\" yMin=\"1\" xMax=\"2\" yMax=\"3\">no</word>\n  </page>\n"
      "  <page width=\"595\" height=\"842\">\n  </page>\n</doc>\n");
  ASSERT_THAT(pages, SizeIs(2));
  ASSERT_THAT(pages[0], SizeIs(1));
  EXPECT_EQ(pages[0][0].text, "B&W");
  EXPECT_NEAR(pages[0][0].box.x, 25.4, 1e-9);
  EXPECT_NEAR(pages[0][0].box.height, 5.08, 1e-9);
  EXPECT_THAT(pages[1], IsEmpty());
}

TEST(BlankWords, a_file_that_is_no_pdf_gives_a_reason) {
  const auto words = words_of_pdf(kForms / "verhuisaangifte/2026-01/form.toml");
  ASSERT_FALSE(words);
  EXPECT_EQ(words.error().reason, "words_missing");
}

TEST(FormCatalogue, a_form_says_the_same_printed_from_its_definition_and_as_a_pdf_beside_it) {
  const auto printed = FormCatalogue::load(kForms, FormCatalogue::Blanks::with_words);
  ASSERT_TRUE(printed) << printed.error().message;
  const CatalogueForm& form = printed->forms().front();
  ASSERT_THAT(form.words, SizeIs(form.form.pages.size()));

  const auto folder = std::filesystem::path(testing::TempDir()) / "pk-catalogue/form/1";
  std::filesystem::create_directories(folder);
  const auto pdf = forms::print_pdf(form.form, nullptr);
  ASSERT_TRUE(pdf);
  ASSERT_TRUE(write_file(folder / "blank.pdf", *pdf));
  const auto words = words_of_pdf(folder / "blank.pdf");
  ASSERT_TRUE(words) << words.error().message;
  ASSERT_THAT(*words, SizeIs(form.words.size()));
  const BlankWords& own = form.words.front();
  std::size_t found = 0;
  for (const auto& word : own)
    for (const auto& other : words->front())
      if (other.text == word.text && word.box.contains(other.box.centre())) {
        ++found;
        break;
      }
  EXPECT_GT(found, own.size() * 9 / 10) << "of " << own.size();
  std::filesystem::remove_all(folder.parent_path().parent_path());
}

}  // namespace
}  // namespace postkamer::host
