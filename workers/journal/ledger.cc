// SPDX-License-Identifier: EUPL-1.2
#include "workers/journal/ledger.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

namespace postkamer::journal {
namespace {

constexpr int kLeftOut = static_cast<int>(kNumbersLeftOut);

class Counter {
 public:
  explicit Counter(const BatchContents& contents) : contents_(contents) {
    for (const auto& document : contents.documents) documents_[document.id] = &class_of(document);
    ledger_.expected_sheets = contents.batch.expected_sheets;
  }

  Ledger count() {
    for (const ScanRow& scan : contents_.scans) count_file(scan);
    for (const PageRow& page : contents_.pages) count_page(page);
    check_files();
    for (const auto& [scan, expected] : pages_expected_) check_pages(scan, expected);
    for (const auto& document : contents_.documents) count_document(document);
    check_sheets();
    ledger_.balanced = is_balanced_;
    return std::move(ledger_);
  }

 private:
  void miss(std::string what, std::string subject, std::string state) {
    is_balanced_ = false;
    if (ledger_.missing.size() < kMaxMissing)
      ledger_.missing.push_back({std::move(what), std::move(subject), std::move(state)});
  }

  void count_file(const ScanRow& scan) {
    ++ledger_.files;
    scan_states_[scan.id] = scan.state;
    switch (scan.state) {
      case ScanState::split:
        ++ledger_.files_read;
        pages_expected_[scan.id] = scan.page_count;
        break;
      case ScanState::rejected: ++ledger_.files_rejected; break;
      default:
        ++ledger_.files_reading;
        miss("file", "S" + std::to_string(scan.id), std::string(name_of(scan.state)));
    }
  }

  void count_page(const PageRow& page) {
    const ScanState scan = scan_states_[page.scan];
    if (scan == ScanState::rejected) return;  // counted as a file that was refused as a whole
    ++ledger_.pages;
    pages_found_[page.scan].insert(page.index);
    if (page.kind == PageKind::separator) {
      ++ledger_.separators;
    } else if (page.kind == PageKind::blank) {
      ++ledger_.blanks;
    } else if (!page.quarantine.empty()) {
      ++ledger_.quarantined;
    } else if (const auto found = documents_.find(page.document); found != documents_.end()) {
      ++ledger_.pages_in_documents;
      ++found->second->pages;
    } else {
      count_stray(page, scan);
    }
  }

  ClassCount& class_of(const DocumentRow& document) {
    const std::string& own = document.batch_class;
    return ledger_.classes[own.empty() ? contents_.batch.batch_class : own];
  }

  void count_stray(const PageRow& page, ScanState scan) {
    ++ledger_.pages_underway;
    if (scan == ScanState::split)
      miss("page", "S" + std::to_string(page.scan) + "/" + std::to_string(page.index + 1),
           "in no document");
  }

  void count_document(const DocumentRow& document) {
    ClassCount& of_class = class_of(document);
    const auto count = [&](int Ledger::*all, int ClassCount::*own) {
      ++(ledger_.*all);
      ++(of_class.*own);
    };
    count(&Ledger::documents, &ClassCount::documents);
    switch (document.state) {
      case DocumentState::published: count(&Ledger::published, &ClassCount::published); break;
      case DocumentState::review: count(&Ledger::review, &ClassCount::review); break;
      case DocumentState::rejected: count(&Ledger::rejected, &ClassCount::rejected); break;
      case DocumentState::withdrawn: count(&Ledger::withdrawn, &ClassCount::withdrawn); break;
      case DocumentState::reading: count(&Ledger::reading, &ClassCount::reading); break;
    }
    if (document.copy_due) ++ledger_.copies_due;
    if (document.pdf_sha256.empty()) ++ledger_.without_archive_copy;
    if (document.state == DocumentState::reading)
      miss("document", document.name, "reading");
    else if (!document.archived)
      miss("document", document.name, "archive copy underway");
  }

  // Every file got a number when it came, but for those that a start from a backup left out.
  void check_files() {
    const int given = ledger_.files + std::max(0, contents_.batch.scans - ledger_.files) % kLeftOut;
    if (given > ledger_.files)
      miss("file", contents_.batch.name,
           std::to_string(given) + " files came, " + std::to_string(ledger_.files) + " are here");
  }

  void check_pages(Id scan, int expected) {
    const std::unordered_set<int>& found = pages_found_[scan];
    const std::string name = "S" + std::to_string(scan);
    for (int index = 0; index < expected; ++index)
      if (!found.contains(index))
        miss("page", name + "/" + std::to_string(index + 1),
             "gone from the journal: " + std::to_string(found.size()) + " of " +
                 std::to_string(expected) + " pages of its file are left");
    if (found.size() > static_cast<std::size_t>(std::max(expected, 0)))
      miss("page", name,
           std::to_string(found.size()) + " pages, the file has " + std::to_string(expected));
  }

  // A sheet gives one page or two; separators are sheets too.
  void check_sheets() {
    const int told = ledger_.expected_sheets;
    if (told == 0 || ledger_.files_reading > 0) return;
    if (ledger_.pages != told && ledger_.pages != 2 * told)
      miss(
          "sheets", contents_.batch.name,
          std::to_string(told) + " sheets told, " + std::to_string(ledger_.pages) + " pages found");
  }

  const BatchContents& contents_;
  std::unordered_map<Id, ClassCount*> documents_;  // nodes of a map stay where they are
  std::unordered_map<Id, ScanState> scan_states_;
  std::map<Id, int> pages_expected_;  // in order: the list of what is missing is read by people
  std::unordered_map<Id, std::unordered_set<int>> pages_found_;  // indexes
  Ledger ledger_;
  bool is_balanced_ = true;
};

}  // namespace

Ledger ledger_of(const BatchContents& contents) { return Counter(contents).count(); }

}  // namespace postkamer::journal
