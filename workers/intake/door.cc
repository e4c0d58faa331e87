// SPDX-License-Identifier: EUPL-1.2
#include "workers/intake/door.h"

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <ctime>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "pipeline/model/finding_texts.h"
#include "workers/host/files.h"
#include "workers/intake/submission.h"

namespace postkamer::intake {
namespace {

using nlohmann::json;
using std::filesystem::path;

// A file that does not look whole is waited for this much longer than one that does.
constexpr int kHalfWrittenFactor = 20;

// Claims asked after in one round while their batch is read: a folder of thousands of files must
// not keep the broker busy with questions.
constexpr std::size_t kAskedARound = 16;

// Our note in a claim. Hidden, so that no file that is taken can have its name.
constexpr const char* kBatchNote = ".batch";

std::string date_of(std::time_t time, const char* separator) {
  std::tm local{};
  localtime_r(&time, &local);
  return fmt::format("{:04}{}{:02}{}{:02}", local.tm_year + 1900, separator, local.tm_mon + 1,
                     separator, local.tm_mday);
}

// A claim's name begins with the second in which it was made.
std::time_t time_of(const path& claim) {
  return static_cast<std::time_t>(std::atoll(claim.filename().c_str()));
}

// The taken file in a claim: the one that is not our own note.
path file_in(const path& claim) {
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(claim, failed))
    if (!entry.path().filename().native().starts_with(kBatchNote)) return entry.path();
  return {};
}

Result<void> move_file(const path& from, const path& to) {
  std::error_code failed;
  std::filesystem::create_directories(to.parent_path(), failed);
  std::filesystem::rename(from, to, failed);
  if (failed)
    return fail(
        ErrorCode::unavailable, "file_unmovable",
        "while moving a settled file to " + to.parent_path().string() + ": " + failed.message());
  return {};
}

Result<void> write_reason(const path& file, const json& rejected, const std::string& inbox) {
  const auto reason = rejected.value("reason", std::string("scan_damaged"));
  const auto text = finding_text(reason);
  const std::string sentence =
      fmt::format("{} {}\nSleep het bestand terug in de map {} om het opnieuw te proberen.\n",
                  text.dutch, text.way_out, inbox);
  PK_CHECK(host::write_file(file.string() + ".txt", bytes_of(sentence)));
  const std::string machine =
      json{{"reason", reason}, {"message", rejected.value("message", std::string())}}.dump(2) +
      "\n";
  return host::write_file(file.string() + ".json", bytes_of(machine));
}

// Wakes up when the folder changes, or after a while in any case: events are a hint, never a
// promise.
class ChangeHint {
 public:
  explicit ChangeHint(const path& folder) : fd_(inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
    if (fd_ >= 0) inotify_add_watch(fd_, folder.c_str(), IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE);
  }
  ~ChangeHint() {
    if (fd_ >= 0) close(fd_);
  }
  ChangeHint(const ChangeHint&) = delete;
  ChangeHint& operator=(const ChangeHint&) = delete;

  void wait(int milliseconds) {
    pollfd watched{fd_, POLLIN, 0};
    if (poll(&watched, fd_ >= 0 ? 1 : 0, milliseconds) <= 0) return;
    std::array<char, 4096> ignored{};
    while (read(fd_, ignored.data(), ignored.size()) > 0) {
    }
  }

 private:
  int fd_;
};

}  // namespace

Door::Door(host::InboxSettings inbox, Limits limits, journal::BlobStore blobs,
           host::ControlClient client)
    : inbox_(std::move(inbox)),
      limits_(limits),
      blobs_(std::move(blobs)),
      client_(std::move(client)),
      readiness_(std::chrono::milliseconds(inbox_.stable_ms),
                 std::chrono::milliseconds(inbox_.stable_ms) * kHalfWrittenFactor) {}

path Door::beside(const char* name) const { return inbox_.folder.parent_path() / name; }

void Door::run(const std::function<bool()>& stop) {
  ChangeHint hint(inbox_.folder);
  while (!stop()) {
    round();
    std::error_code failed;
    const bool busy = !std::filesystem::is_empty(beside("work") / inbox_.name, failed);
    // Settling is noticed by asking; with nothing underway the folder's own changes wake us.
    hint.wait(busy ? std::min(200, inbox_.poll_ms) : inbox_.poll_ms);
  }
}

