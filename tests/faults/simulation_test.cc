// SPDX-License-Identifier: EUPL-1.2
//
// Test 1 of README.md: the broker's core in simulated mailrooms, one a seed. A seed that fails is
// run again and its history printed; POSTKAMER_SEED=N runs that one alone, POSTKAMER_SEEDS=N runs
// so many, POSTKAMER_NIGHTLY=1 ten million. Seeds are shared out to as many threads as there are
// cores.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "tests/faults/simulator/simulation.h"

namespace postkamer::faults {
namespace {

constexpr std::uint64_t kSeeds = 20'000;
constexpr std::uint64_t kNightlySeeds = 10'000'000;
constexpr std::uint64_t kSeedsToSeeAMistake = 100;

std::string replay(std::uint64_t seed, const MakeBroker& make) {
  const Outcome outcome = Simulation(seed, make, true).run();
  std::string text = "seed " + std::to_string(seed) + ": " + outcome.violation.value_or("fine") +
                     "\nagain: POSTKAMER_SEED=" + std::to_string(seed) + " faults_simulation\n";
  for (const std::string& line : outcome.trace) text += "  " + line + "\n";
  return text;
}

struct Sweep {
  std::uint64_t steps = 0;
  std::optional<std::uint64_t> broken;  // the first seed found that broke a promise
};

// Seeds 1 to `seeds`; ends early when one breaks a promise.
Sweep sweep(std::uint64_t seeds, unsigned threads, const MakeBroker& make) {
  std::atomic<std::uint64_t> next{1}, steps{0}, broken{0};
  const auto take_seeds = [&] {
    for (std::uint64_t seed = next++; seed <= seeds && broken == 0; seed = next++) {
      const Outcome outcome = Simulation(seed, make, false).run();
      steps += outcome.steps;
      std::uint64_t none = 0;
      if (outcome.violation) broken.compare_exchange_strong(none, seed);
    }
  };
  {
    std::vector<std::jthread> crew;
    while (crew.size() < threads) crew.emplace_back(take_seeds);
  }
  return {steps, broken == 0 ? std::nullopt : std::optional(broken.load())};
}

TEST(Simulation, no_seed_breaks_a_promise) {
  const MakeBroker make = honest_broker().make;
  if (const char* one = std::getenv("POSTKAMER_SEED")) {
    const std::uint64_t seed = std::strtoull(one, nullptr, 10);
    std::cout << replay(seed, make);
    EXPECT_FALSE(Simulation(seed, make, false).run().violation);
    return;
  }
  std::uint64_t seeds = std::getenv("POSTKAMER_NIGHTLY") != nullptr ? kNightlySeeds : kSeeds;
  if (const char* wanted = std::getenv("POSTKAMER_SEEDS"))
    seeds = std::strtoull(wanted, nullptr, 10);
  const unsigned threads = std::max(1u, std::thread::hardware_concurrency());
  const auto start = std::chrono::steady_clock::now();
  const Sweep swept = sweep(seeds, threads, make);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  ASSERT_FALSE(swept.broken) << replay(*swept.broken, make);
  std::cout << seeds << " seeds, " << swept.steps << " steps of the broker, 0 violations, "
            << static_cast<std::uint64_t>(static_cast<double>(seeds) / took.count())
            << " seeds/s on " << threads << " cores\n";
}

TEST(Simulation, every_classic_mistake_is_seen) {
  for (const Kind& flawed : flawed_brokers()) {
    std::uint64_t seed = 1;
    std::optional<std::string> violation;
    while (seed <= kSeedsToSeeAMistake && !violation)
      violation = Simulation(seed++, flawed.make, false).run().violation;
    EXPECT_TRUE(violation) << flawed.name << " was not seen in " << kSeedsToSeeAMistake << " seeds";
    std::cout << flawed.name << ": seed " << seed - 1 << ": " << violation.value_or("") << '\n';
  }
}

TEST(Simulation, the_same_seed_gives_the_same_history) {
  const auto history = [](std::uint64_t seed) {
    return Simulation(seed, honest_broker().make, true).run().trace;
  };
  EXPECT_EQ(history(7), history(7));
  EXPECT_NE(history(7), history(8));
}

}  // namespace
}  // namespace postkamer::faults
