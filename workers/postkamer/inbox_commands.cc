// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/inbox_commands.h"

#include <algorithm>
#include <ctime>
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "pipeline/model/finding_texts.h"
#include "workers/host/process.h"
#include "workers/intake/inbox_status.h"
#include "workers/postkamer/exit_codes.h"

namespace postkamer {
namespace {

using intake::InboxStatus;
using nlohmann::json;
using std::filesystem::path;

constexpr std::int64_t kSilentAfter = 10;  // seconds; a door writes each second

std::vector<InboxStatus> told_in(const path& dir, const std::string& inbox) {
  std::vector<InboxStatus> all;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(host::Layout{dir}.run(), failed)) {
    const std::string name = entry.path().filename();
    if (!name.starts_with("inbox-") || !name.ends_with(".json")) continue;
    auto status = intake::read_status(entry.path());
    if (status && (inbox.empty() || status->inbox == inbox)) all.push_back(std::move(*status));
  }
  std::ranges::sort(all, {}, &InboxStatus::inbox);
  return all;
}

bool is_silent(const InboxStatus& status) {
  return std::time(nullptr) - status.written_at > kSilentAfter;
}

std::string line_of(const InboxStatus& status) {
  std::string state = "open";
  if (!status.stopped.empty()) {
    const auto text = finding_text(status.stopped);
    state = fmt::format("GESTOPT: {} {}", text.dutch, text.way_out);
  }
  if (is_silent(status)) state = "geen teken van leven; draait `postkamer serve`?";
  return fmt::format("inbox {:<10} {} opgepakt, {} onderweg, {} wachten; {}", status.inbox,
                     status.taken, status.underway, status.waiting.size() + status.settling, state);
}

std::string duration(std::int64_t seconds) {
  if (seconds < 120) return fmt::format("{} s", seconds);
  return seconds < 7'200 ? fmt::format("{} min", seconds / 60)
                         : fmt::format("{} uur", seconds / 3600);
}

json to_json(const InboxStatus& status) {
  auto waiting = json::array();
  for (const auto& one : status.waiting)
    waiting.push_back({{"name", one.name}, {"reason", one.reason}, {"since_s", one.since_s}});
  return {{"inbox", status.inbox},        {"folder", status.folder},
          {"stopped", status.stopped},    {"taken", status.taken},
          {"underway", status.underway},  {"settling", status.settling},
          {"polls", status.polls},        {"file_system", status.file_system},
          {"silent", is_silent(status)},  {"free_bytes", status.free_bytes},
          {"waiting", std::move(waiting)}};
}

// The inbox of the settings with this name or folder, else a folder with default settings.
host::InboxSettings inbox_named(const host::Settings& settings, const std::string& which) {
  std::error_code failed;
  for (const auto& inbox : settings.inboxes)
    if (inbox.name == which || std::filesystem::equivalent(inbox.folder, which, failed))
      return inbox;
  host::InboxSettings inbox;
  inbox.name = "proef";
  inbox.folder = std::filesystem::absolute(which, failed).lexically_normal();
  if (!inbox.folder.has_filename()) inbox.folder = inbox.folder.parent_path();
  return inbox;
}

}  // namespace

int inbox_test_command(const path& config, const std::string& which, bool as_json) {
  const auto settings = host::load_settings(config);
  if (!settings) {
    std::cerr << settings.error().message << '\n';
    return exit_code::kConfig;
  }
  const host::InboxSettings inbox = inbox_named(*settings, which);
  std::error_code failed;
  if (!std::filesystem::is_directory(inbox.folder, failed)) {
    std::cerr << inbox.folder.string() << ": deze map is er niet; maak haar, of koppel de "
              << "netwerkschijf\n";
    return exit_code::kNotFound;
  }
  auto trials = try_inbox(inbox, settings->data);
  if (const auto apart = host::check_inbox_folders(std::span(&inbox, 1), settings->data); !apart)
    trials.push_back({false, "ligging", apart.error().message});
  const bool fine = std::ranges::all_of(trials, &Trial::fine);
  auto lines = json::array();
  for (const Trial& trial : trials) {
    lines.push_back({{"fine", trial.fine}, {"what", trial.what}, {"found", trial.found}});
    if (!as_json)
      std::cout << fmt::format("{:<5} {:<22} {}\n", trial.fine ? "goed" : "FOUT", trial.what,
                               trial.found);
  }
  if (as_json)
    std::cout << lines.dump(2) << '\n';
  else
    std::cout << (fine ? "Deze map kan een inbox zijn.\n"
                       : "Deze map kan zo geen inbox zijn; zie FOUT hierboven.\n");
  return fine ? exit_code::kOk : exit_code::kFailed;
}

int inbox_list_command(const path& dir, const std::string& inbox, bool as_json) {
  const auto told = told_in(dir, inbox);
  if (told.empty()) {
    std::cerr << "in " << dir.string() << " heeft geen inbox"
              << (inbox.empty() ? "" : " met de naam " + inbox)
              << " zich gemeld; draait `postkamer serve`?\n";
    return inbox.empty() ? exit_code::kUnavailable : exit_code::kNotFound;
  }
  auto list = json::array();
  for (const InboxStatus& status : told) {
    list.push_back(to_json(status));
    if (as_json) continue;
    std::cout << line_of(status) << '\n'
              << fmt::format(
                     "  {} ({}, {})\n", status.folder, status.file_system,
                     status.polls ? "wordt op gezette tijden bekeken" : "meldt zich vanzelf");
    for (const auto& one : status.waiting) {
      const auto text = finding_text(one.reason);
      std::cout << fmt::format("  {:<32} {:>8}  {} {}\n", one.name.empty() ? "." : one.name,
                               duration(one.since_s), text.dutch, text.way_out);
    }
  }
  if (as_json) std::cout << list.dump(2, ' ', false, json::error_handler_t::replace) << '\n';
  return exit_code::kOk;
}

void print_inbox_lines(const path& dir) {
  for (const InboxStatus& status : told_in(dir, "")) std::cout << line_of(status) << '\n';
}

}  // namespace postkamer
