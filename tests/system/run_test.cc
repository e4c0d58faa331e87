// SPDX-License-Identifier: EUPL-1.2
//
// `postkamer run` as a person starts it: real processes, real sockets, real journal.
#include <signal.h>

#include <algorithm>
#include <map>
#include <set>

#include <gmock/gmock.h>

#include "tests/support/stream_oracles.h"
#include "tests/system/harness.h"
#include "workers/host/control_client.h"
#include "workers/host/process.h"

namespace postkamer::test {
namespace {

using namespace std::chrono_literals;
using std::filesystem::path;

constexpr auto kRunDeadline = 240s;

// Few and small, yet something for every worker: a form from a TIFF, one from a PDF, a letter that
// wants all its words read, and a file that is rejected.
std::vector<path> few_files() {
  return {with_pages(samples("typed", ".tif"), 1).at(0),
          with_pages(samples("typed", ".pdf"), 1).at(0), samples("letter", ".tif").at(0),
          samples("broken", ".tif").at(0)};
}

struct RunOutcome {
  int status = -1;
  std::vector<nlohmann::json> events;
  nlohmann::json ledger;
  std::map<std::string, std::string> copies;  // document -> bytes of its PDF
};

using Meanwhile = std::function<void(pid_t run, const path& work)>;

// Runs over `files`, calling `meanwhile` again and again until it has ended.
RunOutcome run(const std::vector<path>& files, const std::string& name,
               const Meanwhile& meanwhile = nullptr) {
  const auto folder = fresh_folder(name);
  const auto out = folder / "out";
  std::vector<std::string> command{program("postkamer"), "run",        "--quiet", "--keep-work",
                                   "--received",         "2026-11-02", "--out",   out};
  for (const auto& file : files) command.push_back(file);
  ChildProcess process(command, folder / "log");
  RunOutcome outcome;
  const bool ended = wait_until(
      [&] {
        if (meanwhile) meanwhile(process.pid(), out / "work");
        const auto status = process.wait(0s);
        if (status) outcome.status = *status;
        return status.has_value();
      },
      kRunDeadline);
  EXPECT_TRUE(ended) << process.output();
  EXPECT_EQ(outcome.status, 0) << process.output();
  outcome.events = read_lines(out / "records.jsonl");
  outcome.ledger = read_json(out / "ledger.json");
  const auto told = lines_of(read_text(out / "records.jsonl"));
  EXPECT_THAT(stream_oracles(out / "work", {told}), testing::IsEmpty());
  for (const auto& document : std::filesystem::directory_iterator(out / "documents"))
    outcome.copies[document.path().filename()] = read_text(document.path() / "document.pdf");
  return outcome;
}

// An undisturbed run over the few files, made once.
const RunOutcome& undisturbed() {
  static const RunOutcome outcome = run(few_files(), "undisturbed");
  return outcome;
}

void expect_same(const RunOutcome& outcome) {
  EXPECT_EQ(essence(outcome.events), essence(undisturbed().events));
  EXPECT_EQ(outcome.ledger, undisturbed().ledger);
  EXPECT_TRUE(outcome.copies == undisturbed().copies) << "an archive copy differs";
}

TEST(Run, gives_each_document_an_event_a_copy_and_a_place_in_the_ledger) {
  const auto& [status, events, ledger, copies] = undisturbed();
  EXPECT_TRUE(ledger.at("balanced").get<bool>()) << ledger.dump(2);
  EXPECT_EQ(ledger.at("files").at("claimed"), 4);
  EXPECT_EQ(ledger.at("files").at("rejected"), 1);
  EXPECT_EQ(ledger.at("documents").at("total"), 3);
  ASSERT_EQ(events.size(), 3u);
  std::set<std::string> ids, documents;
  std::vector<int> numbers;
  for (const auto& event : events) {
    EXPECT_EQ(event.at("specversion"), "1.0");
    ids.insert(event.at("id"));
    documents.insert(event.at("subject"));
    numbers.push_back(std::stoi(event.at("sequence").get<std::string>()));
  }
  EXPECT_EQ(ids.size(), 3u);
  EXPECT_EQ(documents.size(), 3u);
  EXPECT_THAT(numbers, testing::ElementsAre(1, 2, 3));
  for (const auto& [document, pdf] : copies) {
    EXPECT_TRUE(documents.contains(document));
    EXPECT_TRUE(pdf.starts_with("%PDF")) << document;
  }
  EXPECT_EQ(copies.size(), 3u);
}

TEST(Run, splits_a_batch_at_its_separator_sheets) {
  const auto batch = samples("batch", ".tif").at(0);
  const auto truth = truth_of(batch);
  const auto outcome = run({batch}, "batch");
  EXPECT_TRUE(outcome.ledger.at("balanced").get<bool>()) << outcome.ledger.dump(2);
  EXPECT_EQ(outcome.ledger.at("pages").at("separators"), truth.at("separators").size());
  ASSERT_EQ(outcome.events.size(), truth.at("documents").size());
  std::map<int, std::size_t> found, expected;  // first page -> pages
  for (const auto& event : outcome.events) {
    const auto& pages = event.at("data").at("pages");
    found[pages.at(0).at("index")] = pages.size();
  }
  for (const auto& document : truth.at("documents"))
    expected[document.at("pages").at(0).at("page_index")] = document.at("pages").size();
  EXPECT_EQ(found, expected);
}

TEST(Run, gives_the_same_records_again) { expect_same(run(few_files(), "again")); }

TEST(Run, refuses_an_output_folder_that_is_in_use) {
  const auto folder = fresh_folder("in_use");
  std::filesystem::create_directories(folder / "out" / "work");
  const auto ended = postkamer({"run", few_files().at(0), "--out", folder / "out"});
  EXPECT_EQ(ended.status, 78);
  EXPECT_THAT(ended.errors, testing::HasSubstr("already holds a run"));
}

TEST(Run, says_that_a_file_is_not_there) {
  const auto folder = fresh_folder("no_input");
  const auto ended = postkamer({"run", folder / "none.pdf", "--out", folder / "out"});
  EXPECT_EQ(ended.status, 4);
  EXPECT_THAT(ended.errors, testing::HasSubstr("none.pdf"));
}

TEST(Run, leaves_nothing_behind_when_it_is_interrupted) {
  const auto folder = fresh_folder("interrupted");
  ChildProcess process(
      {program("postkamer"), "run", samples("batch", ".tif").at(0), "--out", folder / "out"},
      folder / "log");
  ASSERT_TRUE(
      wait_until([&] { return !children_named(process.pid(), "postkamer-decode").empty(); }, 30s));
  const auto children = children_of(process.pid());
  process.signal(SIGINT);
  EXPECT_EQ(process.wait(10s).value_or(-1), 1) << process.output();
  EXPECT_THAT(process.output(), testing::HasSubstr("interrupted"));
  for (const pid_t child : children) EXPECT_NE(kill(child, 0), 0) << "still running";
  EXPECT_TRUE(std::filesystem::is_empty(folder / "out"));
}

// Kills a process of a kind as soon as it is there, and then once more: a worker when the broker
// says that it holds a job, another process a little later, when all are at work. (Three deaths
// over the same page would put it into quarantine, and rightly.) A page can be done faster than
// anybody can look, so the workers of the kind are held still until one has got its job.
class Killer {
 public:
  explicit Killer(const std::string& kind) : kind_(kind) {}

