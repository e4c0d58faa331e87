// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/model/reading.h"
#include "pipeline/model/record.h"

namespace postkamer {

std::string_view name_of(Method method) {
  switch (method) {
    case Method::none: return "none";
    case Method::printed_text: return "printed_text";
    case Method::handprint: return "handprint";
    case Method::mark: return "mark";
    case Method::signature: return "signature";
    case Method::barcode: return "barcode";
    case Method::keyword: return "keyword";
    case Method::person: return "person";
  }
  return "none";
}

std::string_view name_of(RecordStatus status) {
  switch (status) {
    case RecordStatus::ready: return "ready";
    case RecordStatus::review: return "review";
    case RecordStatus::rejected: return "rejected";
    case RecordStatus::withdrawn: return "withdrawn";
  }
  return "review";
}

}  // namespace postkamer
