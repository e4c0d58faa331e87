// SPDX-License-Identifier: EUPL-1.2
#include "workers/metrics/figures.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <ctime>

#include "workers/host/files.h"
#include "workers/host/process.h"
#include "workers/intake/inbox_status.h"
#include "workers/journal/sqlite_journal.h"
#include "workers/publisher/stream_note.h"
#include "workers/sinks/sink_state.h"
#include "workers/wire/message.h"

namespace postkamer::metrics {
namespace {

using nlohmann::json;

constexpr int kAnswerMs = 800;

std::uint64_t count_at(const json& body, std::string_view key) {
  return static_cast<std::uint64_t>(
      std::max<std::int64_t>(0, wire::number_at(body, key).value_or(0)));
}

json list_at(const json& body, const char* key) {
  const auto found = body.find(key);
  return found != body.end() && found->is_array() ? *found : json::array();
}

void add_workers(const json& workers, std::map<std::string, KindFigures>& kinds) {
  for (const json& worker : workers) {
    const std::string state = wire::text_at(worker, "state").value_or("");
    for (const json& kind : list_at(worker, "kinds")) {
      if (!kind.is_string()) continue;
      const auto found = kinds.find(kind.get<std::string>());
      if (found == kinds.end()) continue;  // only kinds we know make a label
      KindFigures& figures = found->second;
      ++(state == "executing" ? figures.executing
         : state == "holding" ? figures.holding
                              : figures.idle);
    }
  }
}

UnreadFigures unread_at(const json& counts) {
  return {count_at(counts, "malformed"), count_at(counts, "unsupported")};
}

std::uint64_t size_of(const std::filesystem::path& file) {
  std::error_code failed;
  const auto size = std::filesystem::file_size(file, failed);
  return failed ? 0 : size;
}

InboxFigures inbox_figures(const intake::InboxStatus& status, std::int64_t now) {
  InboxFigures figures;
  figures.waiting = status.waiting.size() + status.settling;
  figures.underway = status.underway;
  figures.taken = status.taken;
  for (const auto& waiting : status.waiting)
    figures.oldest_waiting_s = std::max(figures.oldest_waiting_s, double(waiting.since_s));
  figures.told_s = std::max<double>(0, static_cast<double>(now - status.written_at));
  figures.is_stopped = !status.stopped.empty();
  return figures;
}

SinkFigures sink_figures(const std::filesystem::path& dir, const std::string& name) {
  SinkFigures figures;
  const auto folder = sinks::StateFolder::of(dir, name);
  std::error_code failed;
  if (!std::filesystem::exists(folder, failed)) return figures;  // it has not run yet
  const auto state = sinks::StateFolder::open(folder);
  if (!state) return figures;
  if (const auto held = state->held())
    for (const auto& one : *held) ++(one.parked ? figures.parked : figures.waiting);
  const auto status = state->status();
  figures.is_open = status && status->state == "open";
  return figures;
}

}  // namespace

double age_of(const std::string& time, std::int64_t now) {
  std::tm parts{};
  if (time.empty() || ::strptime(time.c_str(), "%Y-%m-%dT%H:%M:%S", &parts) == nullptr) return 0;
  return static_cast<double>(std::max<std::int64_t>(0, now - ::timegm(&parts)));
}

BrokerFigures broker_figures(const json& status) {
  BrokerFigures figures;
  const auto kinds = status.find("kinds");
  if (kinds != status.end() && kinds->is_object())
    for (const auto& [name, kind] : kinds->items()) {
      KindFigures& one = figures.kinds[name];
      one.waiting = count_at(kind, "waiting");
      one.running = count_at(kind, "running");
      one.done = count_at(kind, "done");
      one.failed = count_at(kind, "failed");
      one.oldest_s = static_cast<double>(count_at(kind, "oldest_ms")) / 1000;
    }
  add_workers(list_at(status, "workers"), figures.kinds);
  for (const json& batch : list_at(status, "batches"))
    ++(wire::text_at(batch, "state") == "open" ? figures.open_batches : figures.closing_batches);
  for (const json& one : list_at(status, "subscribers"))
    if (const auto name = wire::text_at(one, "name"))
      figures.subscribers[*name] = {count_at(one, "behind"), count_at(one, "lost")};
  figures.head = count_at(status, "head");
  figures.oldest = count_at(status, "oldest");
  if (const auto wires = status.find("wires"); wires != status.end() && wires->is_object()) {
    figures.unread["broker"] = unread_at(*wires);
    if (const auto gate = wires->find("gate"); gate != wires->end() && gate->is_object())
      figures.unread["gate"] = unread_at(*gate);
  }
  figures.is_draining = wire::flag_at(status, "draining").value_or(false);
  return figures;
}

Gatherer::Gatherer(std::filesystem::path dir, host::Settings settings, host::ControlClient client)
    : dir_(std::move(dir)), settings_(std::move(settings)), client_(std::move(client)) {}

Result<Gatherer> Gatherer::open(const std::filesystem::path& dir, host::Settings settings) {
  PK_TRY(client, host::ControlClient::connect(host::Layout{dir}.control_endpoint()));
  return Gatherer(dir, std::move(settings), std::move(client));
}

std::optional<BrokerFigures> Gatherer::ask_broker() {
  const auto status = client_.ask("status", json::object(), nullptr, kAnswerMs);
  if (!status) return std::nullopt;
  return broker_figures(*status);
}

// A journal that failed once is opened anew the next time: a restore may have put another there.
std::optional<journal::Backlog> Gatherer::read_journal() {
  if (reader_ == nullptr) {
    auto reader = journal::open_reader(host::Layout{dir_}.journal());
    if (!reader) return std::nullopt;
    reader_ = std::move(*reader);
  }
  auto backlog = reader_->backlog();
  if (backlog) return std::move(*backlog);
  reader_.reset();
  return std::nullopt;
}

Figures Gatherer::gather() {
  const host::Layout layout{dir_};
  const std::int64_t now = std::time(nullptr);
  Figures figures;
  figures.broker = ask_broker();
  figures.backlog = read_journal();
  if (figures.backlog) {
    figures.unread_s = age_of(figures.backlog->oldest_unread, now);
    figures.in_review_s = age_of(figures.backlog->oldest_in_review, now);
  }
  for (const std::string_view kind : host::kWorkerKinds)
    figures.wanted_workers[std::string(kind)] =
        static_cast<std::uint64_t>(host::worker_count(settings_, kind));
  if (const auto note = publisher::read_note(publisher::note_file(layout.run())))
    figures.unread_by_publisher = {note->malformed, note->unsupported};
  for (const auto& inbox : settings_.inboxes)
    if (const auto status = intake::read_status(intake::status_file(layout.run(), inbox.name)))
      figures.inboxes[inbox.name] = inbox_figures(*status, now);
  for (const auto& sink : settings_.sinks) figures.sinks[sink.name] = sink_figures(dir_, sink.name);
  struct statvfs disk {};
  if (::statvfs(dir_.c_str(), &disk) == 0) {
    figures.disk_free = std::uint64_t{disk.f_bavail} * disk.f_frsize;
    figures.disk_size = std::uint64_t{disk.f_blocks} * disk.f_frsize;
  }
  if (const auto made = host::read_file(layout.last_backup()))
    figures.backup_s = age_of(std::string(text_of(*made)), now);
  figures.journal_bytes = size_of(layout.journal());
  figures.log_bytes = size_of(layout.journal().string() + "-wal");
  return figures;
}

}  // namespace postkamer::metrics
