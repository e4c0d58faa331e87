// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/intake/split.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

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
  // The very next page of the form that is underway.
  [[nodiscard]] bool goes_on_with(const SplitPage& page) const {
    return is_known(page) && page.form == form && !form_order.empty() &&
           page.form_page == form_order.back() + 1;
  }
  void note(std::string code, std::string evidence) {
    const auto is_it = [&](const Finding& finding) { return finding.code == code; };
    if (std::any_of(document.findings.begin(), document.findings.end(), is_it)) return;
    document.findings.push_back({std::move(code), "", 0, Severity::doubt, std::move(evidence)});
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

void note_pages(OpenDocument& open) {
  if (!std::is_sorted(open.form_order.begin(), open.form_order.end()))
    open.note("page_order", fmt::format("scanned as {}", fmt::join(open.form_order, ", ")));
  if (open.form_pages > 0 && !open.is_complete())
    open.note("page_missing", fmt::format("page {} of {}; {} pages were not recognised",
                                          missing_pages(open), open.form_pages, open.unknown));
  if (open.has_unknown_inside)
    open.note("page_foreign", "a page of no known form between the form's pages");
}

// Which pages of the row are sides of a sheet that separates because it is empty.
std::vector<bool> separating_blanks(const std::vector<SplitPage>& pages, BlankSheet rule) {
  std::vector<bool> separates(pages.size(), false);
  const auto is_blank = [&](std::size_t i) { return pages[i].kind == PageKind::blank; };
  // Scanned on both sides, a file has fronts and backs in turn.
  const std::size_t sides = rule == BlankSheet::both_sides ? 2 : 1;
  if (rule == BlankSheet::none) return separates;
  for (std::size_t i = 0; i + sides <= pages.size(); i += sides)
    if (is_blank(i) && is_blank(i + sides - 1)) separates[i] = separates[i + sides - 1] = true;
  return separates;
}

// Whether most separators of the row come as both sides of a sheet: then one that comes alone has a
// side that was not recognised.
bool has_two_sided_separators(const std::vector<SplitPage>& pages) {
  int pairs = 0;
  int alone = 0;
  for (std::size_t i = 0; i < pages.size(); i += 2) {
    const bool front = pages[i].kind == PageKind::separator;
    const bool back = i + 1 < pages.size() && pages[i + 1].kind == PageKind::separator;
    pairs += front && back ? 1 : 0;
    alone += front != back ? 1 : 0;
  }
  return pairs > alone;
}

class Splitter {
 public:
  Splitter(const std::vector<SplitPage>& pages, const SeparationRules& rules)
      : pages_(pages), rules_(rules), blanks_(separating_blanks(pages, rules.blank_sheet)) {
    const auto is_marked = [](const SplitPage& page) {
      return page.kind == PageKind::separator || page.marks != 0;
    };
    is_two_sided_ = has_two_sided_separators(pages);
    is_grouped_ = !rules.form_pages || rules.every_pages > 0 ||
                  std::any_of(pages.begin(), pages.end(), is_marked) ||
                  std::find(blanks_.begin(), blanks_.end(), true) != blanks_.end();
  }

  std::vector<SplitDocument> split() {
    for (std::size_t i = 0; i < pages_.size(); ++i) take(i);
    close();
    return std::move(documents_);
  }

 private:
  void take(std::size_t i) {
    const SplitPage& page = pages_[i];
    if (page.kind == PageKind::separator) {
      asked_ = true;
    } else if (blanks_[i]) {
      suggested_ = "an empty sheet";
    } else if (page.kind == PageKind::blank) {
      if (!asked_) ++sides_;  // else the back of the separator
    } else {
      vote(page);
      ++sides_;
      add(open_, page, static_cast<int>(i));
      const std::size_t mate = i ^ 1U;
      if (is_two_sided_ && mate < pages_.size() && pages_[mate].kind == PageKind::separator)
        open_.note("separator_half", fmt::format("side {} lies on a separator's back", i + 1));
      asked_ = false;
      suggested_.clear();
    }
  }

  void vote(const SplitPage& page) {
    if (open_.is_empty()) return begin_count();
    const bool goes_on = rules_.form_pages && open_.goes_on_with(page);
    const bool begins = rules_.form_pages &&
                        (is_grouped_ ? breaks_group(open_, page) : begins_document(open_, page));
    if (asked_ || page.marks != 0) {
      cut(goes_on ? "a separator lies between two pages of a form that follow each other" : "");
    } else if (!suggested_.empty() || is_full()) {
      const std::string what =
          suggested_.empty() ? fmt::format("{} sides", rules_.every_pages) : suggested_;
      if (goes_on)
        open_.note("separation_disagrees", what + ", but the form goes on");
      else
        cut("");
    } else if (begins && rules_.every_pages > 0) {
      cut(fmt::format("a form begins after {} of {} sides", sides_, rules_.every_pages));
    } else if (begins) {
      cut("");
      if (is_grouped_)
        open_.note("separator_missing", "a form begins where no separator sheet was seen");
    }
  }

  [[nodiscard]] bool is_full() const {
    return rules_.every_pages > 0 && sides_ > 0 && sides_ % rules_.every_pages == 0;
  }

  // Ends the open document. `doubt`: why it may not be the end; empty = nothing speaks against it.
  void cut(const std::string& doubt) {
    if (!doubt.empty()) open_.note("separation_disagrees", doubt);
    close();
    if (!doubt.empty()) open_.note("separation_disagrees", doubt);
    begin_count();
  }

  void begin_count() { sides_ = 0; }

  void close() {
    if (!open_.is_empty()) {
      note_pages(open_);
      if (rules_.every_pages > 0 && sides_ % rules_.every_pages != 0)
        open_.note("pages_uneven", fmt::format("{} sides, documents of {} are expected", sides_,
                                               rules_.every_pages));
      documents_.push_back(std::move(open_.document));
    }
    open_ = OpenDocument{};
  }

  const std::vector<SplitPage>& pages_;
  const SeparationRules& rules_;
  std::vector<bool> blanks_;   // sides of separating sheets
  bool is_two_sided_ = false;  // of the separators
  bool is_grouped_ = false;    // something but the forms separates this row
  OpenDocument open_;
  bool asked_ = false;     // a separator lies before the next page
  std::string suggested_;  // by what that may not mean it
  int sides_ = 0;          // since the document began
  std::vector<SplitDocument> documents_;
};

}  // namespace

std::vector<SplitDocument> split(const std::vector<SplitPage>& pages,
                                 const SeparationRules& rules) {
  return Splitter(pages, rules).split();
}

}  // namespace postkamer::intake
