// SPDX-License-Identifier: EUPL-1.2
//
// Test 1 of README.md: the broker's core in simulated mailrooms, one a seed. A seed that fails is
// run again and its history printed; POSTKAMER_SEED=N runs that one alone, POSTKAMER_SEEDS=N runs
// so many, POSTKAMER_NIGHTLY=1 ten million.
#include <chrono>
#include <cstdlib>
#include <iostream>

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
  const auto start = std::chrono::steady_clock::now();
  std::uint64_t steps = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const Outcome outcome = Simulation(seed, make, false).run();
    ASSERT_FALSE(outcome.violation) << replay(seed, make);
    steps += outcome.steps;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  std::cout << seeds << " seeds, " << steps << " steps of the broker, 0 violations, "
            << static_cast<std::uint64_t>(static_cast<double>(seeds) / took.count())
            << " seeds/s\n";
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
