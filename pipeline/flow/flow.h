// SPDX-License-Identifier: EUPL-1.2
//
// The recipe: from what is known of a scan or a document, what must happen next. Pure and without
// memory, so a crash at any point is healed by asking again; asking twice gives the same steps.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "pipeline/model/page.h"

namespace postkamer::flow {

// Work for a worker. The order is the priority: what brings a record closer goes first.
enum class JobKind {
  decode,
  deskew,
  classify,
  extract,
  assemble,
  ocr,
  archive
};

std::string_view name_of(JobKind kind);
std::optional<JobKind> job_kind_named(std::string_view name);

struct PageFacts {
  PageKind kind = PageKind::content;
  bool quarantined = false;  // no worker survives it, or none can read it
  bool deskewed = false;
  bool classified = false;
  bool known_form = false;  // classification named a form, and extraction did not refute it
  bool extracted = false;   // fields and words
  bool recognised = false;  // words of a page that no form explains
};

struct ScanFacts {
  bool rejected = false;  // cannot be opened, or refused
  int page_count = -1;    // -1 = not told yet
  int pages_decoded = 0;  // from the front
  bool split = false;     // its pages have become documents
  std::vector<PageFacts> pages;
};

struct DocumentFacts {
  std::vector<PageFacts> pages;  // its own, quarantined ones included
  bool assembled = false;        // its record exists
  bool archived = false;         // its archive copy exists
};

// One thing to do. `page` is an index into the facts' pages; -1 where it is about the whole.
struct Step {
  enum class Act {
    run,
    split,
    settled
  };  // settled: nothing more will ever happen here by itself
  Act act = Act::run;
  JobKind job = JobKind::decode;  // when act is run
  int page = -1;
  int first_page = 0;  // decode only: where to go on
  bool operator==(const Step&) const = default;
};

std::vector<Step> next(const ScanFacts& scan);
std::vector<Step> next(const DocumentFacts& document);

}  // namespace postkamer::flow
