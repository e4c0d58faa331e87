// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/act_record.h"

#include <cstdlib>

#include "workers/host/control_client.h"
#include "workers/host/process.h"

namespace postkamer {
namespace {

constexpr int kAnswerMs = 5'000;

}  // namespace

std::string person_here() {
  const char* user = std::getenv("USER");
  return user == nullptr || *user == '\0' ? "operator" : user;
}

Result<void> record_act(const std::filesystem::path& dir, const std::string& act,
                        const std::string& object, const nlohmann::json& detail) {
  PK_TRY(client, host::ControlClient::connect(host::Layout{dir}.control_endpoint()));
  const auto answer =
      client.ask("record_act",
                 {{"act", act}, {"object", object}, {"person", person_here()}, {"detail", detail}},
                 nullptr, kAnswerMs);
  if (answer) return {};
  if (answer.error().reason != "control_timeout") return tl::unexpected(answer.error());
  return fail(ErrorCode::unavailable, "mailroom_closed",
              "no mailroom answers in " + dir.string() +
                  ", so this cannot be written down and is not done; start `postkamer serve`");
}

}  // namespace postkamer
