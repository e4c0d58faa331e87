// SPDX-License-Identifier: EUPL-1.2
#include "workers/intake/readiness.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <set>

#include "workers/host/natural_order.h"
#include "workers/intake/page_series.h"

namespace postkamer::intake {

using std::chrono::milliseconds;
using std::filesystem::path;

namespace {

constexpr milliseconds kFirstPause{500};
constexpr milliseconds kLongestPause{60'000};

std::int64_t nanoseconds(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

// Small: there may be tens of thousands in a folder.
struct Readiness::Entry {
  const path* folder;
  std::string name;
  mode_t mode;
  Sighting* sighting;

  [[nodiscard]] path file() const { return *folder / name; }
  [[nodiscard]] bool is_regular() const { return S_ISREG(mode); }
};

struct Readiness::Round {
  Clock::time_point now;
  std::size_t most;
  Look look;
  milliseconds stable{0};  // of the folder that is looked into
  std::vector<std::pair<Clock::time_point, Ready>> found{};

  void again_at(Clock::time_point time) {
    if (!look.next || time < *look.next) look.next = time;
  }
  void wait(const path& file, std::string_view reason, Clock::time_point since) {
    if (look.waiting.size() < kMostWaiting)
      look.waiting.push_back({file, std::string(reason), since});
  }
  [[nodiscard]] bool is_full() const { return found.size() >= most; }
};

bool is_marker(std::string_view name) { return name == ".done" || name == ".ready"; }

Readiness::Readiness(host::InboxSettings inbox, FileCheck check, IsRemote is_remote)
    : inbox_(std::move(inbox)), check_(std::move(check)), is_remote_(std::move(is_remote)) {}

Look Readiness::look(Clock::time_point now, std::size_t most) {
  for (auto& [name, sighting] : sightings_) sighting.seen = false;
  Round round{now, most, {}};
  look_into(round, inbox_.folder, "");
  for (const auto& [folder, batch_class] : inbox_.classes)
    if (round.look.trouble.empty()) look_into(round, inbox_.folder / folder, folder);
  if (round.look.trouble.empty() && !round.is_full())
    std::erase_if(sightings_, [](const auto& pair) { return !pair.second.seen; });
  std::ranges::stable_sort(round.found, [](const auto& a, const auto& b) {
    const std::string x = a.second.entries.front().filename();
    const std::string y = b.second.entries.front().filename();
    if (host::natural_less(x, y)) return true;
    return !host::natural_less(y, x) && a.first < b.first;
  });
  for (auto& [since, ready] : round.found) round.look.ready.push_back(std::move(ready));
  if (round.is_full()) round.again_at(now);
  return std::move(round.look);
}

// Everything in a folder that is not of a passing kind, with its sighting. Nothing when the folder
// cannot be looked into, for which the reason is noted.
std::optional<std::vector<Readiness::Entry>> Readiness::entries_of(Round& round,
                                                                   const path& folder) {
  errno = 0;
  const std::unique_ptr<DIR, int (*)(DIR*)> open(opendir(folder.c_str()), closedir);
  if (!open) {
    round.wait(folder,
               errno == ENOENT ? "folder_missing"
                               : reason_of(std::error_code(errno, std::generic_category())),
               round.now);
    return std::nullopt;
  }
  round.look.folders.push_back(folder);
  round.stable = milliseconds(is_remote_(folder) ? inbox_.network_stable_ms : inbox_.stable_ms);
  std::vector<Entry> entries;
  errno = 0;
  while (const dirent* each = readdir(open.get())) {
    const std::string_view name = each->d_name;
    if (name == "." || name == "..") continue;
    struct stat about {};
    if (fstatat(dirfd(open.get()), each->d_name, &about, AT_SYMLINK_NOFOLLOW) != 0) continue;
    Sighting& sighting = sight(round, folder / name, static_cast<std::uint64_t>(about.st_size),
                               nanoseconds(about.st_mtim), about.st_ino);
    entries.push_back({&folder, std::string(name), about.st_mode, &sighting});
    errno = 0;
  }
  if (errno == 0) return entries;
  round.wait(folder, reason_of(std::error_code(errno, std::generic_category())), round.now);
  return std::nullopt;
}

Readiness::Sighting& Readiness::sight(const Round& round, const path& file, std::uint64_t size,
                                      std::int64_t written, std::uint64_t node) {
  auto [found, is_new] = sightings_.try_emplace(file.native());
  Sighting& sighting = found->second;
  if (is_new || sighting.size != size || sighting.written != written || sighting.node != node)
    sighting = {size, written, node, round.now, round.now, milliseconds{0}, {}, true};
  sighting.seen = true;
  return sighting;
}

void Readiness::look_into(Round& round, const path& folder, const std::string& class_folder) {
  auto entries = entries_of(round, folder);
  if (!entries) {
    if (class_folder.empty()) round.look.trouble = round.look.waiting.back().reason;
    return;
  }
  std::vector<Entry> files;
  std::vector<path> batches;
  for (Entry& entry : *entries) {
    const bool is_folder = S_ISDIR(entry.mode);
    if (is_folder && class_folder.empty() && inbox_.classes.contains(entry.name)) continue;
    if (is_passing_name(entry.name)) {
      if (!entry.name.starts_with('.'))
        round.wait(entry.file(), "file_passing", entry.sighting->since);
    } else if (is_folder) {
      batches.push_back(entry.file());
    } else if (entry.is_regular() && entry.sighting->size == 0) {
      round.wait(entry.file(), "file_empty", entry.sighting->since);
    } else {
      files.push_back(std::move(entry));
    }
  }
  take_files(round, std::move(files), class_folder);
  for (const path& batch : batches) look_at_batch(round, batch, class_folder);
}

// In natural order, so that of more than are asked for the first come first.
void Readiness::take_files(Round& round, std::vector<Entry> files,
                           const std::string& class_folder) {
  std::ranges::sort(files, [](const Entry& a, const Entry& b) {
    if (host::natural_less(a.name, b.name)) return true;
    return !host::natural_less(b.name, a.name) && a.name < b.name;
  });
  std::map<std::string, std::vector<Entry>> series;
  for (Entry& file : files) {
    if (round.is_full()) return;
    if (inbox_.page_per_file && file.is_regular())
      series[series_of(file.name)].push_back(std::move(file));
    else if (may_be_taken(round, file.file(), *file.sighting))
      round.found.push_back({file.sighting->since, {class_folder, {file.file()}}});
  }
  for (const auto& [name, pages] : series) take_series(round, pages, class_folder);
}

void Readiness::take_series(Round& round, const std::vector<Entry>& files,
                            const std::string& class_folder) {
  Ready ready{class_folder, {}};
  Clock::time_point last{};
  bool all = true;
  for (const Entry& file : files) {
    all = may_be_taken(round, file.file(), *file.sighting) && all;
    last = std::max(last, file.sighting->since);
    ready.entries.push_back(file.file());
  }
  const auto complete = last + milliseconds(inbox_.gather_quiet_ms);
  if (!all) return;
  if (complete <= round.now) {
    round.found.push_back({last, std::move(ready)});
  } else {
    round.look.settling += files.size();
    round.again_at(complete);
  }
}

void Readiness::look_at_batch(Round& round, const path& folder, const std::string& class_folder) {
  if (round.is_full()) return;
  const auto entries = entries_of(round, folder);
  if (!entries) return;
  bool is_marked = false;
  bool all = true;
  std::size_t count = 0;
  Clock::time_point last = sightings_[folder.native()].since;
  for (const Entry& entry : *entries) {
    is_marked = is_marked || is_marker(entry.name);
    if (is_passing_name(entry.name)) continue;
    ++count;
    last = std::max(last, entry.sighting->since);
    // What is no file is refused later, one by one; here it holds nothing up.
    if (entry.is_regular()) all = may_be_taken(round, entry.file(), *entry.sighting) && all;
  }
  const auto complete = last + (is_marked ? round.stable : milliseconds(inbox_.batch_quiet_ms));
  Sighting& own = sightings_[folder.native()];
  if (count == 0) return round.wait(folder, "folder_empty", last);
  if (!all) return;
  if (own.look_again > round.now) {
    round.wait(folder, own.reason, last);
    return round.again_at(own.look_again);
  }
  if (complete <= round.now) {
    round.found.push_back({last, {class_folder, {folder}}});
  } else {
    round.wait(folder, "batch_open", last);
    round.again_at(complete);
  }
}

bool Readiness::may_be_taken(Round& round, const path& file, Sighting& sighting) {
  if (const auto stable = sighting.since + round.stable; stable > round.now) {
    ++round.look.settling;
    round.again_at(stable);
    return false;
  }
  if (sighting.look_again <= round.now) {
    std::error_code failed;
    const bool is_file =
        std::filesystem::symlink_status(file, failed).type() == std::filesystem::file_type::regular;
    std::string_view reason = is_file ? check_(file) : std::string_view();
    if (is_file && reason.empty() && sighting.size == 0) reason = "file_incomplete";
    const bool is_given_up = reason == "file_incomplete" &&
                             round.now - sighting.since >= milliseconds(inbox_.incomplete_ms);
    if (reason.empty() || is_given_up) return true;
    hold(sighting, reason, round.now);
  }
  round.wait(file, sighting.reason, sighting.since);
  round.again_at(sighting.look_again);
  return false;
}

void Readiness::hold(Sighting& sighting, std::string_view reason, Clock::time_point now) {
  sighting.pause = std::clamp(2 * sighting.pause, kFirstPause, kLongestPause);
  sighting.look_again = now + sighting.pause;
  sighting.reason = reason;
}

void Readiness::hold(const path& entry, std::string_view reason, Clock::time_point now) {
  if (const auto found = sightings_.find(entry.native()); found != sightings_.end())
    hold(found->second, reason, now);
}

}  // namespace postkamer::intake
