// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/mailroom.h"

#include <algorithm>
#include <chrono>

#include "workers/host/box_features.h"
#include "workers/host/form_catalogue.h"
#include "workers/host/process.h"
#include "workers/postkamer/stop_signal.h"

namespace postkamer {
namespace {

struct WorkerProgram {
  const char* kind;  // key of [workers] in the settings
  const char* program;
};

constexpr WorkerProgram kWorkerPrograms[] = {
    {"decode", "postkamer-decode"},     {"deskew", "postkamer-deskew"},
    {"classify", "postkamer-classify"}, {"extract", "postkamer-extract"},
    {"ocr", "postkamer-ocr"},           {"archive", "postkamer-archive"},
};

std::filesystem::path program_folder() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path();
}

// It starts first.
bool is_first_broker(const Supervisor& supervisor) {
  const auto broker = supervisor.children().front();
  return broker.pid > 0 && broker.restarts == 0;
}

}  // namespace

Result<host::Settings> checked_settings(const std::filesystem::path& file) {
  auto settings = host::load_settings(file);
  if (!settings) return settings;
  const auto walls = host::check_walls(settings->box.required, host::probe_kernel());
  if (!walls) return tl::unexpected(walls.error());
  const auto forms = host::FormCatalogue::load(settings->forms, host::FormCatalogue::Blanks::no);
  if (!forms) return tl::unexpected(forms.error());
  return settings;
}

Result<void> settings_right(const std::filesystem::path& file) {
  PK_CHECK(checked_settings(file));
  return {};
}

std::optional<std::string> worker_program(std::string_view kind) {
  const auto* const found =
      std::ranges::find(kWorkerPrograms, kind, [](const auto& one) { return one.kind; });
  if (found == std::end(kWorkerPrograms)) return std::nullopt;
  return (program_folder() / found->program).string();
}

std::vector<ProcessSpec> processes_of(const MailroomPlan& plan, const host::Settings& settings) {
  const auto folder = program_folder();
  const host::Layout layout{plan.dir};
  const std::string dir = plan.dir;
  const std::string config = plan.settings_file;

  std::vector<ProcessSpec> specs;
  specs.push_back({"broker", folder / "postkamer-broker", {"--dir", dir, "--config", config}});
  for (const auto& [kind, program] : kWorkerPrograms)
    for (int n = 1; n <= host::worker_count(settings, kind); ++n)
      specs.push_back({std::string(kind) + "-" + std::to_string(n),
                       folder / program,
                       {"--endpoint", layout.workers_endpoint(), "--config", config}});
  specs.push_back(
      {"publisher", folder / "postkamer-publisher", {"--dir", dir, "--config", config}});
  if (!plan.is_served) return specs;
  if (settings.metrics.is_served)
    specs.push_back({"metrics", folder / "postkamer-metrics", {"--dir", dir, "--config", config}});
  if (settings.gate)
    specs.push_back({"gate", folder / "postkamer-gate", {"--dir", dir, "--config", config}});
  for (const auto& sink : settings.sinks)
    specs.push_back({"sink-" + sink.name,
                     folder / "postkamer-sink",
                     {"--dir", dir, "--config", config, "--sink", sink.name}});
  for (const auto& inbox : settings.inboxes)
    specs.push_back({"inbox-" + inbox.name,
                     folder / "postkamer-intake",
                     {"--dir", dir, "--config", config, "--inbox", inbox.name}});
  return specs;
}

Result<host::ControlClient> wait_until_ready(const MailroomPlan& plan, Supervisor& supervisor,
                                             int timeout_ms, const TellWait& tell) {
  const auto begun = std::chrono::steady_clock::now();
  PK_TRY(client, host::ControlClient::connect(host::Layout{plan.dir}.control_endpoint()));
  for (std::chrono::milliseconds waited{0};
       waited.count() < timeout_ms || is_first_broker(supervisor);) {
    supervisor.tick();
    PK_CHECK(check_startable(supervisor));
    if (client.ask("status", {}, nullptr, 200)) return client;
    if (stop_signal_came())
      return fail(ErrorCode::unavailable, "mailroom_stopped",
                  "while starting the mailroom in " + plan.dir.string() + ": told to stop");
    waited = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - begun);
    tell(waited);
  }
  std::string ended;
  for (const auto& child : supervisor.children())
    if (!child.last_end.empty()) ended += "; " + child.name + " ended with " + child.last_end;
  return fail(ErrorCode::unavailable, "mailroom_not_ready",
              "while starting the mailroom in " + plan.dir.string() +
                  ": the broker did not answer in " + std::to_string(timeout_ms) + " ms" + ended);
}

Result<void> check_startable(const Supervisor& supervisor) {
  for (const auto& child : supervisor.children())
    if (child.is_at_rest)
      return fail(ErrorCode::invalid_config, "process_cannot_start",
                  "while running " + child.name + ": it ended " + std::to_string(child.restarts) +
                      " times because its settings are wrong; its own message stands above");
  return {};
}

Result<nlohmann::json> ask_patiently(host::ControlClient& client, Supervisor& supervisor,
                                     std::string_view verb, const nlohmann::json& body,
                                     int timeout_ms) {
  constexpr int kOneTryMs = 2'000;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
  for (;;) {
    supervisor.tick();
    auto answer = client.ask(verb, body, nullptr, kOneTryMs);
    if (answer || answer.error().reason != "control_timeout" ||
        std::chrono::steady_clock::now() > deadline)
      return answer;
  }
}

}  // namespace postkamer
