// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/flow/flow.h"

#include <algorithm>
#include <array>

namespace postkamer::flow {
namespace {

constexpr std::array<std::string_view, 7> kNames{"decode",   "deskew", "classify", "extract",
                                                 "assemble", "ocr",    "archive"};

bool needs_reading(const PageFacts& page) {
  return page.kind == PageKind::content && !page.quarantined;
}

Step run(JobKind job, int page = -1) { return {Step::Act::run, job, page, 0}; }

Step decode_from(int page) { return {Step::Act::run, JobKind::decode, -1, page}; }

constexpr Step kSplit{Step::Act::split, {}, -1, 0};
constexpr Step kSettled{Step::Act::settled, {}, -1, 0};

// A page of a known form is extracted, which gives its words too: most of them are the form's own.
// A page that no form explains, or whose form was refuted, is read as a whole.
std::vector<Step> read_pages(const std::vector<PageFacts>& pages) {
  std::vector<Step> steps;
  for (std::size_t i = 0; i < pages.size(); ++i) {
    if (!needs_reading(pages[i])) continue;
    const auto index = static_cast<int>(i);
    const bool is_read = pages[i].known_form ? pages[i].extracted : pages[i].recognised;
    if (is_read) continue;
    if (!pages[i].deskewed)  // a blank side that a person put back
      steps.push_back(run(JobKind::deskew, index));
    else
      steps.push_back(run(pages[i].known_form ? JobKind::extract : JobKind::ocr, index));
  }
  return steps;
}

}  // namespace

std::string_view name_of(JobKind kind) { return kNames[static_cast<std::size_t>(kind)]; }

std::optional<JobKind> job_kind_named(std::string_view name) {
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<JobKind>(found - kNames.begin());
}

std::vector<Step> next(const ScanFacts& scan) {
  if (scan.rejected || scan.split) return {kSettled};
  if (scan.page_count < 0) return {decode_from(0)};

  std::vector<Step> steps;
  if (scan.pages_decoded < scan.page_count) steps.push_back(decode_from(scan.pages_decoded));
  for (std::size_t i = 0; i < scan.pages.size(); ++i) {
    const PageFacts& page = scan.pages[i];
    if (!needs_reading(page) || page.classified) continue;
    steps.push_back(run(page.deskewed ? JobKind::classify : JobKind::deskew, static_cast<int>(i)));
  }
  if (steps.empty()) steps.push_back(kSplit);
  return steps;
}

std::vector<Step> next(const DocumentFacts& document) {
  if (document.archived) return {kSettled};
  if (auto steps = read_pages(document.pages); !steps.empty()) return steps;
  return {run(document.assembled ? JobKind::archive : JobKind::assemble)};
}

}  // namespace postkamer::flow
