// SPDX-License-Identifier: EUPL-1.2
#include "tests/faults/house/faulty_house.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <random>

#include "tests/faults/seed.h"

namespace postkamer::faults {
namespace {

namespace fs = std::filesystem;

constexpr int kAskMs = 500;
constexpr int kAsks = 120;
constexpr int kMinutes = 5;               // for all that is left to be done
constexpr std::size_t kCopyBytes = 3000;  // of an archive copy: some sectors

fs::path fresh_folder() {
  std::string pattern = (fs::temp_directory_path() / "pk-faults-XXXXXX").string();
  return ::mkdtemp(pattern.data());
}

// The same document gives the same copy, another one another.
Bytes copy_of(const std::string& document) {
  Bytes bytes;
  Dice dice(std::hash<std::string>{}(document));
  while (bytes.size() < kCopyBytes) bytes.push_back(static_cast<std::uint8_t>(dice.below(256)));
  return bytes;
}

Result<host::Outcome> do_task(const host::Task& task) {
  if (task.kind != "archive") return broker::MailroomHouse::do_task(task);
  const std::string document = task.body.at("document");
  return host::Outcome{nlohmann::json::object(), {copy_of(document), copy_of(document + "'")}};
}

}  // namespace

std::uint64_t seed_of_test() { return printed_seed(std::random_device{}()); }

int rounds(int seldom, int often) {
  if (const char* wanted = std::getenv("POSTKAMER_ROUNDS")) return std::atoi(wanted);
  return std::getenv("POSTKAMER_NIGHTLY") != nullptr ? often : seldom;
}

FaultyHouse::FaultyHouse()
    : beside_(fresh_folder()),
      faults_(beside_ / "faults"),
      tasks_done_(static_cast<std::atomic<std::size_t>*>(
          ::mmap(nullptr, sizeof(std::atomic<std::size_t>), PROT_READ | PROT_WRITE,
                 MAP_SHARED | MAP_ANONYMOUS, -1, 0))) {}

FaultyHouse::~FaultyHouse() {
  ::munmap(tasks_done_, sizeof *tasks_done_);
  fs::remove_all(beside_);
}

pid_t FaultyHouse::start_broker(const fs::path& log) {
  return mailroom_.start([&] {
    const fs::path program = fs::path(std::getenv("POSTKAMER_BIN")) / "broker_under_faults";
    ::setenv(kFaultsVariable, (beside_ / "faults").c_str(), 1);
    const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(out, STDERR_FILENO);
    ::execl(program.c_str(), program.c_str(), "--dir", layout().dir.c_str(), nullptr);
    return 127;
  });
}

pid_t FaultyHouse::start_worker() {
  return mailroom_.start([this] {
    host::WorkerOptions options;
    options.endpoint = layout().workers_endpoint();
    options.kinds = {"decode", "deskew", "classify", "extract", "assemble", "ocr", "archive"};
    return host::run_worker(options, [this](const host::Task& task) {
      ++*tasks_done_;
      return do_task(task);
    });
  });
}

// A question on its way to a broker that is killed is lost: it is asked again.
bool FaultyHouse::is_ready() {
  for (int n = 0; n < kAsks; ++n)
    if (mailroom_.client().ask("status", {}, nullptr, kAskMs)) return true;
  return false;
}

void FaultyHouse::calm() {
  faults().kill_countdown = 0;
  faults().fail_countdown = 0;
  faults().cut_countdown = 0;
  faults().sync_ms = 0;
  faults().spike_every = 0;
  faults().skew_ms = 0;
  faults().is_log_lazy = faults().is_blob_sync_a_lie = false;
}

std::string FaultyHouse::open_batch() {
  if (!is_ready()) return "no broker";
  const auto opened = mailroom_.client().ask(
      "open_batch", {{"class", "post"}, {"date_of_receipt", "2026-11-23"}, {"source", "faults"}},
      nullptr, 30'000);
  return opened ? opened->at("batch").get<std::string>() : opened.error().reason;
}

Violations FaultyHouse::end(pid_t broker, const Told& told, const std::string& batch,
                            std::size_t files) {
  (void)mailroom_.client().ask("close_batch", {{"batch", batch}}, nullptr, 30'000);
  auto ledger = nlohmann::json::object();
  for (int n = 0; n < kMinutes && ledger.value("state", std::string()) != "closed"; ++n)
    ledger = mailroom_.wait_closed(batch);
  mailroom_.end(broker, SIGTERM);
  Violations found = end_violations(layout(), told, batch, files);
  if (ledger.value("state", std::string()) != "closed") found.emplace_back("O7: not done in time");
  return found;
}

fs::path FaultyHouse::aside(const std::string& name) const {
  fs::remove_all(beside_ / name);
  fs::create_directories(beside_ / name);
  return beside_ / name;
}

void FaultyHouse::take_over(const fs::path& left) {
  for (const auto& entry : fs::directory_iterator(layout().dir))
    if (entry.path().filename() != "run") fs::remove_all(entry.path());
  for (const auto& entry : fs::directory_iterator(left))
    if (entry.path().filename() != "run")
      fs::rename(entry.path(), layout().dir / entry.path().filename());
}

}  // namespace postkamer::faults
