// SPDX-License-Identifier: EUPL-1.2
//
// Tests 15, 16 and 17 of README.md: poison among good documents, workers that hang, answers that
// come late.
#include <signal.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <set>

#include <gmock/gmock.h>

#include "tests/faults/program_house.h"
#include "tests/faults/wire_proxy.h"
#include "tests/support/stream_oracles.h"

namespace postkamer::faults {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using test::wait_until;
using wire::MessageType;

constexpr auto kDeadline = 240s;
constexpr const char* kProgram = "faults_letter_worker";

Bytes file_of(const std::string& letters) { return {letters.begin(), letters.end()}; }

// Reasons of the failures that were counted, by page.
std::map<std::string, std::vector<std::string>> failures(const ProgramHouse& house) {
  std::map<std::string, std::vector<std::string>> reasons;
  for (const auto& row : house.audited("job_failed"))
    reasons[row.subject].push_back(row.detail.at("reason"));
  return reasons;
}

std::map<std::string, std::string> quarantined(const ProgramHouse& house) {
  std::map<std::string, std::string> reasons;
  for (const auto& row : house.audited("page_quarantined"))
    reasons[row.subject] = row.detail.at("reason");
  return reasons;
}

// How the broker learns that a worker is gone depends on what it does at that moment.
const std::set<std::string> kGone{"worker_silent", "worker_unreachable", "lease_expired"};

struct Poison {
  char letter;
  std::set<std::string> reasons;  // of the quarantine: one of these
  std::size_t failures;           // until then
};

TEST(Poison, goes_into_quarantine_with_its_reason_and_costs_no_neighbour_anything) {
  constexpr int kGood = 100;
  const std::vector<Poison> poisons{{'C', kGone, 3},
                                    {'K', kGone, 3},
                                    {'X', kGone, 3},
                                    {'G', {"worker_nonsense"}, 3},
                                    {'M', {"worker_memory"}, 0},
                                    {'H', {"worker_hung"}, 3}};
  ProgramHouse house("poison");
  house.start_broker();
  const std::string batch = house.open_batch();
  std::map<std::string, Poison> page_of;  // name of the page -> what is on it
  const std::size_t apart = kGood / poisons.size();
  for (int n = 0; n < kGood; ++n) {
    house.submit(batch, file_of("u"), n);
    if (const auto at = static_cast<std::size_t>(n);
        at % apart == 0 && at / apart < poisons.size()) {
      const Poison& poison = poisons[at / apart];
      const std::string scan = house.submit(batch, file_of(std::string("u") + poison.letter + "u"));
      page_of.emplace(scan + "/2", poison);
    }
  }
  house.close_batch(batch);
  for (int n = 1; n <= 3; ++n)
    house.start("worker-" + std::to_string(n), kProgram, "", {"--deadline-ms", "2000"});
  ASSERT_TRUE(house.wait_closed(batch, kDeadline)) << house.log("broker") << house.ledger(batch);

  const json ledger = house.ledger(batch);
  EXPECT_TRUE(ledger.at("balanced").get<bool>()) << ledger;
  EXPECT_EQ(ledger.at("documents").at("published"), kGood) << ledger;
  EXPECT_EQ(ledger.at("documents").at("review"), page_of.size()) << "for a person to look at";
  EXPECT_EQ(ledger.at("pages").at("quarantined"), page_of.size());
  const auto reasons = quarantined(house);
  auto counted = failures(house);
  for (const auto& [page, poison] : page_of) {
    ASSERT_TRUE(reasons.contains(page)) << poison.letter;
    EXPECT_THAT(poison.reasons, testing::Contains(reasons.at(page))) << poison.letter;
    EXPECT_EQ(counted[page].size(), poison.failures) << poison.letter;
    counted.erase(page);
  }
  for (const auto& [page, why] : counted)
    ADD_FAILURE() << page << " is innocent, yet a failure was counted: " << why.front();
  EXPECT_THAT(test::stream_oracles(house.layout().dir), testing::IsEmpty());
}

// One worker at a time behind a proxy, so that everything is seen that is said.
class OneWorker : public testing::Test {
 protected:
  void SetUp() override {
    ::setenv("FAULTS_GATE", gate().c_str(), 1);
    house_.start_broker();
    proxy_.emplace(house_.socket("proxy"), house_.layout().workers_endpoint());
  }
  void start(const std::string& name, const std::string& deadline_ms = "120000") {
    house_.start(name, kProgram, proxy_->endpoint(), {"--deadline-ms", deadline_ms});
  }
  void open_gate() const { test::write_text(gate(), ""); }
  [[nodiscard]] std::filesystem::path gate() const { return house_.folder() / "gate"; }

