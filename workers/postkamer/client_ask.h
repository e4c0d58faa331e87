// SPDX-License-Identifier: EUPL-1.2
//
// How verbs ask a running mailroom and tell what it answered.
#pragma once

#include <iostream>
#include <string_view>

#include <nlohmann/json.hpp>

#include "pipeline/base/error.h"
#include "workers/postkamer/client_commands.h"
#include "workers/postkamer/exit_codes.h"

namespace postkamer {

// The answer's body. Fails with what the broker said, or unavailable (mailroom_closed).
Result<nlohmann::json> ask(const ClientOptions& options, std::string_view verb,
                           const nlohmann::json& body);

// Says it on stderr; gives the exit status.
int complain(const Error& error);

// Asks, and prints the answer: as it is for --json, else through `print`.
template <class Print>
int ask_and_print(const ClientOptions& options, std::string_view verb, const nlohmann::json& body,
                  Print print) {
  const auto answer = ask(options, verb, body);
  if (!answer) return complain(answer.error());
  if (options.json)
    std::cout << answer->dump(2) << '\n';
  else
    print(*answer);
  return exit_code::kOk;
}

}  // namespace postkamer
