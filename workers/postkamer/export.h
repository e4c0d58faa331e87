// SPDX-License-Identifier: EUPL-1.2
//
// Takes a batch's events off the stream and its documents out of the store, into a folder:
//   records.jsonl                    its documents' events, one CloudEvent a line, in order: those
//                                    that the stream still keeps, and nothing of another batch
//   documents/<id>/record.json       the whole record
//   documents/<id>/document.pdf      the archive copy
//   documents/<id>/provenance.json and *.mdto.xml      see sidecars.h
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "pipeline/archive/mdto.h"
#include "pipeline/base/error.h"

namespace postkamer {

struct ExportedDocument {
  std::string id;
  nlohmann::json record;  // publish::record_json
  bool has_pdf = false;
};

// Asks the broker a verb that may be repeated, as often as it takes.
using Ask =
    std::function<Result<nlohmann::json>(std::string_view verb, const nlohmann::json& body)>;

// Where to take a batch from and where to put it.
struct ExportPlan {
  std::filesystem::path dir;  // the mailroom's data folder
  std::string batch;
  std::filesystem::path out;
  archive::MdtoArchive archive;  // for the metadata
};

// Gives the documents in order. Writes nothing of a batch that is not known. Fails with: what `ask`
// fails with (batch_unknown), unavailable (file_unwritable, control_timeout, ...).
Result<std::vector<ExportedDocument>> export_batch(const ExportPlan& plan, const Ask& ask);

}  // namespace postkamer
