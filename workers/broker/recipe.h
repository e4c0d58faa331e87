// SPDX-License-Identifier: EUPL-1.2
//
// The pure steps of the pipeline that the broker takes itself, behind an interface so that the core
// knows no stage.
#pragma once

#include <string>
#include <vector>

#include "pipeline/model/page.h"
#include "pipeline/model/separation.h"
#include "workers/broker/digest.h"
#include "workers/journal/rows.h"

namespace postkamer::broker {

struct SplitPart {
  std::vector<int> pages;       // indices, ascending
  std::string findings = "[]";  // JSON
};

class Recipe {
 public:
  virtual ~Recipe() = default;
  // What begins a document in this batch.
  [[nodiscard]] virtual SeparationRules separation(const journal::BatchRow& batch) const = 0;
  // Pages of one scan, in order -> documents. Every content page comes back exactly once.
  [[nodiscard]] virtual std::vector<SplitPart> split(
      const journal::BatchRow& batch, const std::vector<journal::PageRow>& pages) const = 0;
  // The record of a document that no worker could assemble: nothing read, a person must look.
  [[nodiscard]] virtual AssembledDigest unread_record(const journal::DocumentRow& document,
                                                      const journal::BatchRow& batch,
                                                      const std::string& reason) const = 0;
};

}  // namespace postkamer::broker
