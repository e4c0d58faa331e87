// SPDX-License-Identifier: EUPL-1.2
//
// faults_letter_worker: a worker that does every kind of job on files of letters, one a page (see
// MailroomHouse), and on some letters what a broken one does when the page is to be straightened:
//   C crashes   K is killed, as by the kernel when memory is out   X exits   G answers nonsense
//   M runs out of memory   H hangs   h hangs until the file named by FAULTS_GATE is there
//   W waits for that file, then answers with a picture of its own
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <vector>

#include "tests/unit/workers/broker/mailroom_house.h"
#include "workers/host/worker_main.h"

namespace {

using namespace postkamer;  // NOLINT: a main of few lines

constexpr int kLookMs = 10;
constexpr rlim_t kRoom = 1ull << 30;
constexpr std::size_t kBite = 64u << 20;

bool is_gate_open() {
  const char* gate = std::getenv("FAULTS_GATE");
  return gate != nullptr && ::access(gate, F_OK) == 0;
}

// Takes memory until there is none, under a limit as the service manager sets it.
void take_all_memory() {
  const rlimit limit{kRoom, RLIM_INFINITY};
  ::setrlimit(RLIMIT_AS, &limit);
  std::vector<std::vector<char>> taken;
  for (;;) taken.emplace_back().reserve(kBite);
}

void misbehave(char letter) {
  switch (letter) {
    case 'C': std::raise(SIGSEGV); break;
    case 'K': std::raise(SIGKILL); break;
    case 'X': ::_exit(3);
    case 'M': take_all_memory(); break;
    case 'H':
      for (;;) ::pause();
    case 'h':
      while (!is_gate_open()) ::pause();
      break;
    case 'W':
      while (!is_gate_open()) ::poll(nullptr, 0, kLookMs);
      break;
    default: break;
  }
}

Result<host::Outcome> do_task(const host::Task& task) {
  if (task.kind != "deskew") return broker::MailroomHouse::do_task(task);
  const std::string letter(text_of(task.blobs.at(0)));
  misbehave(letter.front());
  auto outcome = broker::MailroomHouse::do_task(task);
  if (outcome && letter == "G") outcome->blobs.clear();
  if (outcome && letter == "W") {
    const std::string own = "by " + std::to_string(::getpid());
    outcome->blobs = {Bytes(own.begin(), own.end())};
  }
  return outcome;
}

Result<host::Handler> make_handler(const host::Settings&) { return host::Handler(do_task); }

}  // namespace

int main(int argc, char** argv) {
  return host::worker_main(
      argc, argv, {"decode", "deskew", "classify", "extract", "assemble", "ocr", "archive"},
      make_handler);
}
