// SPDX-License-Identifier: EUPL-1.2
#include "workers/intake/claim_desk.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <ctime>
#include <set>
#include <thread>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "workers/intake/dates.h"
#include "workers/intake/move_entry.h"
#include "workers/intake/settle.h"

namespace postkamer::intake {
namespace {

using nlohmann::json;
using std::filesystem::path;

constexpr unsigned kStoringThreads = 4;  // they mostly wait for the disk

// Claims asked after in one step while their batch is read: a folder of thousands of files must not
// keep the broker busy with questions.
constexpr std::size_t kAskedAStep = 16;

struct Told {
  Submission submission;
  bool is_later = false;  // the same bytes are in another claim of this group: in a later step
};

}  // namespace

struct ClaimDesk::Claim {
  std::string name;
  ClaimContents contents;
  std::vector<Told> told{};  // one a unit
  Error error{};             // of the store; with `is_failed`
  bool is_failed = false;
};

ClaimDesk::ClaimDesk(host::InboxSettings inbox, path work, Limits limits, journal::BlobStore blobs,
                     host::ControlClient client)
    : inbox_(std::move(inbox)),
      work_(std::move(work)),
      limits_(limits),
      blobs_(std::move(blobs)),
      client_(std::move(client)) {
  std::error_code failed;
  std::filesystem::create_directories(work_, failed);
  for (const auto& entry : std::filesystem::directory_iterator(work_, failed)) add(entry.path());
  std::ranges::sort(fresh_);
}

path ClaimDesk::new_claim(const std::string& class_folder) {
  const ClaimName name{fmt::format("{}-{}-{}", std::time(nullptr), getpid(), ++claims_),
                       class_folder, ""};
  return work_ / name.text();
}

void ClaimDesk::add(const path& claim) {
  const std::string name = claim.filename();
  if (name.starts_with('.')) return;  // still being brought in
  // One with a batch may be at any point; the broker's answer about the batch tells which.
  if (claim_name_of(claim).batch.empty())
    fresh_.push_back(name);
  else
    reading_[name] = std::nullopt;
}

Result<void> ClaimDesk::step(bool may_hand_over) {
  auto handed = may_hand_over && !fresh_.empty() ? hand_over() : Result<void>{};
  // Whatever holds up those that come: those that were read are laid aside.
  auto asked = reading_.empty() ? Result<void>{} : ask_after_batches();
  return handed ? asked : handed;
}

// What fails may be the fault of one claim: the next steps try them one by one, and one that fails
// alone waits behind the others.
Result<void> ClaimDesk::hand_over() {
  std::vector<Claim> group;
  while (!fresh_.empty() && group.size() < group_size_) {
    const path claim = work_ / fresh_.front();
    group.push_back({fresh_.front(), contents_of(claim, inbox_.page_per_file)});
    fresh_.pop_front();
    if (!group.back().contents.root.empty()) continue;
    std::error_code failed;  // a crash, or a file that vanished, cut the taking short
    std::filesystem::remove_all(claim, failed);
    group.pop_back();
  }
  Result<void> done = open_batches(group);
  if (done) done = store(group);
  if (done) done = mark_duplicates(group);
  if (done) done = submit(group);
  const bool is_alone = group_size_ == 1;
  group_size_ = done ? kGroup : 1;
  for (auto claim = group.rbegin(); claim != group.rend(); ++claim)
    if (!reading_.contains(claim->name)) {
      if (is_alone && !done)
        fresh_.push_back(claim->name);
      else
        fresh_.push_front(claim->name);
    }
  return done;
}

// The batch's name goes into the claim's: one rename, made durable for the whole group at once.
Result<void> ClaimDesk::open_batches(std::vector<Claim>& group) {
  std::vector<host::ControlClient::Question> questions;
  std::vector<Claim*> asked;
  const bool doubtful_too = inbox_.publish == host::PublishPolicy::doubtful_too;
  for (Claim& claim : group) {
    const ClaimName name = claim_name_of(claim.name);
    if (!name.batch.empty()) continue;
    const auto mapped = inbox_.classes.find(name.class_folder);
    const std::string& date = claim.contents.date_of_receipt;
    questions.push_back(
        {"open_batch",
         {{"class", mapped == inbox_.classes.end() ? inbox_.batch_class : mapped->second},
          {"date_of_receipt",
           date.empty() ? day_of_receipt(name.time(), inbox_.working_days) : date},
          {"source", "inbox:" + inbox_.name + ":" + name.key},
          {"expected_sheets", claim.contents.expected_sheets},
          {"publish", doubtful_too ? "doubtful-too" : "settled"}}});
    asked.push_back(&claim);
  }
  const auto answers = client_.ask_all(questions);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    PK_TRY(opened, answers[i]);
    ClaimName name = claim_name_of(asked[i]->name);
    name.batch = opened.value("batch", std::string());
    if (const auto renamed = rename_entry(work_ / asked[i]->name, work_ / name.text()); !renamed)
      return tl::unexpected(renamed.error().error);
    asked[i]->name = name.text();
    asked[i]->contents = contents_of(work_ / asked[i]->name, inbox_.page_per_file);
  }
  sync_folder(work_);
  return {};
}

