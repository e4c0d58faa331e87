// SPDX-License-Identifier: EUPL-1.2
//
// The broker alone: files claimed and empty jobs acknowledged a second, every one of them durable
// (synchronous=FULL), 64 outstanding; and its memory with 10,000 jobs waiting.
//   bench_broker [JOBS] [FOLDER]
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <string>

#include "workers/broker/record_desk.h"
#include "workers/broker/shell.h"
#include "workers/host/control_client.h"
#include "workers/host/socket.h"
#include "workers/journal/sqlite_journal.h"

namespace {

using namespace postkamer;  // NOLINT: a main of few lines
using Clock = std::chrono::steady_clock;
using nlohmann::json;
using wire::Message;
using wire::MessageType;

constexpr int kOutstanding = 64;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

Result<void> serve(const host::Layout& layout) {
  PK_TRY(blobs, journal::BlobStore::open(layout.blobs()));
  PK_TRY(journal, journal::open_journal(layout.journal(), broker::RecordDesk::stamp));
  const broker::FindForm no_form = [](std::string_view, std::string_view) { return nullptr; };
  const broker::RecordDesk desk(no_form, {"urn:bench", ""});
  const broker::MailroomRecipe recipe(desk, no_form);
  PK_TRY(shell, broker::Shell::open({layout}, {*journal, blobs, desk, recipe}));
  return shell->serve(eventfd(0, EFD_CLOEXEC));
}

// A line of /proc/PID/status, in KiB.
long memory_of(pid_t process, const std::string& key) {
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(key)) return std::stol(line.substr(key.size() + 1));
  return 0;
}

struct Peer {
  zmq::context_t context{1};
  zmq::socket_t socket{context, zmq::socket_type::dealer};
  explicit Peer(const std::string& endpoint) {
    host::set_options(socket, 1 << 20);
    socket.connect(endpoint);
  }
  void say(MessageType type, json body, std::vector<Bytes> blobs = {}) {
    Message message;
    message.type = type;
    message.body = std::move(body);
    message.blobs = std::move(blobs);
    const auto frames = wire::encode(message);
    while (frames && !host::send(socket, "", *frames)) poll(nullptr, 0, 1);
  }
  Message hear() {
    for (;;) {
      if (auto frames = host::receive(socket))
        if (auto message = wire::decode(std::move(*frames))) return std::move(*message);
      zmq::pollitem_t item{socket.handle(), 0, ZMQ_POLLIN, 0};
      zmq::poll(&item, 1, std::chrono::milliseconds(1000));
    }
  }
};

double claim_files(Peer& control, const std::string& batch, const std::string& sha256, int count) {
  const auto start = Clock::now();
  int asked = 0;
  for (int answered = 0; answered < count;) {
    for (; asked < count && asked - answered < kOutstanding; ++asked)
      control.say(MessageType::ask, {{"id", asked},
                                     {"verb", "submit"},
                                     {"body",
                                      {{"batch", batch},
                                       {"name", "scan.tif"},
                                       {"sha256", sha256},
                                       {"size", 3},
                                       {"copy", asked}}}});
    if (control.hear().type == MessageType::answer) ++answered;
  }
  return seconds_since(start);
}

// Every job is a file of one blank page: decoded, split into no document, done.
double do_jobs(Peer& worker, int count) {
  worker.say(MessageType::ready,
             {{"kinds", {"decode"}}, {"credit", kOutstanding}, {"pid", getpid()}});
  const auto start = Clock::now();
  for (int acknowledged = 0; acknowledged < count;) {
    const Message message = worker.hear();
    if (message.type == MessageType::ack) ++acknowledged;
    if (message.type != MessageType::task) continue;
    json body = wire::to_json(*wire::claim_from(message.body));
    body["body"] = {{"page_count", 1}, {"pages", {{{"index", 0}, {"kind", "blank"}}}}};
    worker.say(MessageType::result, std::move(body), {Bytes{'p'}});
  }
  return seconds_since(start);
}

int measure(const host::Layout& layout, pid_t broker, int jobs) {
  auto client = host::ControlClient::connect(layout.control_endpoint());
  const auto blobs = journal::BlobStore::open(layout.blobs());
  const auto sha256 = blobs->put(bytes_of("abc"));
  const auto opened = client->ask(
      "open_batch", {{"class", "bench"}, {"date_of_receipt", "2026-11-23"}, {"source", "bench"}},
      nullptr, 30'000);
  if (!opened || !sha256) return 1;
  const std::string batch = opened->at("batch");
  Peer control(layout.control_endpoint());
  const double claiming = claim_files(control, batch, *sha256, jobs);
  std::printf("files claimed a second          %8.0f\n", jobs / claiming);
  std::printf("memory, %d jobs waiting, MiB %7.1f\n", jobs,
              static_cast<double>(memory_of(broker, "VmRSS:")) / 1024);
  Peer worker(layout.workers_endpoint());
  const double doing = do_jobs(worker, jobs);
  std::printf("jobs acknowledged a second      %8.0f\n", jobs / doing);
  std::printf("memory at its highest, MiB      %8.1f\n",
              static_cast<double>(memory_of(broker, "VmHWM:")) / 1024);
  const auto closed = client->ask("close_batch", {{"batch", batch}});
  const auto ledger = client->ask("ledger", {{"batch", batch}}, nullptr, 30'000);
  const bool is_balanced = closed && ledger && ledger->at("balanced") == true;
  std::printf("ledger balanced                 %8s\n", is_balanced ? "yes" : "NO");
  return is_balanced ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const int jobs = argc > 1 ? std::stoi(argv[1]) : 10'000;
  std::string pattern = std::string(argc > 2 ? argv[2] : "/tmp") + "/pk-bench-XXXXXX";
  const auto layout = host::prepare_layout(::mkdtemp(pattern.data()));
  if (!layout) return 1;
  const pid_t broker = ::fork();
  if (broker == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::_exit(serve(*layout) ? 0 : 1);
  }
  const int status = measure(*layout, broker, jobs);
  ::kill(broker, SIGKILL);
  ::waitpid(broker, nullptr, 0);
  std::filesystem::remove_all(layout->dir);
  return status;
}
