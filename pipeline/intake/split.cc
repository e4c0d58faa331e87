// SPDX-License-Identifier: EUPL-1.2
#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "pipeline/intake/inspect.h"

namespace postkamer::intake {
namespace {

bool is_known(const SplitPage& page) { return !page.form.empty(); }

// A document to which pages are still being added.
struct OpenDocument {
  SplitDocument document;
  std::string form;             // of its known pages; empty = none known yet
  int form_pages = 0;           // the form's; 0 = unknown
  std::vector<int> form_order;  // form pages as scanned
  int unknown = 0;              // pages of no known form
  bool has_unknown_inside = false;
  bool is_cut_from_another = false;

  [[nodiscard]] bool is_empty() const { return document.pages.empty(); }
  [[nodiscard]] bool has(int form_page) const {
    return std::find(form_order.begin(), form_order.end(), form_page) != form_order.end();
  }
  [[nodiscard]] bool is_complete() const {
    if (form.empty() || form_pages <= 0) return false;
    for (int page = 1; page <= form_pages; ++page)
      if (!has(page)) return false;
    return true;
  }
};

// Between two separators people put one document. What cannot be one is a form that begins again or
// another form that begins: there a separator was missed, or two sheets were fed as one.
bool breaks_group(const OpenDocument& open, const SplitPage& page) {
  if (open.is_empty() || !is_known(page) || open.form.empty()) return false;
  if (page.form != open.form) return true;
  return page.form_page > 0 && open.has(page.form_page);
}

// Without separators only the forms themselves tell.
bool begins_document(const OpenDocument& open, const SplitPage& page) {
  if (open.is_empty()) return false;
  if (open.is_complete()) return true;
  if (!is_known(page)) return false;
  if (open.form.empty()) {
    // Unknown pages, then a form's later page: the page before it was probably not recognised.
    return !(page.form_page > 1 && open.unknown == page.form_page - 1);
  }
  if (page.form != open.form || page.form_page == 1) return true;
  return page.form_page > 0 && open.has(page.form_page);
}

void add(OpenDocument& open, const SplitPage& page, int index) {
  open.document.pages.push_back(index);
  if (!is_known(page)) {
    ++open.unknown;
    open.has_unknown_inside =
        open.has_unknown_inside || (!open.form.empty() && !open.is_complete());
    return;
  }
  open.form = page.form;
  open.form_pages = std::max(open.form_pages, page.form_pages);
  if (page.form_page > 0) open.form_order.push_back(page.form_page);
}

std::string missing_pages(const OpenDocument& open) {
  std::vector<int> missing;
  for (int page = 1; page <= open.form_pages; ++page)
    if (!open.has(page)) missing.push_back(page);
  return fmt::format("{}", fmt::join(missing, ", "));
}

void add_findings(OpenDocument& open) {
  const auto note = [&open](std::string code, std::string evidence) {
    open.document.findings.push_back(
        {std::move(code), "", 0, Severity::doubt, std::move(evidence)});
  };
  if (open.is_cut_from_another)
    note("separator_missing", "a form begins where no separator sheet was seen");
  if (!std::is_sorted(open.form_order.begin(), open.form_order.end()))
    note("page_order", fmt::format("scanned as {}", fmt::join(open.form_order, ", ")));
  if (open.form_pages > 0 && !open.is_complete())
    note("page_missing", fmt::format("page {} of {}; {} pages were not recognised",
                                     missing_pages(open), open.form_pages, open.unknown));
  if (open.has_unknown_inside)
    note("page_foreign", "a page of no known form between the form's pages");
}

class Splitter {
 public:
  explicit Splitter(bool has_separators) : has_separators_(has_separators) {}

  void take(const SplitPage& page, int index) {
    if (page.kind == PageKind::separator) close();
    if (page.kind != PageKind::content) return;
    if (has_separators_ && breaks_group(open_, page)) {
      close();
      open_.is_cut_from_another = true;
    } else if (!has_separators_ && begins_document(open_, page)) {
      close();
    }
    add(open_, page, index);
  }

  std::vector<SplitDocument> finish() {
    close();
    return std::move(documents_);
  }

 private:
  void close() {
    if (!open_.is_empty()) {
      add_findings(open_);
      documents_.push_back(std::move(open_.document));
    }
    open_ = OpenDocument{};
  }

  bool has_separators_;
  OpenDocument open_;
  std::vector<SplitDocument> documents_;
};

}  // namespace

std::vector<SplitDocument> split(const std::vector<SplitPage>& pages) {
  const bool has_separators = std::any_of(pages.begin(), pages.end(), [](const SplitPage& page) {
    return page.kind == PageKind::separator;
  });
  Splitter splitter{has_separators};
  for (std::size_t i = 0; i < pages.size(); ++i) splitter.take(pages[i], static_cast<int>(i));
  return splitter.finish();
}

}  // namespace postkamer::intake
