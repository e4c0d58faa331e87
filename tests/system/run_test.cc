// SPDX-License-Identifier: EUPL-1.2
//
// `postkamer run` as a person starts it: real processes, real sockets, real journal.
#include <signal.h>

#include <array>
#include <map>
#include <set>

#include <gmock/gmock.h>

#include "tests/system/harness.h"

namespace postkamer::test {
namespace {

using namespace std::chrono_literals;

constexpr auto kRunDeadline = 240s;

// A handful of files of different kinds, the same in every test.
std::vector<std::filesystem::path> some_files(std::size_t most) {
  const auto manifest = read_json(sample_scans() / "MANIFEST.json");
  std::vector<std::filesystem::path> files;
  std::set<std::string> kinds;
  for (const auto& entry : manifest.at("files")) {
    const std::string file = entry.at("file");
    const auto path = sample_scans() / file;
    const auto truth = read_json(truth_beside(path));
    // One of each sort: first folder name and ending.
    const auto kind = path.parent_path().filename().string() + path.extension().string();
    if (files.size() < most && truth.contains("documents") && kinds.insert(kind).second)
      files.push_back(path);
  }
  return files;
}

struct RunOutcome {
  int status = -1;
  std::vector<nlohmann::json> events;
  nlohmann::json ledger;
};

// Runs over `files`, calling `meanwhile` with the running process until it has ended.
RunOutcome run(const std::vector<std::filesystem::path>& files, const std::string& name,
               const std::function<void(pid_t)>& meanwhile = nullptr) {
  const auto folder = fresh_folder(name);
  const auto out = folder / "out";
  std::vector<std::string> command{program("postkamer"), "run",   "--quiet", "--received",
                                   "2026-11-02",         "--out", out};
  for (const auto& file : files) command.push_back(file);
  ChildProcess process(command, folder / "log");
  std::optional<int> status;
  const bool ended = wait_until(
      [&] {
        if (meanwhile) meanwhile(process.pid());
        status = process.wait(0s);
        return status.has_value();
      },
      kRunDeadline);
  EXPECT_TRUE(ended) << process.output();
  EXPECT_EQ(status.value_or(-1), 0) << process.output();
  return {status.value_or(-1), read_lines(out / "records.jsonl"), read_json(out / "ledger.json")};
}

// The records of an undisturbed run, made once.
const std::vector<std::string>& undisturbed() {
  static const auto records = essence(run(some_files(5), "undisturbed").events);
  return records;
}

TEST(Run, gives_a_balanced_ledger_and_one_event_a_document) {
  const auto outcome = run(some_files(5), "balanced");
  EXPECT_TRUE(outcome.ledger.at("balanced").get<bool>()) << outcome.ledger.dump(2);
  EXPECT_EQ(outcome.events.size(), outcome.ledger.at("documents").at("total").get<std::size_t>());
  std::set<std::string> ids;
  for (const auto& event : outcome.events) {
    EXPECT_EQ(event.at("specversion"), "1.0");
    EXPECT_TRUE(ids.insert(event.at("id")).second) << "an id occurs twice";
  }
}

TEST(Run, gives_the_same_records_again) {
  EXPECT_EQ(essence(run(some_files(5), "again").events), undisturbed());
}

TEST(Run, refuses_an_output_folder_that_is_in_use) {
  const auto folder = fresh_folder("in_use");
  std::filesystem::create_directories(folder / "out" / "work");
  ChildProcess process({program("postkamer"), "run", sample_scans(), "--out", folder / "out"},
                       folder / "log");
  EXPECT_EQ(process.wait(20s).value_or(-1), 78) << process.output();
  EXPECT_NE(process.output().find("already holds a run"), std::string::npos) << process.output();
}

// Kills three processes of a kind, one after the other, each a little older than the one before:
// while it starts, while it works, while it works on.
class Killer {
 public:
  explicit Killer(std::string name) : name_(std::move(name)) {}

  void look(pid_t parent) {
    for (const pid_t pid : children_named(parent, name_)) {
      const std::size_t age = ++looks_[pid];
      if (victims_.size() < kAges.size() && age == kAges[victims_.size()] &&
          victims_.insert(pid).second)
        kill(pid, SIGKILL);
    }
  }

  [[nodiscard]] std::size_t victims() const { return victims_.size(); }

 private:
  static constexpr std::array<std::size_t, 3> kAges{1, 40, 80};  // looks, 20 ms each
  std::string name_;
  std::map<pid_t, std::size_t> looks_;
  std::set<pid_t> victims_;
};

class KilledWorker : public testing::TestWithParam<const char*> {};

TEST_P(KilledWorker, changes_no_record) {
  const std::string kind = GetParam();
  Killer killer("postkamer-" + kind);
  const auto outcome =
      run(some_files(5), "killed_" + kind, [&](pid_t parent) { killer.look(parent); });
  EXPECT_GE(killer.victims(), 1u);
  EXPECT_TRUE(outcome.ledger.at("balanced").get<bool>());
  EXPECT_EQ(essence(outcome.events), undisturbed());
}

INSTANTIATE_TEST_SUITE_P(EachKind, KilledWorker,
                         testing::Values("broker", "decode", "deskew", "classify", "extract", "ocr",
                                         "archive", "publisher"),
                         [](const auto& kind) { return std::string(kind.param); });

}  // namespace
}  // namespace postkamer::test
