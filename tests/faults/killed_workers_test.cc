// SPDX-License-Identifier: EUPL-1.2
//
// Test 3 of README.md: workers of every kind killed with kill -9, at random and in the moment
// between their answer and its acknowledgement. Every record and archive copy is what it is without
// a kill, and a kill costs one job at most.
#include <signal.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <random>
#include <set>

#include <gmock/gmock.h>

#include "tests/faults/program_house.h"
#include "tests/faults/wire_proxy.h"
#include "tests/support/stream_oracles.h"

namespace postkamer::faults {
namespace {

using namespace std::chrono_literals;
using wire::MessageType;

constexpr auto kDeadline = 600s;
const std::vector<std::string> kKinds{"decode", "deskew", "classify", "extract", "ocr", "archive"};

// A form from a TIFF, one from a PDF, one on paper badly treated, a letter: work for everybody.
std::vector<Bytes> few_files() {
  std::vector<Bytes> files;
  const auto add = [&](const std::filesystem::path& file) {
    const std::string text = test::read_text(file);
    files.emplace_back(text.begin(), text.end());
  };
  add(test::with_pages(test::samples("typed", ".tif"), 1).at(0));
  add(test::with_pages(test::samples("typed", ".pdf"), 1).at(0));
  add(test::with_pages(test::samples("hand", ".tif"), 1).at(0));
  add(test::samples("letter", ".tif").at(0));
  return files;
}

// Everything goes in before anything starts, so that names are the same whatever happens later.
std::string submit_all(ProgramHouse& house, int copies) {
  const std::string batch = house.open_batch("doubtful-too");
  const auto files = few_files();
  for (int copy = 0; copy < copies; ++copy)
    for (const Bytes& file : files) house.submit(batch, file, copy);
  house.close_batch(batch);
  return batch;
}

const Kept& undisturbed(int copies) {
  static std::map<int, Kept> known;
  if (const auto found = known.find(copies); found != known.end()) return found->second;
  ProgramHouse house("undisturbed");
  house.start_broker();
  const std::string batch = submit_all(house, copies);
  house.start_workers();
  EXPECT_TRUE(house.wait_closed(batch, kDeadline)) << house.log("broker");
  return known[copies] = house.kept();
}

// Executions beyond the first of each job.
int done_again(const WireProxy& proxy) {
  std::map<std::uint64_t, std::set<int>> attempts;
  for (const Seen& started : proxy.seen(MessageType::started))
    attempts[started.claim->job].insert(started.claim->attempt);
  int again = 0;
  for (const auto& [job, some] : attempts) again += static_cast<int>(some.size()) - 1;
  return again;
}

void expect_same(const Kept& kept, const Kept& expected) {
  EXPECT_EQ(kept.events, expected.events);
  EXPECT_EQ(kept.records, expected.records);
  EXPECT_EQ(kept.copies, expected.copies);
}

class KilledKind : public testing::TestWithParam<std::string> {};

// Its answer is on its way and it has not heard that it arrived: the proxy keeps the ACK back and
// kills the worker in its place.
TEST_P(KilledKind, between_answer_and_acknowledgement_costs_nothing_that_was_answered) {
  const std::string kind = GetParam();
  ProgramHouse house("acknowledged_" + kind);
  house.start_broker();
  const std::string batch = submit_all(house, 1);
  pid_t victim = -1;                 // set before the proxy begins
  std::set<std::uint64_t> answered;  // jobs whose acknowledgement was kept back
  const Judge judge = [&](const Seen& seen, wire::Message&) {
    const bool is_ack = seen.type == MessageType::ack && seen.pid != 0;
    if (!is_ack || !answered.empty() || seen.pid != victim) return true;
    answered.insert(seen.claim->job);
    ::kill(static_cast<pid_t>(seen.pid), SIGKILL);
    return false;
  };
  house.start_workers(house.socket("proxy"));
  victim = house.pid(kind);
  const WireProxy proxy(house.socket("proxy"), house.layout().workers_endpoint(), judge);
  ASSERT_TRUE(house.wait_closed(batch, kDeadline)) << house.log("broker");
  ASSERT_EQ(answered.size(), 1u) << kind << " was not killed";
  for (const Seen& started : proxy.seen(MessageType::started))
    EXPECT_TRUE(started.claim->attempt == 1 || !answered.contains(started.claim->job));
  EXPECT_LE(done_again(proxy), 1) << "what it executed when it died";
  expect_same(house.kept(), undisturbed(1));
  EXPECT_THAT(test::stream_oracles(house.layout().dir), testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Each, KilledKind, testing::ValuesIn(kKinds),
                         [](const auto& kind) { return kind.param; });

// Never the same job twice in a row: three deaths over one page put it into quarantine, and
// rightly.
class Killer {
 public:
  Killer(ProgramHouse& house, const WireProxy& proxy, std::uint64_t seed)
      : house_(house), proxy_(proxy), random_(seed) {}

  // Kills one of those that execute something that no kill hit before; now and then one that
  // executes nothing. False when there is none.
  bool kill_one() {
    std::vector<std::string> names = kKinds;
    std::ranges::shuffle(names, random_);
    const bool is_idle_one = random_() % 5 == 0;
    for (const std::string& name : names) {
      const pid_t pid = house_.pid(name);
      const auto job = executed_by(pid);
      if (job.has_value() == is_idle_one || (job && !hit_.insert(*job).second)) continue;
      ::kill(pid, SIGKILL);
      return true;
    }
    return false;
  }
  [[nodiscard]] std::chrono::milliseconds pause() {
    return std::chrono::milliseconds(random_() % 700);
  }

 private:
  [[nodiscard]] std::optional<std::uint64_t> executed_by(pid_t pid) const {
    std::optional<std::uint64_t> job;
    for (const Seen& seen : proxy_.seen()) {
      if (seen.pid != pid) continue;
      if (seen.type == MessageType::started) job = seen.claim->job;
      if (seen.type == MessageType::result || seen.type == MessageType::failure) job.reset();
    }
    return job;
  }

  ProgramHouse& house_;
  const WireProxy& proxy_;
  std::mt19937_64 random_;
  std::set<std::uint64_t> hit_;
};

TEST(KilledWorkers, at_random_change_no_record_and_cost_one_job_each_at_most) {
  const int wanted = is_nightly() ? 100 : 8;
  const int copies = is_nightly() ? 30 : 2;
  const std::uint64_t seed = printed_seed(20261126);
  ProgramHouse house("killed_at_random");
  house.start_broker();
  const std::string batch = submit_all(house, copies);
  const WireProxy proxy(house.socket("proxy"), house.layout().workers_endpoint());
  house.start_workers(proxy.endpoint());
  Killer killer(house, proxy, seed);
  int kills = 0;
  const auto is_closed = [&] { return house.ledger(batch).value("state", "") == "closed"; };
  auto next = std::chrono::steady_clock::now();
  ASSERT_TRUE(test::wait_until(
      [&] {
        house.tend();
        if (kills < wanted && std::chrono::steady_clock::now() >= next) {
          if (!killer.kill_one()) return is_closed();
          ++kills;
          next = std::chrono::steady_clock::now() + killer.pause();
        }
        return is_closed();
      },
      is_nightly() ? 3600s : kDeadline))
      << house.log("broker");
  const int again = done_again(proxy);
  std::cout << kills << " kills, " << again << " jobs done again\n";
  EXPECT_GE(kills, wanted / 2) << "the work was over too soon";
  EXPECT_LE(again, kills);
  EXPECT_TRUE(house.audited("page_quarantined").empty());
  expect_same(house.kept(), undisturbed(copies));
  EXPECT_THAT(test::stream_oracles(house.layout().dir), testing::IsEmpty());
}

}  // namespace
}  // namespace postkamer::faults
