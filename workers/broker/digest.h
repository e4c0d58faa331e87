// SPDX-License-Identifier: EUPL-1.2
//
// The few facts the core needs of a worker's answer, with the rest as text it only stores.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "pipeline/model/page.h"
#include "pipeline/model/record.h"

namespace postkamer::broker {

struct DecodedDigest {
  struct Page {
    PageKind kind = PageKind::content;
    std::string body;            // DecodedPage as JSON
    std::string picture_sha256;  // blob
    unsigned marks = 0;          // of separation.h
  };
  int page_count = 0;           // in the whole file
  std::vector<Page> pages;      // from the job's first page on
  std::string findings = "[]";  // JSON, of the file as a whole
};

// deskew, classify, extract, ocr.
struct PageDigest {
  std::string body;
  std::vector<std::string> blobs;
  bool known_form = false;  // classify
  std::string form, form_version;
  int form_page = 0;
  bool registered = true;  // extract: false = not that form after all
};

// assemble, and a person's act.
struct AssembledDigest {
  std::string record;  // publish::record_json
  RecordStatus status = RecordStatus::review;
  std::string form;  // empty = unknown
  std::string batch_class;
  int revision = 1;
  std::string event;       // CloudEvent without sequence and time
  std::string event_key;   // its id
  std::string event_type;  // its type
};

struct ArchivedDigest {
  std::string pdf_sha256;
  std::string provenance_sha256;
};

using Digest = std::variant<DecodedDigest, PageDigest, AssembledDigest, ArchivedDigest>;

}  // namespace postkamer::broker
