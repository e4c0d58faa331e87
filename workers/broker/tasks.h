// SPDX-License-Identifier: EUPL-1.2
//
// What a job's worker is told, and what is taken from its answer. The members of the bodies:
// workers/wire/PROTOCOL.md, section 3.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "pipeline/base/error.h"
#include "pipeline/model/separator_sheet.h"
#include "workers/broker/digest.h"
#include "workers/broker/record_desk.h"
#include "workers/journal/journal.h"

namespace postkamer::broker {

struct TaskPage {
  journal::PageRow row;
  std::map<std::string, journal::PageResultRow> results;  // by stage
};

// All that is known of a job's subject.
struct TaskMaterial {
  journal::JobRow job;
  journal::ScanRow scan;
  journal::BatchRow batch;
  journal::DocumentRow document;  // assemble and archive
  std::string record;             // archive: as it stands
  std::vector<TaskPage> pages;    // the job's page, or the document's pages in order
  ReadSheet
      sheet;  // assemble and archive: our separator sheet before the document, if there is one
};

// A task without its claim; blobs by name, to be attached in this order.
struct TaskParts {
  nlohmann::json body;
  std::vector<std::string> blobs;
};

// Fails with: corrupt_store when the journal does not hold what the job is about.
Result<TaskMaterial> gather(journal::Reader& reader, const journal::JobRow& job);

// Pure. Fails with: corrupt_store (task_material) when a stage's result that must be there is not.
// `rules`: what begins a document in the job's batch.
Result<TaskParts> compose(const TaskMaterial& material, int pages_per_decode,
                          const SeparationRules& rules);

// Whether a decode answer has no blob because its one picture is the scan itself, byte for byte.
// Never throws, whatever the body holds.
bool says_picture_is_scan(flow::JobKind kind, const nlohmann::json& body);

// What compose() tells the worker of an assemble job that its record is of; nothing of other kinds.
// Fails as gather does.
Result<RecordAsked> record_asked(journal::Reader& reader, const journal::JobRow& job);

// The facts of an answer, whose blobs have been put away under the names given. Pure.
// Fails with: internal (worker_nonsense) when the answer is not what the kind of job asks for, or
// its record not the one that was `asked` for.
Result<Digest> digest(flow::JobKind kind, const nlohmann::json& body,
                      const std::vector<std::string>& blobs, const RecordDesk& desk,
                      const RecordAsked& asked);

}  // namespace postkamer::broker
