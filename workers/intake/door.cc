// SPDX-License-Identifier: EUPL-1.2
#include "workers/intake/door.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <ctime>
#include <limits>
#include <optional>

#include <spdlog/spdlog.h>

#include "workers/intake/inbox_status.h"
#include "workers/intake/move_entry.h"

namespace postkamer::intake {

using std::chrono::milliseconds;
using std::filesystem::path;

namespace {

constexpr const char* kStaging = ".postkamer";  // hidden: never taken itself

// Taken ahead of what the broker has; the rest is safest in the inbox, where people can see it.
constexpr std::size_t kMostAhead = 1024;

constexpr milliseconds kBetweenLooks{50};    // under a stream of events
constexpr milliseconds kBetweenPushes{200};  // while batches are read
constexpr milliseconds kAfterTrouble{1'000};
constexpr milliseconds kLongestWait{1'000};  // so that a stop is heard in time
constexpr milliseconds kWhileFull{2'000};    // looks only to tell what waits

// Looking goes through the whole folder. Under a stream of events, or with thousands of files that
// cannot be taken, it may use this part of the time: one in five.
constexpr int kRestOfLook = 4;

Readiness::IsRemote or_real(const Readiness::IsRemote& is_remote) {
  if (is_remote) return is_remote;
  return [](const path& folder) { return file_system_of(folder).is_remote; };
}

struct Refused {
  path entry;
  RenameFailure failure;
};

// Moves all of `entries` into `folder` by rename, or none: half a series is no document.
std::optional<Refused> move_all(const std::vector<path>& entries, const path& folder) {
  for (auto entry = entries.begin(); entry != entries.end(); ++entry) {
    const auto renamed = rename_entry(*entry, folder / entry->filename());
    if (renamed) continue;
    for (auto back = entries.begin(); back != entry; ++back)
      (void)rename_entry(folder / back->filename(), *back);
    std::error_code failed;
    std::filesystem::remove(folder, failed);  // when empty
    return Refused{*entry, renamed.error()};
  }
  return std::nullopt;
}

bool is_vanished(const Error& error, const path& entry) {
  std::error_code failed;
  return !error.reason.empty() &&
         !std::filesystem::exists(std::filesystem::symlink_status(entry, failed));
}

}  // namespace

std::uint64_t free_bytes_at(const path& folder) {
  struct statvfs about {};
  if (statvfs(folder.c_str(), &about) != 0) return std::numeric_limits<std::uint64_t>::max();
  return std::uint64_t{about.f_bavail} * about.f_frsize;
}

path Door::work_of(const host::InboxSettings& inbox) {
  return inbox.store_folder() / "work" / inbox.name;
}

Door::Door(host::InboxSettings inbox, path data, path status, ClaimDesk desk, DoorSenses senses)
    : inbox_(std::move(inbox)),
      data_(std::move(data)),
      status_file_(std::move(status)),
      desk_(std::move(desk)),
      senses_(std::move(senses)),
      readiness_(inbox_, senses_.check, or_real(senses_.is_remote)),
      watch_(inbox_.watch) {
  std::error_code failed;  // told by the look that follows
  for (const auto& [folder, batch_class] : inbox_.classes)
    if (std::filesystem::exists(inbox_.folder, failed))
      std::filesystem::create_directory(inbox_.folder / folder, failed);
}

void Door::run(const std::function<bool()>& stop) {
  while (!stop()) {
    round();
    const auto now = Clock::now();
    const auto wake = watch_.wait(until_next(now));
    if (wake != FolderWatch::Wake::timeout && stopped_ != "disk_full")
      next_look_ = std::min(next_look_, std::max(rested_, Clock::now() + kBetweenLooks));
  }
}

milliseconds Door::until_next(Clock::time_point now) const {
  auto next = std::min(next_look_, next_status_);
  if (desk_.underway() > 0) next = std::min(next, next_push_);
  if (has_staged_ && stopped_ != "disk_full") next = std::min(next, next_bring_in_);
  const auto wait = std::chrono::ceil<milliseconds>(next - now);
  return std::clamp(wait, milliseconds{0}, kLongestWait);
}

void Door::round() {
  const auto now = Clock::now();
  if (now >= next_space_) look_for_space(now);
  if (has_staged_ && stopped_ != "disk_full" && now >= next_bring_in_) bring_in_staged();
  if (now >= next_look_) look(now);
  if (desk_.underway() > 0 && now >= next_push_) push_claims(now);
  if (now >= next_status_) tell_status(now);
}

void Door::look_for_space(Clock::time_point now) {
  next_space_ = now + kBetweenPushes;
  free_ = std::min(senses_.free_bytes(inbox_.store_folder()), senses_.free_bytes(data_));
  if (free_ < inbox_.min_free_bytes) {
    set_stopped("disk_full");
  } else if (stopped_ == "disk_full") {
    set_stopped("");
    next_look_ = now;
  }
}

void Door::set_stopped(const std::string& reason) {
  if (reason == stopped_) return;
  if (reason.empty())
    spdlog::info("inbox {}: files are taken again ({} is over)", inbox_.name, stopped_);
  else
    spdlog::warn("inbox {}: no files are taken: {}; {} MiB free, {} MiB wanted", inbox_.name,
                 reason, free_ >> 20, inbox_.min_free_bytes >> 20);
  stopped_ = reason;
  next_status_ = {};
}

void Door::look(Clock::time_point now) {
  const std::size_t ahead = std::min(kMostAhead, desk_.waiting());
  const std::size_t room = kMostAhead - ahead;
  const bool is_full = stopped_ == "disk_full";
  // A look costs as much as the folder has files: not one for every few that were handed over.
  if (ahead > kMostAhead / 2 && !is_full) {
    next_look_ = now + kBetweenPushes;
    return;
  }
  last_look_ = readiness_.look(now, is_full ? 0 : room);
  if (!is_full) set_stopped(last_look_.trouble);
  // A folder that cannot be read is looked for, not waited for.
  watch_.follow(last_look_.folders);
  const std::size_t taken = is_full ? 0 : take_all(now);
  rested_ = Clock::now() + kRestOfLook * (Clock::now() - now);
  if (is_full)
    next_look_ = now + kWhileFull;
  else if (taken >= room)
    next_look_ = now;  // there is more
  else
    next_look_ = std::max(rested_, next_after_look(now));
}

std::size_t Door::take_all(Clock::time_point now) {
  std::size_t taken = 0;
  for (const Ready& ready : last_look_.ready) taken += take(ready, now) ? 1 : 0;
  if (taken == 0) return 0;
  taken_ += taken;
  sync_folder(inbox_.folder);
  next_push_ = now;
  return taken;
}

Door::Clock::time_point Door::next_after_look(Clock::time_point now) const {
  const milliseconds rest(watch_.must_poll() ? std::min(inbox_.poll_ms, inbox_.rescan_ms)
                                             : inbox_.rescan_ms);
  if (!last_look_.next) return now + rest;
  return std::clamp(*last_look_.next, now + kBetweenLooks, now + rest);
}

bool Door::take(const Ready& ready, Clock::time_point now) {
  const path claim = desk_.new_claim(ready.class_folder);
  if (const auto refused = move_all(ready.entries, claim)) {
    if (refused->failure.is_elsewhere) return stage(ready, claim.filename(), now);
    if (!is_vanished(refused->failure.error, refused->entry))
      readiness_.hold(ready.entries.front(), refused->failure.error.reason, now);
    return false;
  }
  desk_.add(claim);
  return true;
}

// Out of the way of whoever writes to the inbox first; copied at leisure, and again after a crash.
bool Door::stage(const Ready& ready, const std::string& claim, Clock::time_point now) {
  const path staging = ready.entries.front().parent_path() / kStaging / claim;
  std::error_code failed;
  if (const auto refused = move_all(ready.entries, staging)) {
    readiness_.hold(ready.entries.front(), refused->failure.error.reason, now);
    if (!std::filesystem::exists(staging, failed)) return false;
  }
  has_staged_ = true;
  next_bring_in_ = now;
  return true;
}

void Door::bring_in_staged() {
  bool all = name_what_came();
  std::vector<path> folders{inbox_.folder};
  for (const auto& [name, batch_class] : inbox_.classes) folders.push_back(inbox_.folder / name);
  for (const path& folder : folders) {
    std::error_code failed;
    std::vector<path> staged;
    for (const auto& entry : std::filesystem::directory_iterator(folder / kStaging, failed))
      staged.push_back(entry.path());
    std::ranges::sort(staged);
    for (const path& claim : staged) all = bring_in(claim) && all;
  }
  std::error_code failed;
  for (const path& folder : folders)
    if (all) std::filesystem::remove(folder / kStaging, failed);  // when empty
  has_staged_ = !all;
  next_bring_in_ = Clock::now() + kAfterTrouble;
}

// After a crash between a claim's last byte and its name. A staging folder that is there and has
// nothing of it says that it is whole; one that is not there proves nothing: the inbox may not be
// mounted.
bool Door::name_what_came() {
  bool all = true;
  std::error_code failed;
  std::vector<path> hidden;
  for (const auto& entry : std::filesystem::directory_iterator(work_of(inbox_), failed))
    if (entry.path().filename().native().starts_with('.')) hidden.push_back(entry.path());
  for (const path& copy : hidden) {
    const std::string name = copy.filename().string().substr(1);
    const path staging = inbox_.folder / claim_name_of(name).class_folder / kStaging;
    if (std::filesystem::exists(staging / name, failed)) continue;  // it is brought in once more
    const path claim = copy.parent_path() / name;
    const bool is_whole = std::filesystem::is_directory(staging, failed);
    if (is_whole && move_entry(copy, claim))
      desk_.add(claim);
    else
      all = false;
  }
  return all;
}

// Through a hidden name in work/, so that only whole claims are seen there.
bool Door::bring_in(const path& staged) {
  const path work = work_of(inbox_);
  const path copying = work / ("." + staged.filename().string());
  const path claim = work / staged.filename();
  auto moved = move_entry(staged, copying);
  if (moved) moved = move_entry(copying, claim);
  if (moved) {
    desk_.add(claim);
    return true;
  }
  if (trouble_ != moved.error().reason)
    spdlog::warn("inbox {}: a claim cannot be brought in yet: {}", inbox_.name,
                 moved.error().reason);
  trouble_ = moved.error().reason;
  return false;
}

void Door::push_claims(Clock::time_point now) {
  const bool may_hand_over = stopped_ != "disk_full";
  const bool has_more = may_hand_over && desk_.waiting() > 0;
  const auto done = desk_.step(may_hand_over);
  if (!done && trouble_ != done.error().reason)
    // Not its message, which may name the file.
    spdlog::warn("inbox {}: a claim is held up: {}; tried again", inbox_.name, done.error().reason);
  trouble_ = done ? std::string() : done.error().reason;
  next_push_ = now + (!done ? kAfterTrouble : has_more ? milliseconds{0} : kBetweenPushes);
}

void Door::tell_status(Clock::time_point now) {
  next_status_ = now + kLongestWait;
  if (status_file_.empty()) return;
  const FileSystem files = file_system_of(inbox_.folder);
  InboxStatus status;
  status.inbox = inbox_.name;
  status.folder = inbox_.folder;
  status.file_system = files.name;
  status.polls = watch_.must_poll();
  status.stopped = stopped_;
  status.taken = taken_;
  status.underway = desk_.underway();
  status.settling = last_look_.settling;
  status.free_bytes = free_;
  status.written_at = std::time(nullptr);
  for (const Waiting& one : last_look_.waiting)
    status.waiting.push_back(
        {one.file.lexically_relative(inbox_.folder), one.reason,
         std::chrono::duration_cast<std::chrono::seconds>(now - one.since).count()});
  write_status(status_file_, status);
}

}  // namespace postkamer::intake
