// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/worker_command.h"

#include <poll.h>

#include <charconv>
#include <chrono>
#include <iostream>
#include <optional>

#include "workers/host/secret_key.h"
#include "workers/host/socket.h"
#include "workers/postkamer/exit_codes.h"
#include "workers/postkamer/mailroom.h"
#include "workers/postkamer/mending.h"
#include "workers/postkamer/stop_signal.h"

namespace postkamer {
namespace {

constexpr int kMostProcesses = 256;
constexpr auto kStopGrace = std::chrono::milliseconds(9'000);
// What is wrong this soon was wrong when we were started: whoever did so is told by our end.
constexpr auto kStart = std::chrono::seconds(30);
constexpr int kLookMs = 100;

int complain(const Error& error) {
  std::cerr << error.message << '\n';
  return error.code == ErrorCode::invalid_config ? exit_code::kConfig : exit_code::kFailed;
}

struct Asked {
  std::string kind;
  int count = 1;
};

// "ocr=4".
std::optional<Asked> asked_of(const std::string& text) {
  const auto equals = text.find('=');
  Asked asked{text.substr(0, equals), 1};
  if (equals == std::string::npos) return asked;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data() + equals + 1, end, asked.count);
  const bool is_count =
      read.ec == std::errc{} && read.ptr == end && asked.count > 0 && asked.count <= kMostProcesses;
  return is_count ? std::optional(asked) : std::nullopt;
}

Result<std::vector<ProcessSpec>> specs_of(const WorkerCommandOptions& options) {
  PK_TRY(key, host::read_key_file(options.key));
  const std::string address = options.address.empty() ? key.address : options.address;
  if (!host::is_tcp(address))
    return fail(ErrorCode::invalid_config, "address_missing",
                "joining a mailroom: " + options.key.string() +
                    " names no address; give it with --address tcp://HOST:PORT");
  std::vector<ProcessSpec> specs;
  for (const std::string& text : options.processes) {
    const auto asked = asked_of(text);
    const auto program = asked ? worker_program(asked->kind) : std::nullopt;
    if (!program)
      return fail(ErrorCode::invalid_config, "kind_unknown",
                  "joining a mailroom: expected KIND or KIND=NUMBER with decode, deskew, classify, "
                  "extract, ocr or archive, found " +
                      text);
    for (int n = 1; n <= asked->count; ++n)
      specs.push_back({asked->kind + "-" + std::to_string(n),
                       *program,
                       {"--endpoint", address, "--key", options.key.string(), "--config",
                        options.config.string()}});
  }
  return specs;
}

}  // namespace

int worker_command(const WorkerCommandOptions& options) {
  auto specs = specs_of(options);
  if (!specs) return complain(specs.error());
  if (const auto settings = checked_settings(options.config); !settings)
    return complain(settings.error());
  catch_stop_signals();
  Supervisor supervisor(std::move(*specs));
  if (const auto started = supervisor.start(); !started) return complain(started.error());
  std::cerr << "working\n";
  const auto check = [&] { return settings_right(options.config); };
  Mending mending(supervisor, check, std::cerr);
  const auto begun = Supervisor::Clock::now();
  while (!stop_signal_came()) {
    supervisor.tick();
    const auto startable = check_startable(supervisor);
    if (!startable && Supervisor::Clock::now() - begun < kStart) {
      supervisor.stop(kStopGrace, Supervisor::Order::all_at_once);
      return complain(startable.error());
    }
    mending.look();
    poll(nullptr, 0, kLookMs);
  }
  supervisor.stop(kStopGrace, Supervisor::Order::all_at_once);
  return exit_code::kOk;
}

}  // namespace postkamer
