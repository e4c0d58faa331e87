// SPDX-License-Identifier: EUPL-1.2
//
// Errors are values. A stage that cannot do its work gives an Error; a form that is badly filled in
// is never an error but a Finding (model/finding.h).
//
// The code says what the host does next; `reason` is the stable word that programs and the Dutch
// text table (model/finding_texts.h) key on; `message` is for the log and for people who operate
// the system. None of the three ever holds personal data: no field values, no OCR text.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

namespace postkamer {

enum class ErrorCode {
  unavailable,       // something outside is missing for now: give the work back, retry later
  invalid_document,  // these bytes cannot be a scan: quarantine, never retry, tell a person
  resource_limit,    // a named limit was passed: quarantine with the limit's name and value
  unsupported,       // valid, but not one of ours: a person decides
  invalid_config,    // we were told nonsense: refuse to start
  corrupt_store,     // journal and blobs disagree: stop and raise the alarm
  internal,          // our bug: the job fails, the process may be restarted
};

// The name as it is written in messages and on the wire ("invalid_document").
std::string_view name_of(ErrorCode code);

// The code of a name; `internal` for a name nobody knows.
ErrorCode error_code_named(std::string_view name);

struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string reason;   // stable snake_case word, e.g. "scan_encrypted"
  std::string message;  // what was being done, to what, what was found, what to do
};

template <class T>
using Result = tl::expected<T, Error>;

// A failed Result, ready to return: `return fail(ErrorCode::unsupported, "scan_jbig2", "...")`.
inline tl::unexpected<Error> fail(ErrorCode code, std::string reason, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(reason), std::move(message)});
}

// The same error with "while <doing>: " put before its message.
Error while_doing(std::string_view doing, Error error);

}  // namespace postkamer

// Evaluates `expression`, a Result; returns its error from the enclosing function, or names its
// value.
//   PK_TRY(page, decode(bytes));
#define PK_TRY_JOIN_(a, b) a##b
#define PK_TRY_NAME_(line) PK_TRY_JOIN_(pk_try_result_, line)
#define PK_TRY(name, expression)                                                                 \
  auto PK_TRY_NAME_(__LINE__) = (expression);                                                    \
  if (!PK_TRY_NAME_(__LINE__)) return tl::unexpected(std::move(PK_TRY_NAME_(__LINE__)).error()); \
  auto name = std::move(PK_TRY_NAME_(__LINE__)).value()

// Evaluates `expression`, a Result<void>; returns its error from the enclosing function.
#define PK_CHECK(expression)                                 \
  if (auto pk_check_result = (expression); !pk_check_result) \
  return tl::unexpected(std::move(pk_check_result).error())