Result<void> ClaimDesk::store(std::vector<Claim>& group) {
  std::atomic<std::size_t> next{0};
  const auto work_off = [&] {
    for (std::size_t i = 0; (i = next++) < group.size();) {
      for (const Unit& unit : group[i].contents.units) {
        auto told = !unit.refusal.empty() ? Result<Submission>(refusal(unit.name, unit.refusal))
                    : unit.files.size() == 1
                        ? submission_of(unit.files.front(), unit.name, blobs_, limits_)
                        : gathered_submission(unit.files, unit.name, blobs_, limits_);
        if (!told) {
          group[i].error = told.error();
          group[i].is_failed = true;
          break;
        }
        group[i].told.push_back({std::move(*told)});
      }
    }
  };
  {
    std::vector<std::jthread> threads;
    for (unsigned n = 1; n < std::min<std::size_t>(kStoringThreads, group.size()); ++n)
      threads.emplace_back(work_off);
    work_off();
  }
  for (const Claim& claim : group)
    if (claim.is_failed) return tl::unexpected(claim.error);
  return {};
}

// Of the same bytes the first counts; the others are refused, with the name of the first's batch.
Result<void> ClaimDesk::mark_duplicates(std::vector<Claim>& group) {
  std::vector<host::ControlClient::Question> questions;
  std::vector<std::pair<Claim*, std::size_t>> asked;
  std::map<std::string, std::string> claim_of_bytes;
  for (Claim& claim : group) {
    std::map<std::string, int> copies;  // of the same bytes in this claim
    for (std::size_t i = 0; i < claim.told.size(); ++i) {
      json& body = claim.told[i].submission.body;
      if (!body.contains("sha256")) continue;
      const std::string sha256 = body.at("sha256");
      const int copy = copies[sha256]++;
      if (inbox_.duplicates == host::DuplicatePolicy::accept) {
        body["copy"] = copy;
        continue;
      }
      const std::string batch = claim_name_of(claim.name).batch;
      if (copy > 0) {
        claim.told[i].submission = refusal(body.at("name"), "file_duplicate", "batch " + batch);
        continue;
      }
      claim.told[i].is_later =
          claim_of_bytes.try_emplace(sha256, claim.name).first->second != claim.name;
      questions.push_back({"seen", {{"sha256", sha256}}});
      asked.emplace_back(&claim, i);
    }
  }
  const auto answers = client_.ask_all(questions);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    PK_TRY(seen, answers[i]);
    const std::string first = seen.value("batch", std::string());
    const std::string own = claim_name_of(asked[i].first->name).batch;
    const int age = days_between(seen.value("date_of_receipt", std::string()),
                                 day_of(claim_name_of(asked[i].first->name).time(), "-"));
    const bool is_recent = inbox_.duplicate_days == 0 || age <= inbox_.duplicate_days;
    if (first.empty() || first == own || !is_recent) continue;
    Told& told = asked[i].first->told[asked[i].second];
    told.submission = refusal(told.submission.body.at("name"), "file_duplicate", "batch " + first);
    told.is_later = false;
  }
  return {};
}

