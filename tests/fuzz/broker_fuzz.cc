// SPDX-License-Identifier: EUPL-1.2
//
// The broker's core in a mailroom whose every mishap the fuzzer chooses: the oracles of the
// simulator judge.
#include "tests/faults/simulator/simulation.h"
#include "tests/fuzz/target.h"

using namespace postkamer;  // NOLINT: a target of a few lines

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const faults::Dice dice({data, size});
  const auto outcome = faults::Simulation(dice, faults::honest_broker().make, false).run();
  fuzz::expect(!outcome.violation, outcome.violation.value_or(""));
  return 0;
}
