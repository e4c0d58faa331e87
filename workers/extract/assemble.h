// SPDX-License-Identifier: EUPL-1.2
//
// All that is known of a document -> its record.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "classifiers/letter/kind_reader.h"
#include "pipeline/model/record.h"
#include "pipeline/validate/lexicon.h"
#include "workers/host/form_catalogue.h"

namespace postkamer::workers {

// One page of the document, with whatever its stages found. Members stay empty where a stage did
// not run.
struct AssemblePage {
  std::string scan;  // id
  std::string file;  // original name of the scan
  DecodedPage page;
  std::string picture_sha256;
  UprightPage upright;
  Classification classification;
  std::optional<extract::Registration> registration;
  std::vector<Reading> readings;
  RecognisedPage words;
  Findings findings;  // of extraction
  bool quarantined = false;
};

struct AssembleInput {
  std::string document;
  std::string batch;
  std::string date_of_receipt;
  std::string batch_class;  // these two may be empty
  std::string case_number;
  std::vector<AssemblePage> pages;
  Findings findings;      // of splitting
  Provenance provenance;  // software, engine and model of this process
};

// What a municipality and its letters taught us; loaded once.
struct Knowledge {
  validate::Lexica lexica;
  std::optional<letter::KindReader> kinds;  // without it an unknown document has no `kind`
};

// Composes the record: form fields validated; or the type and the text of a form that was taught by
// example; or for an unknown document what patterns find in its words. Status is ready when nobody
// needs to look, else review. Pure; deterministic.
Record assemble(const AssembleInput& input, const host::FormCatalogue& forms,
                const Knowledge& knowledge = {});

}  // namespace postkamer::workers
