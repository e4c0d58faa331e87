// SPDX-License-Identifier: EUPL-1.2
#include "workers/sinks/sink_program.h"

#include <algorithm>
#include <csignal>
#include <memory>

#include <spdlog/spdlog.h>
#include <CLI/CLI.hpp>

#include "pipeline/publish/body.h"
#include "workers/host/form_catalogue.h"
#include "workers/host/lock_file.h"
#include "workers/host/process.h"
#include "workers/host/service_manager.h"
#include "workers/host/settings.h"
#include "workers/sinks/command_hook.h"
#include "workers/sinks/outbox.h"
#include "workers/sinks/sink.h"
#include "workers/sinks/webhook.h"

namespace postkamer::sinks {
namespace {

constexpr int kExitUsage = 2;
constexpr int kExitStore = 74;
constexpr int kExitConfig = 78;
constexpr int kLockMs = 10'000;
constexpr int kCredit = 64;

// A signal handler can reach nothing else.
volatile std::sig_atomic_t asked_to_stop = 0;

void stop_on_sigterm() {
  struct sigaction action {};
  action.sa_handler = [](int) { asked_to_stop = 1; };
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
}

bool is_stopped() { return asked_to_stop != 0; }

struct Arguments {
  std::string dir, config, sink;
};

Result<std::unique_ptr<Receiver>> receiver_of(const host::SinkSettings& sink,
                                              const std::string& source) {
  switch (sink.kind) {
    case host::SinkKind::outbox: return std::make_unique<Outbox>(sink.folder);
    case host::SinkKind::command:
      return std::make_unique<CommandHook>(sink.command, Millis(sink.timeout_ms));
    case host::SinkKind::webhook: break;
  }
  PK_TRY(webhook, Webhook::open(sink, source));
  return std::unique_ptr<Receiver>(std::move(webhook));
}

// A body other than the event itself needs the forms, one that names no known form is not made.
Result<MakeBody> make_body_of(const host::SinkSettings& sink, const std::filesystem::path& forms) {
  if (sink.body == publish::BodyKind::cloudevent)
    return MakeBody([](const std::string& event) { return Result<std::string>(event); });
  PK_TRY(loaded, host::FormCatalogue::load(forms, host::FormCatalogue::Blanks::no));
  auto catalogue = std::make_shared<const host::FormCatalogue>(std::move(loaded));
  return MakeBody([catalogue, kind = sink.body](const std::string& event) {
    const auto name = publish::form_named_in(event);
    const auto* found = name ? catalogue->find(name->id, name->version) : nullptr;
    return publish::body_of(kind, event, found == nullptr ? nullptr : &found->form);
  });
}

Result<Sink> open_sink(const Arguments& arguments) {
  PK_TRY(settings, host::load_settings(arguments.config));
  const auto found = std::ranges::find(settings.sinks, arguments.sink, &host::SinkSettings::name);
  if (found == settings.sinks.end())
    return fail(
        ErrorCode::invalid_config, "sink_unknown",
        "while opening sink " + arguments.sink + ": " + arguments.config + " names no such sink");
  PK_TRY(state, StateFolder::open(StateFolder::of(arguments.dir, found->name)));
  PK_TRY(receiver, receiver_of(*found, settings.source));
  PK_TRY(make_body, make_body_of(*found, settings.forms));
  Policy policy;
  policy.unit = Millis(found->unit_ms);
  policy.parks = found->kind != host::SinkKind::outbox;
  const bool is_event = found->body == publish::BodyKind::cloudevent;
  return Sink::open(
      {{host::Layout{arguments.dir}.events_endpoint(), found->name, std::nullopt, kCredit},
       policy,
       is_event ? "application/cloudevents+json; charset=utf-8" : "application/json",
       std::move(make_body),
       std::move(receiver),
       std::move(state),
       is_stopped});
}

Result<void> serve(const Arguments& arguments) {
  // Two processes of one sink would deliver everything twice.
  PK_TRY(lock, host::LockFile::wait(host::Layout{arguments.dir}.lock_of("sink-" + arguments.sink),
                                    is_stopped, kLockMs));
  if (is_stopped()) return {};
  if (!lock)
    return fail(ErrorCode::invalid_config, "sink_open",
                "while opening sink " + arguments.sink + ": another process has it");
  PK_TRY(sink, open_sink(arguments));
  host::service_manager().ready("delivering");
  return sink.run();
}

}  // namespace

int sink_program(int argc, char** argv) {
  host::die_with_parent();
  host::service_manager();
  host::keep_memory_private();
  CLI::App app("One sink of the stream of records; started by `postkamer serve`");
  Arguments arguments;
  app.add_option("--dir", arguments.dir, "the mailroom's data folder")->required();
  app.add_option("--config", arguments.config, "settings file")->required();
  app.add_option("--sink", arguments.sink, "name of the sink in the settings")->required();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kExitUsage;
  }
  host::start_log("sink-" + arguments.sink);
  stop_on_sigterm();
  const auto served = serve(arguments);
  if (served) return 0;
  spdlog::error("{}: {}", served.error().reason, served.error().message);
  return served.error().code == ErrorCode::invalid_config ? kExitConfig : kExitStore;
}

}  // namespace postkamer::sinks
