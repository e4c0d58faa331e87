// SPDX-License-Identifier: EUPL-1.2
#include "workers/sinks/sink_state.h"

#include <sys/stat.h>

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "workers/host/files.h"

namespace postkamer::sinks {
namespace {

using nlohmann::json;
using std::filesystem::path;

constexpr const char* kHeld = "held";

json json_in(const path& file) {
  const auto bytes = host::read_file(file);
  return bytes ? json::parse(text_of(*bytes), nullptr, false) : json();
}

Result<void> write(const path& file, const json& body) {
  return host::write_file(
      file, bytes_of(body.dump(1, ' ', false, json::error_handler_t::replace) + "\n"));
}

Result<json> held_json(const path& file) {
  const json body = json_in(file);
  if (body.is_object() && body.contains("sequence") && body.contains("event")) return body;
  return fail(ErrorCode::corrupt_store, "sink_held",
              "reading the held event " + file.string() +
                  ": it is not one of ours; put it back from a copy, or take it out and replay "
                  "its number");
}

Held held_of(const json& body) {
  Held held;
  held.sequence = body.value("sequence", std::uint64_t{0});
  held.document = body.value("document", "");
  held.attempts = body.value("attempts", 0);
  held.next = Moment(Millis(body.value("next", std::int64_t{0})));
  held.parked = body.value("parked", false);
  held.reason = body.value("reason", "");
  held.detail = body.value("detail", "");
  return held;
}

}  // namespace

path StateFolder::of(const path& data, const std::string& sink) { return data / "sinks" / sink; }

Result<StateFolder> StateFolder::open(path folder) {
  std::error_code error;
  std::filesystem::create_directories(folder / kHeld, error);
  if (!error && ::chmod(folder.c_str(), 0700) != 0)
    error = std::error_code(errno, std::generic_category());
  if (error)
    return fail(ErrorCode::invalid_config, "sink_state",
                "making the folder of a sink, " + folder.string() + ": " + error.message());
  return StateFolder(std::move(folder));
}

path StateFolder::file_of(std::uint64_t sequence) const {
  return folder_ / kHeld / fmt::format("{:010}.json", sequence);
}

Result<std::vector<Held>> StateFolder::held() const {
  std::vector<Held> all;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / kHeld, failed)) {
    if (entry.path().extension() != ".json") continue;  // one that was being written
    auto body = held_json(entry.path());
    if (body) {
      all.push_back(held_of(*body));
    } else if (std::filesystem::exists(entry.path(), failed)) {  // not delivered meanwhile
      return tl::unexpected(body.error());
    }
  }
  std::ranges::sort(all, {}, &Held::sequence);
  return all;
}

Result<void> StateFolder::keep(const Held& held, const std::string& event) const {
  const path file = file_of(held.sequence);
  json body{{"sequence", held.sequence}, {"document", held.document},
            {"attempts", held.attempts}, {"next", held.next.time_since_epoch().count()},
            {"parked", held.parked},     {"reason", held.reason},
            {"detail", held.detail},     {"event", event}};
  if (event.empty()) {
    PK_TRY(before, held_json(file));
    body["event"] = before.at("event");
  }
  return write(file, body);
}

Result<std::string> StateFolder::event(std::uint64_t sequence) const {
  PK_TRY(body, held_json(file_of(sequence)));
  return body.value("event", "");
}

void StateFolder::forget(std::uint64_t sequence) const {
  std::error_code ignored;  // it is delivered once more then
  std::filesystem::remove(file_of(sequence), ignored);
}

Result<void> StateFolder::tell(const SinkStatus& status) const {
  return write(folder_ / "status.json", {{"state", status.state},
                                         {"reason", status.reason},
                                         {"detail", status.detail},
                                         {"until", status.until},
                                         {"delivered", status.delivered},
                                         {"delivered_at", status.delivered_at}});
}

std::optional<SinkStatus> StateFolder::status() const {
  const json body = json_in(folder_ / "status.json");
  if (!body.is_object()) return std::nullopt;
  SinkStatus status;
  status.state = body.value("state", "");
  status.reason = body.value("reason", "");
  status.detail = body.value("detail", "");
  status.until = body.value("until", std::int64_t{0});
  status.delivered = body.value("delivered", std::uint64_t{0});
  status.delivered_at = body.value("delivered_at", std::int64_t{0});
  return status;
}

Result<void> StateFolder::ask(const Ask& ask) const {
  json body{{"send_again", ask.send_again}};
  if (ask.after) body["after"] = *ask.after;
  if (ask.let_go) body["let_go"] = *ask.let_go;
  return write(folder_ / "ask.json", body);
}

std::optional<Ask> StateFolder::asked() const {
  std::error_code failed;
  if (!std::filesystem::exists(folder_ / "ask.json", failed)) return std::nullopt;
  const json body = json_in(folder_ / "ask.json");
  if (!body.is_object()) return std::nullopt;
  Ask ask;
  ask.send_again = body.value("send_again", false);
  if (body.contains("after")) ask.after = body.value("after", std::uint64_t{0});
  if (body.contains("let_go")) ask.let_go = body.value("let_go", std::uint64_t{0});
  return ask;
}

void StateFolder::answer() const {
  std::error_code ignored;  // it is done twice then, which does no harm
  std::filesystem::remove(folder_ / "ask.json", ignored);
}

}  // namespace postkamer::sinks
