// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/client_ask.h"

#include "workers/host/control_client.h"
#include "workers/host/process.h"

namespace postkamer {

using nlohmann::json;

namespace {

constexpr int kAnswerMs = 3'000;

}  // namespace

int complain(const Error& error) {
  std::cerr << error.message << '\n';
  if (error.code == ErrorCode::unavailable) return exit_code::kUnavailable;
  if (error.reason.ends_with("_unknown")) return exit_code::kNotFound;
  return exit_code::kRefused;
}

Result<json> ask(const ClientOptions& options, std::string_view verb, const json& body) {
  PK_TRY(client, host::ControlClient::connect(host::Layout{options.dir}.control_endpoint()));
  auto answer = client.ask(verb, body, nullptr, kAnswerMs);
  if (answer || answer.error().reason != "control_timeout") return answer;
  return fail(ErrorCode::unavailable, "mailroom_closed",
              "no mailroom answers in " + options.dir.string() +
                  "; is `postkamer serve` running, and is --dir its data folder?");
}

}  // namespace postkamer
