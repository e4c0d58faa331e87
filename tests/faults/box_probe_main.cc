// SPDX-License-Identifier: EUPL-1.2
//
// A box with the real walls in which probes are made instead of scans opened.
//
//   box_probe LANDLOCK MEMORY_MIB [no-seccomp]
//
// The walls of a kernel whose Landlock has this ABI at most; and, with the last word, that knows no
// seccomp, so that what is refused is refused by Landlock.
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "tests/faults/probes.h"
#include "workers/host/box_program.h"

namespace {

using postkamer::Result;
using postkamer::host::Outcome;
using postkamer::host::Task;

// Works until it is stopped from outside.
void spin() {
  volatile std::uint64_t count = 0;
  for (;;) count = count + 1;
}

void wait_for_ever() {
  // A futex that nobody wakes: one of the few calls that are allowed.
  std::atomic<int> never{0};
  never.wait(0);
}

// Takes and touches memory until there is none.
std::uint64_t take_memory() {
  constexpr std::size_t kPiece = 16 << 20;
  std::uint64_t taken = 0;
  while (auto* piece = static_cast<std::uint8_t*>(std::malloc(kPiece))) {
    for (std::size_t i = 0; i < kPiece; i += 4096) piece[i] = 1;
    taken += kPiece;
  }
  return taken;
}

Result<Outcome> probe(const Task& task) {
  const std::string name = task.body.value("probe", "");
  if (name == "spin") spin();
  if (name == "wait") wait_for_ever();
  if (name == "crash") std::abort();
  if (name == "memory") return Outcome{{{"taken", take_memory()}}, {}};
  if (name == "flood") return Outcome{nlohmann::json::object(), {postkamer::Bytes(8 << 20)}};
  return Outcome{{{"errno", postkamer::faults::attempt(name)}}, {}};
}

}  // namespace

int main(int argc, char** argv) {
  using namespace postkamer::host;  // NOLINT: a program of its own
  auto features = probe_kernel();
  if (argc > 1) features.landlock = std::min(features.landlock, std::atoi(argv[1]));
  Ceilings ceilings;
  if (argc > 2) ceilings.memory_bytes = std::strtoull(argv[2], nullptr, 10) << 20;
  if (argc > 3 && std::string_view(argv[3]) == "no-seccomp") {
    features.seccomp = false;
    ceilings.open_files = 64;  // or no descriptor would be left for what Landlock let through
  }
  return serve_shut_in(probe, ceilings, features);
}
