// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/base/error.h"

#include <array>

namespace postkamer {
namespace {

struct NamedCode {
  ErrorCode code;
  std::string_view name;
};

constexpr std::array kNames{
    NamedCode{ErrorCode::unavailable, "unavailable"},
    NamedCode{ErrorCode::invalid_document, "invalid_document"},
    NamedCode{ErrorCode::resource_limit, "resource_limit"},
    NamedCode{ErrorCode::unsupported, "unsupported"},
    NamedCode{ErrorCode::invalid_config, "invalid_config"},
    NamedCode{ErrorCode::corrupt_store, "corrupt_store"},
    NamedCode{ErrorCode::internal, "internal"},
};

}  // namespace

std::string_view name_of(ErrorCode code) {
  for (const auto& entry : kNames)
    if (entry.code == code) return entry.name;
  return "internal";
}

ErrorCode error_code_named(std::string_view name) {
  for (const auto& entry : kNames)
    if (entry.name == name) return entry.code;
  return ErrorCode::internal;
}

Error while_doing(std::string_view doing, Error error) {
  error.message = "while " + std::string(doing) + ": " + error.message;
  return error;
}

}  // namespace postkamer
