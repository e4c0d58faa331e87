// SPDX-License-Identifier: EUPL-1.2
//
// The recipe, told step by step.
#include "pipeline/flow/flow.h"

#include <random>
#include <set>
#include <utility>

#include <gmock/gmock.h>

namespace postkamer::flow {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Step run(JobKind job, int page = -1) { return {Step::Act::run, job, page, 0}; }
Step decode_from(int first_page) { return {Step::Act::run, JobKind::decode, -1, first_page}; }
const Step kSplit{Step::Act::split, {}, -1, 0};
const Step kSettled{Step::Act::settled, {}, -1, 0};

PageFacts known_page() {
  PageFacts page;
  page.deskewed = page.classified = page.known_form = true;
  return page;
}
PageFacts unknown_page() {
  PageFacts page;
  page.deskewed = page.classified = true;
  return page;
}

TEST(Recipe, a_new_scan_is_decoded_from_its_first_page) {
  EXPECT_THAT(next(ScanFacts{}), ElementsAre(decode_from(0)));
}

TEST(Recipe, pages_go_on_while_the_rest_is_still_being_decoded) {
  ScanFacts scan;
  scan.page_count = 40;
  scan.pages_decoded = 16;
  scan.pages.resize(16);
  const auto steps = next(scan);
  EXPECT_EQ(steps.front(), decode_from(16));
  EXPECT_EQ(steps.size(), 17u);
  EXPECT_EQ(steps[1], run(JobKind::deskew, 0));
}

TEST(Recipe, a_page_is_straightened_then_classified) {
  ScanFacts scan;
  scan.page_count = scan.pages_decoded = 1;
  scan.pages.resize(1);
  EXPECT_THAT(next(scan), ElementsAre(run(JobKind::deskew, 0)));
  scan.pages[0].deskewed = true;
  EXPECT_THAT(next(scan), ElementsAre(run(JobKind::classify, 0)));
  scan.pages[0].classified = true;
  EXPECT_THAT(next(scan), ElementsAre(kSplit));
}

TEST(Recipe, blanks_separators_and_quarantined_pages_are_left_in_peace) {
  ScanFacts scan;
  scan.page_count = scan.pages_decoded = 4;
  scan.pages.resize(4);
  scan.pages[0].kind = PageKind::separator;
  scan.pages[1].kind = PageKind::blank;
  scan.pages[2].quarantined = true;
  EXPECT_THAT(next(scan), ElementsAre(run(JobKind::deskew, 3)));
  scan.pages[3].quarantined = true;
  EXPECT_THAT(next(scan), ElementsAre(kSplit));
}

TEST(Recipe, a_scan_without_pages_is_split_into_no_documents) {
  ScanFacts scan;
  scan.page_count = 0;
  EXPECT_THAT(next(scan), ElementsAre(kSplit));
}

TEST(Recipe, a_split_or_rejected_scan_is_settled) {
  ScanFacts scan;
  scan.rejected = true;
  EXPECT_THAT(next(scan), ElementsAre(kSettled));
  scan.rejected = false;
  scan.split = true;
  EXPECT_THAT(next(scan), ElementsAre(kSettled));
}

TEST(Recipe, a_page_of_a_known_form_is_extracted_and_never_read_in_full) {
  DocumentFacts document;
  document.pages = {known_page(), known_page()};
  EXPECT_THAT(next(document), ElementsAre(run(JobKind::extract, 0), run(JobKind::extract, 1)));
  document.pages[0].extracted = document.pages[1].extracted = true;
  EXPECT_THAT(next(document), ElementsAre(run(JobKind::assemble)));
  document.assembled = true;
  EXPECT_THAT(next(document), ElementsAre(run(JobKind::archive)));
  document.archived = true;
  EXPECT_THAT(next(document), ElementsAre(kSettled));
}

TEST(Recipe, an_unknown_page_is_read_as_text_before_its_record_is_made) {
  DocumentFacts document;
  document.pages = {unknown_page()};
  EXPECT_THAT(next(document), ElementsAre(run(JobKind::ocr, 0)));
  document.pages[0].recognised = true;
  EXPECT_THAT(next(document), ElementsAre(run(JobKind::assemble)));
  document.assembled = true;
  EXPECT_THAT(next(document), ElementsAre(run(JobKind::archive)));
}

TEST(Recipe, a_quarantined_page_holds_nobody_up) {
  DocumentFacts document;
  document.pages = {known_page(), known_page()};
  document.pages[0].extracted = true;
  document.pages[1].quarantined = true;
  EXPECT_THAT(next(document), ElementsAre(run(JobKind::assemble)));
  document.assembled = true;
  EXPECT_THAT(next(document), ElementsAre(run(JobKind::archive)));
}

TEST(Recipe, a_page_that_was_put_back_is_set_upright_and_read_before_the_copy_is_made_again) {
  DocumentFacts document;
  document.assembled = true;  // and its copy is due
  document.pages = {known_page(), PageFacts{}};
  document.pages[0].extracted = true;
  EXPECT_THAT(next(document), ElementsAre(run(JobKind::deskew, 1)));
  document.pages[1].deskewed = true;
  EXPECT_THAT(next(document), ElementsAre(run(JobKind::ocr, 1)));
  document.pages[1].recognised = true;
  EXPECT_THAT(next(document), ElementsAre(run(JobKind::archive)));
}

TEST(Recipe, pages_of_a_form_and_others_are_each_read_their_way_before_the_record_is_made) {
  DocumentFacts document;
  document.pages = {known_page(), unknown_page()};
  EXPECT_THAT(next(document), ElementsAre(run(JobKind::extract, 0), run(JobKind::ocr, 1)));
  document.pages[0].extracted = true;
  EXPECT_THAT(next(document), ElementsAre(run(JobKind::ocr, 1)));
  document.pages[1].recognised = true;
  EXPECT_THAT(next(document), ElementsAre(run(JobKind::assemble)));
}

TEST(Recipe, a_page_whose_form_was_refuted_is_read_in_full) {
  DocumentFacts document;
  document.pages = {known_page()};
  document.pages[0].known_form = false;
  EXPECT_THAT(next(document), ElementsAre(run(JobKind::ocr, 0)));
}

TEST(Recipe, asking_twice_gives_the_same_steps) {
  std::mt19937 random(1);
  const auto coin = [&] { return random() % 2 == 0; };
  for (int i = 0; i < 500; ++i) {
    DocumentFacts document;
    document.pages.resize(1 + random() % 4);
    for (PageFacts& page : document.pages)
      page = {static_cast<PageKind>(random() % 3), coin(), coin(), coin(), coin(), coin(), coin()};
    document.assembled = coin();
    document.archived = coin();
    EXPECT_EQ(next(document), next(std::as_const(document)));
  }
}

// Does what a step asks for.
void apply(const Step& step, ScanFacts& scan, int chunk) {
  if (step.act == Step::Act::split) {
    scan.split = true;
    return;
  }
  if (step.job == JobKind::decode) {
    scan.page_count = static_cast<int>(scan.pages.capacity());
    scan.pages_decoded = std::min(scan.page_count, step.first_page + chunk);
    scan.pages.resize(static_cast<std::size_t>(scan.pages_decoded));
    return;
  }
  PageFacts& page = scan.pages[static_cast<std::size_t>(step.page)];
  (step.job == JobKind::deskew ? page.deskewed : page.classified) = true;
}

TEST(Recipe, every_scan_comes_to_an_end_in_whatever_order_its_steps_are_done) {
  std::mt19937 random(2);
  for (int i = 0; i < 100; ++i) {
    ScanFacts scan;
    scan.pages.reserve(1 + random() % 30);
    int asked = 0;
    for (auto steps = next(scan); steps.front() != kSettled; steps = next(scan)) {
      ASSERT_THAT(steps, ::testing::Not(IsEmpty()));
      ASSERT_LT(++asked, 1000);
      apply(steps[random() % steps.size()], scan, 7);
    }
    for (const PageFacts& page : scan.pages) EXPECT_TRUE(page.classified);
  }
}

TEST(JobKind, has_a_name_that_leads_back_to_it) {
  std::set<std::string_view> names;
  for (const JobKind kind : {JobKind::decode, JobKind::deskew, JobKind::classify, JobKind::extract,
                             JobKind::assemble, JobKind::ocr, JobKind::archive}) {
    EXPECT_EQ(job_kind_named(name_of(kind)), kind);
    names.insert(name_of(kind));
  }
  EXPECT_EQ(names.size(), 7u);
  EXPECT_EQ(job_kind_named("shred"), std::nullopt);
}

}  // namespace
}  // namespace postkamer::flow