void Door::round() {
  std::error_code failed;
  const path work = beside("work") / inbox_.name;
  std::filesystem::create_directories(work, failed);
  for (const auto& file : readiness_.look(inbox_.folder, Readiness::Clock::now())) take(file);
  for (const auto& claim : claims_of_this_round())
    if (const auto done = advance(claim); !done)
      spdlog::warn("inbox {}: {}: {}", inbox_.name, claim.filename().string(), done.error().reason);
}

std::vector<path> Door::claims_of_this_round() {
  std::error_code failed;
  std::vector<path> claims;
  for (const auto& entry :
       std::filesystem::directory_iterator(beside("work") / inbox_.name, failed))
    if (!reading_.contains(entry.path())) claims.push_back(entry.path());
  auto next = reading_.upper_bound(last_asked_);
  for (std::size_t i = 0; i < std::min(kAskedARound, reading_.size()); ++i) {
    if (next == reading_.end()) next = reading_.begin();
    claims.push_back(*next++);
    last_asked_ = claims.back();
  }
  std::ranges::sort(claims);
  return claims;
}

void Door::take(const path& file) {
  // Time first, so that claims sort by age; process and counter make it unique.
  const auto claim = beside("work") / inbox_.name /
                     fmt::format("{}-{}-{}", std::time(nullptr), getpid(), ++claims_);
  std::error_code failed;
  std::filesystem::create_directories(claim, failed);
  std::filesystem::rename(file, claim / file.filename(), failed);
  if (!failed) return;
  spdlog::warn("inbox {}: a file cannot be taken yet: {}", inbox_.name, failed.message());
  std::filesystem::remove(claim, failed);
}

Result<void> Door::advance(const path& claim) {
  const path file = file_in(claim);
  if (file.empty()) {  // settled, or never filled: a crash cut the last step short
    std::error_code failed;
    std::filesystem::remove_all(claim, failed);
    reading_.erase(claim);
    return {};
  }
  PK_TRY(batch, batch_of(claim));
  PK_TRY(ledger, client_.ask("ledger", {{"batch", batch}}));
  const auto state = ledger.value("state", std::string());
  if (state == "open") return hand_over(file, batch);
  if (state == "closed") return settle(claim, file, batch, ledger);
  reading_.insert(claim);
  return {};
}

// The claim's batch; the same one however often it is asked, since its key is the claim's name.
Result<std::string> Door::batch_of(const path& claim) {
  if (const auto noted = host::read_file(claim / kBatchNote)) return std::string(text_of(*noted));
  const bool doubtful_too = inbox_.publish == host::PublishPolicy::doubtful_too;
  PK_TRY(opened, client_.ask("open_batch",
                             {{"class", inbox_.batch_class},
                              {"date_of_receipt", date_of(time_of(claim), "-")},
                              {"source", "inbox:" + inbox_.name + ":" + claim.filename().string()},
                              {"publish", doubtful_too ? "doubtful-too" : "settled"}}));
  const std::string batch = opened.value("batch", std::string());
  PK_CHECK(host::write_file(claim / kBatchNote, bytes_of(batch)));
  return batch;
}

Result<void> Door::hand_over(const path& file, const std::string& batch) {
  PK_TRY(submission, submission_of(file, blobs_, limits_));
  submission.body["batch"] = batch;
  PK_TRY(claimed, client_.ask(submission.verb, submission.body));
  PK_TRY(closed, client_.ask("close_batch", {{"batch", batch}}));
  return {};
}

Result<void> Door::settle(const path& claim, const path& file, const std::string& batch,
                          const json& ledger) {
  const auto rejected = ledger.value("rejected_files", json::array());
  const path target = beside(rejected.empty() ? "processed" : "rejected") /
                      date_of(time_of(claim), "/") / batch / file.filename();
  std::error_code failed;
  std::filesystem::create_directories(target.parent_path(), failed);
  if (rejected.empty()) {
    const std::string manifest = json{{"batch", batch}, {"ledger", ledger}}.dump(2) + "\n";
    PK_CHECK(host::write_file(target.parent_path() / "manifest.json", bytes_of(manifest)));
  } else {
    PK_CHECK(write_reason(target, rejected.front(), inbox_.name));
  }
  PK_CHECK(move_file(file, target));
  reading_.erase(claim);
  std::filesystem::remove_all(claim, failed);
  spdlog::info("inbox {}: batch {} {}", inbox_.name, batch,
               rejected.empty() ? "processed" : "rejected");
  return {};
}

}  // namespace postkamer::intake
