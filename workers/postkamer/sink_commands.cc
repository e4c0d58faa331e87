// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/sink_commands.h"

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <iostream>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "pipeline/model/finding_texts.h"
#include "workers/host/control_client.h"
#include "workers/host/process.h"
#include "workers/host/settings.h"
#include "workers/postkamer/act_record.h"
#include "workers/postkamer/exit_codes.h"
#include "workers/sinks/sink_state.h"

namespace postkamer {
namespace {

using nlohmann::json;
using sinks::StateFolder;

constexpr int kAnswerMs = 2'000;
constexpr auto kTakenUp = std::chrono::seconds(5);
constexpr int kLookMs = 20;

int complain(const Error& error) {
  std::cerr << error.message << '\n';
  if (error.reason == "sink_unknown") return exit_code::kNotFound;
  if (error.reason == "mailroom_closed") return exit_code::kUnavailable;
  return error.code == ErrorCode::invalid_config ? exit_code::kConfig : exit_code::kFailed;
}

// What the broker knows of all subscribers; null when no mailroom answers.
json stream_of(const std::filesystem::path& dir) {
  auto client = host::ControlClient::connect(host::Layout{dir}.control_endpoint());
  if (!client) return nullptr;
  auto answer = client->ask("subscribers", json::object(), nullptr, kAnswerMs);
  return answer ? std::move(*answer) : json();
}

json position_of(const json& stream, const std::string& name) {
  if (!stream.is_object()) return nullptr;
  const json all = stream.value("subscribers", json::array());
  for (const json& one : all)
    if (one.value("name", std::string()) == name) return one;
  return nullptr;
}

json to_json(const sinks::Held& held) {
  return {{"sequence", held.sequence}, {"document", held.document}, {"attempts", held.attempts},
          {"parked", held.parked},     {"reason", held.reason},     {"detail", held.detail}};
}

Result<json> told_of(const host::SinkSettings& sink, const std::filesystem::path& dir,
                     const json& stream) {
  PK_TRY(state, StateFolder::open(StateFolder::of(dir, sink.name)));
  PK_TRY(held, state.held());
  const auto status = state.status().value_or(sinks::SinkStatus{"new", "", "", 0, 0, 0});
  const json position = position_of(stream, sink.name);
  auto list = json::array();
  for (const auto& one : held) list.push_back(to_json(one));
  json body{{"name", sink.name},
            {"kind", host::name_of(sink.kind)},
            {"state", status.state},
            {"reason", status.reason},
            {"detail", status.detail},
            {"delivered", status.delivered},
            {"until", status.until},
            {"parked", std::ranges::count_if(held, &sinks::Held::parked)},
            {"waiting", std::ranges::count(held, false, &sinks::Held::parked)},
            {"held", std::move(list)}};
  body["sequence"] = position.is_object() ? position.at("sequence") : json();
  body["behind"] = position.is_object() ? position.at("behind") : json();
  return body;
}

std::string sentence(const json& told) {
  const auto text = finding_text(told.at("reason").get<std::string>());
  const std::string detail = told.value("detail", "");
  return fmt::format("{}{} {}", text.dutch, detail.empty() ? "" : " (" + detail + ")",
                     text.way_out);
}

std::string state_of(const json& told) {
  const std::string state = told.at("state");
  if (state == "new") return "nog niet begonnen; draait `postkamer serve`?";
  if (state == "open") return "open";
  if (state == "stopped") return "GESTOPT: " + sentence(told);
  if (state == "full") return "VOL: " + sentence(told);
  const auto until = static_cast<std::time_t>(told.at("until").get<std::int64_t>());
  std::tm local{};
  localtime_r(&until, &local);
  return fmt::format("wacht tot {:%d-%m %H:%M:%S}: {}", local, sentence(told));
}

void print(const json& told) {
  const auto number = [&](const char* key) {
    return told.at(key).is_null() ? std::string("?") : told.at(key).dump();
  };
  std::cout << fmt::format("sink {:<16} {:<8} tot {}, {} achter; {} wachten, {} geparkeerd; {}\n",
                           told.at("name").get<std::string>(), told.at("kind").get<std::string>(),
                           number("sequence"), number("behind"), number("waiting"),
                           number("parked"), state_of(told));
  for (const json& held : told.at("held"))
    std::cout << fmt::format("  {} {} {}, {} keer geprobeerd: {}\n",
                             held.at("parked") ? "geparkeerd" : "wacht     ",
                             held.at("sequence").dump(), held.at("document").get<std::string>(),
                             held.at("attempts").dump(), sentence(held));
}

// The named sink of the settings, or the complaint.
Result<host::SinkSettings> named(const SinkOptions& options) {
  PK_TRY(settings, host::load_settings(options.config));
  const auto found = std::ranges::find(settings.sinks, options.name, &host::SinkSettings::name);
  if (found != settings.sinks.end()) return *found;
  return fail(ErrorCode::unavailable, "sink_unknown",
              "the settings name no sink " + options.name + "; `postkamer sinks` shows them");
}

// Leaves the wish with the sink and waits until it is fulfilled.
int leave(const StateFolder& state, const sinks::Ask& ask) {
  if (state.asked()) {
    std::cerr << "an earlier wish still waits for this sink; is `postkamer serve` running?\n";
    return exit_code::kRefused;
  }
  if (const auto left = state.ask(ask); !left) return complain(left.error());
  const auto deadline = std::chrono::steady_clock::now() + kTakenUp;
  while (state.asked() && std::chrono::steady_clock::now() < deadline) poll(nullptr, 0, kLookMs);
  std::cout << (state.asked() ? "not taken up yet; it will be when `postkamer serve` runs\n"
                              : "taken up\n");
  return exit_code::kOk;
}

}  // namespace

int sinks_list_command(const SinkOptions& options) {
  const auto settings = host::load_settings(options.config);
  if (!settings) return complain(settings.error());
  const json stream = stream_of(options.dir);
  auto list = json::array();
  for (const auto& sink : settings->sinks) {
    auto told = told_of(sink, options.dir, stream);
    if (!told) return complain(told.error());
    if (!options.json) print(*told);
    list.push_back(std::move(*told));
  }
  if (options.json)
    std::cout << list.dump(2) << '\n';
  else if (list.empty())
    std::cout << "the settings name no [[sink]]\n";
  return exit_code::kOk;
}

int sinks_replay_command(const SinkOptions& options) {
  const auto sink = named(options);
  if (!sink) return complain(sink.error());
  const json stream = stream_of(options.dir);
  if (options.from && stream.is_object()) {
    const auto oldest = stream.value("oldest", std::uint64_t{1});
    const auto head = stream.value("head", std::uint64_t{0});
    if (*options.from < oldest || *options.from > head + 1) {
      std::cerr << fmt::format("the stream has events {} to {}; {} is none of them\n", oldest, head,
                               *options.from);
      return exit_code::kRefused;
    }
  }
  const auto state = StateFolder::open(StateFolder::of(options.dir, sink->name));
  if (!state) return complain(state.error());
  sinks::Ask ask;
  ask.send_again = true;
  if (options.from) ask.after = std::max<std::uint64_t>(*options.from, 1) - 1;
  if (const auto told = record_act(options.dir, "sink_replayed", sink->name,
                                   {{"from", options.from.value_or(0)}});
      !told)
    return complain(told.error());
  return leave(*state, ask);
}

int sinks_drop_command(const SinkOptions& options) {
  const auto sink = named(options);
  if (!sink) return complain(sink.error());
  const auto state = StateFolder::open(StateFolder::of(options.dir, sink->name));
  if (!state) return complain(state.error());
  if (!state->event(options.sequence)) {
    std::cerr << "this sink holds no event " << options.sequence << "; `postkamer sinks` shows "
              << "what it holds\n";
    return exit_code::kNotFound;
  }
  sinks::Ask ask;
  ask.let_go = options.sequence;
  if (const auto told =
          record_act(options.dir, "sink_event_dropped", sink->name, {{"event", options.sequence}});
      !told)
    return complain(told.error());
  return leave(*state, ask);
}

}  // namespace postkamer