  void look(pid_t parent, const path& work) {
    const auto running = children_named(parent, "postkamer-" + kind_);
    if (running.empty() || done()) return;
    if (fresh_kills_ == 0) {
      fresh_kills_ += kill(running.front(), SIGKILL) == 0 ? 1 : 0;
      return;
    }
    const bool is_server = kind_ == "broker" || kind_ == "publisher";
    const pid_t victim = is_server ? grown_up(running.front()) : holding(work);
    if (victim > 0) busy_kills_ += kill(victim, SIGKILL) == 0 ? 1 : 0;
    if (done())
      for (const pid_t worker : still_) kill(worker, SIGCONT);
  }

  [[nodiscard]] bool done() const { return fresh_kills_ > 0 && busy_kills_ > 0; }

 private:
  static constexpr int kGrownUpLooks = 30;  // 20 ms each
  static constexpr int kLooksPerWord = 40;

  pid_t grown_up(pid_t pid) { return ++looks_[pid] < kGrownUpLooks ? -1 : pid; }

  // The worker with a job in its hands; -1 while none has one.
  pid_t holding(const path& work) {
    if (!client_) {
      auto client = host::ControlClient::connect(host::Layout{work}.control_endpoint());
      if (!client) return -1;
      client_.emplace(std::move(*client));
    }
    const auto status = client_->ask("status", nlohmann::json::object(), nullptr, 100);
    if (!status) return -1;
    // Now and then they may say that they live, else they are given up before there is work.
    const bool may_speak = ++looks_at_all_ % kLooksPerWord == 0;
    for (const auto& worker : status->at("workers")) {
      if (worker.at("kinds").at(0) != kind_) continue;
      const pid_t pid = worker.at("pid");
      still_.insert(pid);
      kill(pid, may_speak ? SIGCONT : SIGSTOP);
      if (worker.at("state") != "idle") return pid;
    }
    return -1;
  }

  std::string kind_;
  std::map<pid_t, int> looks_;
  std::set<pid_t> still_;
  int looks_at_all_ = 0;
  int fresh_kills_ = 0;
  int busy_kills_ = 0;
  std::optional<host::ControlClient> client_;
};

class KilledProcess : public testing::TestWithParam<const char*> {};

TEST_P(KilledProcess, changes_no_record) {
  const std::string kind = GetParam();
  Killer killer(kind);
  const auto outcome = run(few_files(), "killed_" + kind,
                           [&](pid_t parent, const path& work) { killer.look(parent, work); });
  EXPECT_TRUE(killer.done()) << "the run was over before " << kind << " was killed at work";
  expect_same(outcome);
}

INSTANTIATE_TEST_SUITE_P(EachKind, KilledProcess,
                         testing::Values("broker", "decode", "deskew", "classify", "extract", "ocr",
                                         "archive", "publisher"),
                         [](const auto& kind) { return std::string(kind.param); });

}  // namespace
}  // namespace postkamer::test