// Files first, and only of a claim that is all in the batch is closed: else a file that was refused
// for now would be laid aside unread.
Result<void> ClaimDesk::submit(std::vector<Claim>& group) {
  std::vector<host::ControlClient::Question> files, closings;
  std::vector<std::pair<const Claim*, std::size_t>> handed;  // with the end of its files
  for (const Claim& claim : group) {
    if (std::ranges::any_of(claim.told, &Told::is_later)) continue;
    for (const Told& told : claim.told) {
      json body = told.submission.body;
      body["batch"] = claim_name_of(claim.name).batch;
      files.push_back({told.submission.verb, std::move(body)});
    }
    handed.emplace_back(&claim, files.size());
  }
  const auto taken = client_.ask_all(files);
  Result<void> done;
  std::vector<const Claim*> whole;
  std::size_t next = 0;
  for (const auto& [claim, end] : handed) {
    Result<void> all;
    for (; next < end; ++next)
      if (!taken[next] && all) all = tl::unexpected(taken[next].error());
    if (all)
      whole.push_back(claim);
    else if (!leave_to_ledger(claim->name, all.error()) && done)
      done = all;
  }
  for (const Claim* claim : whole)
    closings.push_back({"close_batch", {{"batch", claim_name_of(claim->name).batch}}});
  const auto closed = client_.ask_all(closings);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    if (closed[i])
      reading_[whole[i]->name] = stamp_of(whole[i]->contents);
    else if (!leave_to_ledger(whole[i]->name, closed[i].error()) && done)
      done = tl::unexpected(closed[i].error());
  }
  return done;
}

// It was handed over before, in answers that were lost: the ledger tells how far it is.
bool ClaimDesk::leave_to_ledger(const std::string& name, const Error& error) {
  const bool was = error.reason == "batch_closed" || error.reason == "batch_unknown";
  if (was) reading_[name] = std::nullopt;
  return was;
}

Result<void> ClaimDesk::ask_after_batches() {
  std::vector<std::string> names;
  auto next = reading_.upper_bound(last_asked_);
  for (std::size_t i = 0; i < std::min(kAskedAStep, reading_.size()); ++i, ++next) {
    if (next == reading_.end()) next = reading_.begin();
    names.push_back(next->first);
  }
  last_asked_ = names.back();
  std::vector<host::ControlClient::Question> questions;
  for (const auto& name : names)
    questions.push_back({"ledger", {{"batch", claim_name_of(name).batch}}});
  const auto answers = client_.ask_all(questions);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!answers[i] && answers[i].error().reason == "batch_unknown") {
      forget_batch(names[i]);
      continue;
    }
    PK_TRY(ledger, answers[i]);
    const auto state = ledger.value("state", std::string());
    if (state == "closed") PK_CHECK(settle(names[i], ledger));
    if (state != "open") continue;
    reading_.erase(names[i]);  // a crash came between opening and closing its batch
    fresh_.push_back(names[i]);
  }
  return {};
}

// The journal is an older one, from a backup: the claim begins anew.
void ClaimDesk::forget_batch(const std::string& name) {
  ClaimName anew = claim_name_of(name);
  anew.batch.clear();
  if (!rename_entry(work_ / name, work_ / anew.text())) return;
  reading_.erase(name);
  fresh_.push_back(anew.text());
}

std::optional<ClaimDesk::Stamp> ClaimDesk::stamp_of(const ClaimContents& contents) {
  struct stat about {};
  if (contents.is_folder || contents.units.size() != 1 ||
      lstat(contents.root.c_str(), &about) != 0 || !S_ISREG(about.st_mode))
    return std::nullopt;
  return Stamp{static_cast<std::uint64_t>(about.st_size),
               std::int64_t{about.st_mtim.tv_sec} * 1'000'000'000 + about.st_mtim.tv_nsec};
}

// A program elsewhere may still have held a file that looked whole, and have written on.
std::optional<path> ClaimDesk::grown_file(const std::string& name) const {
  const auto before = reading_.find(name);
  if (before == reading_.end() || !before->second) return std::nullopt;
  const ClaimContents contents = contents_of(work_ / name, inbox_.page_per_file);
  const auto now = stamp_of(contents);
  if (!now || (now->size == before->second->size && now->written == before->second->written))
    return std::nullopt;
  return contents.root;
}

Result<void> ClaimDesk::settle(const std::string& name, const json& ledger) {
  const std::string batch = claim_name_of(name).batch;
  if (const auto grown = grown_file(name)) {
    const path back = inbox_.folder / claim_name_of(name).class_folder / grown->filename();
    std::error_code failed;
    if (!std::filesystem::exists(std::filesystem::symlink_status(back, failed))) {
      PK_CHECK(move_entry(*grown, back));
      spdlog::warn(
          "inbox {}: batch {}: its file was written to after it was taken; it lies in the "
          "inbox again",
          inbox_.name, batch);
    }
  }
  PK_CHECK(settle_claim(work_ / name, inbox_, ledger));
  reading_.erase(name);
  const auto rejected = ledger.value("rejected_files", json::array()).size();
  spdlog::info("inbox {}: batch {} settled, {} files refused", inbox_.name, batch, rejected);
  return {};
}

}  // namespace postkamer::intake