  // Messages of this type about the job that straightens the page.
  [[nodiscard]] std::vector<Seen> about_page(MessageType type) const {
    std::set<std::uint64_t> jobs;
    for (const Seen& task : proxy_->seen(MessageType::task))
      if (task.kind == "deskew") jobs.insert(task.claim->job);
    auto some = proxy_->seen(type);
    std::erase_if(some,
                  [&](const Seen& one) { return !one.claim || !jobs.contains(one.claim->job); });
    return some;
  }
  [[nodiscard]] bool waits_for(MessageType type, std::size_t count) const {
    return wait_until([&] { return about_page(type).size() >= count; }, 60s);
  }

  ProgramHouse house_{"one_worker"};
  std::optional<WireProxy> proxy_;
};

TEST_F(OneWorker, that_hangs_and_still_pings_is_ended_at_its_deadline_and_its_job_done_again) {
  constexpr int kDeadlineMs = 2500;
  start("first", std::to_string(kDeadlineMs));
  const std::string batch = house_.open_batch();
  house_.submit(batch, file_of("h"));
  house_.close_batch(batch);
  ASSERT_TRUE(waits_for(MessageType::failure, 1)) << house_.log("broker");
  ASSERT_TRUE(wait_until([&] { return house_.has_ended("first"); }, 30s));
  EXPECT_EQ(house_.end("first", 0), 75);
  const Seen started = about_page(MessageType::started).front();
  const Seen failure = about_page(MessageType::failure).front();
  EXPECT_EQ(failure.reason, "worker_hung");
  EXPECT_EQ(failure.claim, started.claim);
  std::size_t pings = 0;
  for (const Seen& ping : proxy_->seen(MessageType::ping))
    if (ping.at > started.at && ping.at < failure.at)
      pings += static_cast<std::size_t>(std::ranges::count(ping.holding, *started.claim));
  EXPECT_GE(pings, 1u) << "it was alive all the time";
  std::cout
      << "deadline " << kDeadlineMs << " ms, ended after "
      << std::chrono::duration_cast<std::chrono::milliseconds>(failure.at - started.at).count()
      << " ms\n";

  open_gate();
  start("second");
  ASSERT_TRUE(house_.wait_closed(batch, kDeadline)) << house_.log("broker");
  EXPECT_EQ(house_.ledger(batch).at("documents").at("published"), 1);
  ASSERT_EQ(about_page(MessageType::started).size(), 2u);
  EXPECT_EQ(about_page(MessageType::started).back().claim->attempt, 2);
  EXPECT_EQ(failures(house_)["S1/1"], std::vector<std::string>{"worker_hung"});
}

TEST_F(OneWorker, that_comes_back_after_its_lease_is_told_stale_and_changes_nothing) {
  start("first");
  const std::string batch = house_.open_batch();
  house_.submit(batch, file_of("W"));
  house_.close_batch(batch);
  ASSERT_TRUE(waits_for(MessageType::started, 1)) << house_.log("broker");
  ::kill(house_.pid("first"), SIGSTOP);
  start("second");
  ASSERT_TRUE(waits_for(MessageType::started, 2)) << house_.log("broker");
  open_gate();
  ASSERT_TRUE(house_.wait_closed(batch, kDeadline)) << house_.log("broker");
  const Kept before = house_.kept();
  const auto page = house_.reader()->page_results(1, 0).value();
  const auto head = house_.reader()->head().value();

  ::kill(house_.pid("first"), SIGCONT);
  ASSERT_TRUE(waits_for(MessageType::stale, 1)) << "the late answer is answered";
  const auto results = about_page(MessageType::result);
  ASSERT_GE(results.size(), 2u);  // the late one is told again to a broker that asks WHO
  EXPECT_EQ(results.back().pid, house_.pid("first"));
  EXPECT_EQ(about_page(MessageType::stale).front().claim, results.back().claim);
  EXPECT_EQ(house_.ask("status", json::object()).at("head"), head);
  EXPECT_TRUE(house_.kept() == before);
  EXPECT_THAT(test::stream_oracles(house_.layout().dir), testing::IsEmpty());
  const auto after = house_.reader()->page_results(1, 0).value();
  ASSERT_EQ(after.size(), page.size());
  for (std::size_t i = 0; i < page.size(); ++i) EXPECT_EQ(after[i].blobs, page[i].blobs);

  // It is as good as any other from then on.
  house_.end("second", SIGTERM);
  const std::string next = house_.open_batch("doubtful-too");
  house_.submit(next, file_of("u"));
  house_.close_batch(next);
  ASSERT_TRUE(wait_until([&] { return house_.ledger(next).value("state", "") == "closed"; }, 60s));
}

}  // namespace
}  // namespace postkamer::faults
