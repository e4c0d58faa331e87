// SPDX-License-Identifier: EUPL-1.2
#include "workers/intake/inbox_status.h"

#include <cstdio>
#include <fstream>

#include <nlohmann/json.hpp>

#include "workers/host/files.h"

namespace postkamer::intake {

using nlohmann::json;

std::filesystem::path status_file(const std::filesystem::path& run_folder,
                                  const std::string& inbox) {
  return run_folder / ("inbox-" + inbox + ".json");
}

// Not synced: after a power cut the door writes another.
void write_status(const std::filesystem::path& file, const InboxStatus& status) {
  auto waiting = json::array();
  for (const auto& one : status.waiting)
    waiting.push_back({{"name", one.name}, {"reason", one.reason}, {"since_s", one.since_s}});
  const json body{{"inbox", status.inbox},
                  {"folder", status.folder},
                  {"file_system", status.file_system},
                  {"polls", status.polls},
                  {"stopped", status.stopped},
                  {"taken", status.taken},
                  {"underway", status.underway},
                  {"settling", status.settling},
                  {"free_bytes", status.free_bytes},
                  {"waiting", std::move(waiting)},
                  {"written_at", status.written_at}};
  const std::filesystem::path beside = file.string() + ".tmp";
  std::ofstream out(beside, std::ios::binary | std::ios::trunc);
  out << body.dump(2, ' ', false, json::error_handler_t::replace) << '\n';
  out.close();
  if (out) std::rename(beside.c_str(), file.c_str());
}

std::optional<InboxStatus> read_status(const std::filesystem::path& file) {
  const auto bytes = host::read_file(file);
  if (!bytes) return std::nullopt;
  const json body = json::parse(text_of(*bytes), nullptr, false);
  if (!body.is_object()) return std::nullopt;
  try {
    InboxStatus status;
    status.inbox = body.at("inbox");
    status.folder = body.at("folder");
    status.file_system = body.at("file_system");
    status.polls = body.at("polls");
    status.stopped = body.at("stopped");
    status.taken = body.at("taken");
    status.underway = body.at("underway");
    status.settling = body.at("settling");
    status.free_bytes = body.at("free_bytes");
    status.written_at = body.at("written_at");
    for (const json& one : body.at("waiting"))
      status.waiting.push_back({one.at("name"), one.at("reason"), one.at("since_s")});
    return status;
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

}  // namespace postkamer::intake
