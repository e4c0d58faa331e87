// SPDX-License-Identifier: EUPL-1.2
#include "workers/journal/ledger.h"

#include <gtest/gtest.h>

namespace postkamer::journal {
namespace {

// One file of three pages: content, blank, separator; one document, published and archived.
BatchContents balanced_batch() {
  BatchContents contents;
  contents.batch.name = "20261123B1";
  ScanRow scan;
  scan.id = 1;
  scan.state = ScanState::split;
  scan.page_count = 3;
  contents.scans = {scan};
  for (const PageKind kind : {PageKind::content, PageKind::blank, PageKind::separator}) {
    PageRow page;
    page.scan = 1;
    page.index = static_cast<int>(contents.pages.size());
    page.kind = kind;
    page.document = kind == PageKind::content ? 1 : 0;
    contents.pages.push_back(page);
  }
  DocumentRow document;
  document.id = 1;
  document.name = "PK-1";
  document.state = DocumentState::published;
  document.archived = true;
  document.pdf_sha256 = "x";
  contents.documents = {document};
  return contents;
}

std::string missing_in(const BatchContents& contents) {
  const Ledger ledger = ledger_of(contents);
  if (ledger.balanced) return "balanced";
  return ledger.missing.front().what + " " + ledger.missing.front().subject;
}

TEST(Ledger, counts_every_sheet_once) {
  const Ledger ledger = ledger_of(balanced_batch());
  EXPECT_TRUE(ledger.balanced);
  EXPECT_EQ(ledger.files, 1);
  EXPECT_EQ(ledger.files_read, 1);
  EXPECT_EQ(ledger.pages, 3);
  EXPECT_EQ(ledger.pages_in_documents, 1);
  EXPECT_EQ(ledger.blanks, 1);
  EXPECT_EQ(ledger.separators, 1);
  EXPECT_EQ(ledger.documents, 1);
}

TEST(Ledger, says_which_page_is_missing) {
  auto contents = balanced_batch();
  contents.pages.pop_back();
  EXPECT_EQ(missing_in(contents), "page S1/3");
  contents = balanced_batch();
  contents.pages[0].document = 0;
  EXPECT_EQ(missing_in(contents), "page S1/1");
  contents = balanced_batch();
  contents.pages[0].document = 99;
  EXPECT_EQ(missing_in(contents), "page S1/1");
}

TEST(Ledger, misses_a_file_that_came_and_is_gone) {
  auto contents = balanced_batch();
  contents.batch.scans = 1;
  EXPECT_EQ(missing_in(contents), "balanced");
  contents.batch.scans = 2;
  EXPECT_EQ(missing_in(contents), "file 20261123B1");
}

TEST(Ledger, does_not_miss_the_numbers_that_a_start_from_a_backup_left_out) {
  auto contents = balanced_batch();
  contents.batch.scans = 1 + static_cast<int>(kNumbersLeftOut);
  EXPECT_EQ(missing_in(contents), "balanced");
  ++contents.batch.scans;
  EXPECT_EQ(missing_in(contents), "file 20261123B1");
}

TEST(Ledger, says_that_a_file_has_more_pages_than_it_should) {
  auto contents = balanced_batch();
  contents.scans[0].page_count = 2;
  EXPECT_EQ(missing_in(contents), "page S1");
}

TEST(Ledger, says_which_file_or_document_is_not_done) {
  auto contents = balanced_batch();
  contents.scans[0].state = ScanState::decoding;
  EXPECT_EQ(missing_in(contents), "file S1");
  contents = balanced_batch();
  contents.documents[0].state = DocumentState::reading;
  EXPECT_EQ(missing_in(contents), "document PK-1");
  contents = balanced_batch();
  contents.documents[0].archived = false;
  EXPECT_EQ(missing_in(contents), "document PK-1");
}

TEST(Ledger, a_rejected_file_takes_its_pages_with_it) {
  auto contents = balanced_batch();
  ScanRow rejected;
  rejected.id = 2;
  rejected.state = ScanState::rejected;
  rejected.page_count = 40;
  contents.scans.push_back(rejected);
  PageRow page;
  page.scan = 2;
  contents.pages.push_back(page);
  const Ledger ledger = ledger_of(contents);
  EXPECT_TRUE(ledger.balanced);
  EXPECT_EQ(ledger.files_rejected, 1);
  EXPECT_EQ(ledger.pages, 3);
}

TEST(Ledger, a_page_in_quarantine_is_counted_there_only) {
  auto contents = balanced_batch();
  contents.pages[0].quarantine = "crash";
  const Ledger ledger = ledger_of(contents);
  EXPECT_TRUE(ledger.balanced);
  EXPECT_EQ(ledger.quarantined, 1);
  EXPECT_EQ(ledger.pages_in_documents, 0);
}

TEST(Ledger, counts_each_class_of_a_pile_apart) {
  auto contents = balanced_batch();
  contents.batch.batch_class = "post";
  EXPECT_EQ(ledger_of(contents).classes.at("post").documents, 1) << "none told: the batch's own";
  contents.documents[0].batch_class = "bz";
  DocumentRow other = contents.documents[0];
  other.id = 2;
  other.batch_class = "bel";
  other.state = DocumentState::review;
  contents.documents.push_back(other);
  contents.pages[1].kind = PageKind::content;
  contents.pages[1].document = 2;
  const Ledger ledger = ledger_of(contents);
  ASSERT_EQ(ledger.classes.size(), 2u);
  EXPECT_EQ(ledger.classes.at("bz").published, 1);
  EXPECT_EQ(ledger.classes.at("bel").review, 1);
  EXPECT_EQ(ledger.classes.at("bel").pages, 1);
  EXPECT_TRUE(ledger.balanced);
}

TEST(Ledger, a_copy_that_is_made_again_is_told_and_does_not_open_the_batch) {
  auto contents = balanced_batch();
  contents.documents[0].copy_due = true;
  EXPECT_EQ(ledger_of(contents).copies_due, 1);
  EXPECT_TRUE(ledger_of(contents).balanced);
}

TEST(Ledger, sheets_may_have_one_side_or_two) {
  auto contents = balanced_batch();
  contents.batch.expected_sheets = 3;
  EXPECT_EQ(missing_in(contents), "balanced");
  contents.batch.expected_sheets = 2;
  EXPECT_EQ(missing_in(contents), "sheets 20261123B1");
}

}  // namespace
}  // namespace postkamer::journal
