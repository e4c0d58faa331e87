// SPDX-License-Identifier: EUPL-1.2
//
// A folder full of scans that waits for the door: files taken and handed to the broker a second,
// each of them stored, hashed and durable, and the door's memory with a tenth and with all of them.
// The broker is real, and alone: nobody reads.
//   bench_inbox [FILES] [BYTES OF A FILE]
#include <poll.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <string>

#include <fmt/format.h>

#include "pipeline/intake/decode.h"
#include "tests/unit/pipeline/intake/drawn.h"
#include "tests/unit/workers/broker/mailroom_house.h"
#include "workers/intake/door.h"

namespace {

using namespace postkamer;  // NOLINT: a main of few lines
using Clock = std::chrono::steady_clock;
using std::filesystem::path;

struct Measured {
  double taking = 0.0;   // seconds until the inbox was empty
  double handing = 0.0;  // seconds until the broker had all of them
  double door_mib = 0.0, broker_mib = 0.0;
};

double peak_mib(pid_t process) {
  std::ifstream status(fmt::format("/proc/{}/status", process));
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024;
  return 0.0;
}

// Whole scans of one page, each with bytes of its own behind the picture.
void fill(const path& inbox, int files, std::size_t size) {
  std::filesystem::create_directories(inbox);
  const auto page = intake::encode_bilevel(intake::drawn::a4(200.0));
  std::string scan(text_of(page.value().bytes));
  if (scan.size() + 8 < size) scan.resize(size - 8, 'x');
  for (int n = 0; n < files; ++n)
    std::ofstream(inbox / fmt::format("scan_{}.tif", n)) << scan << fmt::format("{:08}", n);
}

int open_door(const host::Layout& layout, const host::InboxSettings& inbox) {
  auto blobs = journal::BlobStore::open(layout.blobs());
  auto client = host::ControlClient::connect(layout.control_endpoint());
  if (!blobs || !client) return 1;
  intake::Door door(inbox, layout.dir, {},
                    intake::ClaimDesk(inbox, intake::Door::work_of(inbox), Limits{},
                                      std::move(*blobs), std::move(*client)));
  door.run([] { return false; });
  return 0;
}

int handed_over(broker::MailroomHouse& house) {
  const auto status = house.client().ask("status", nlohmann::json::object(), nullptr, 60'000);
  return status ? status->at("kinds").at("decode").at("waiting").get<int>() : 0;
}

Measured flood(int files, std::size_t size) {
  broker::MailroomHouse house;
  host::InboxSettings inbox;
  inbox.name = "flood";
  inbox.folder = house.layout().dir / "rooms/inbox";
  inbox.stable_ms = 0;
  fill(inbox.folder, files, size);
  const pid_t broker = house.start_broker();
  while (!house.client().ask("status", nlohmann::json::object())) poll(nullptr, 0, 10);

  Measured measured;
  const auto start = Clock::now();
  const auto elapsed = [&] { return std::chrono::duration<double>(Clock::now() - start).count(); };
  const pid_t door = house.start([&] { return open_door(house.layout(), inbox); });
  while (!std::filesystem::is_empty(inbox.folder)) poll(nullptr, 0, 20);
  measured.taking = elapsed();
  while (handed_over(house) < files) poll(nullptr, 0, 20);
  measured.handing = elapsed();
  measured.door_mib = peak_mib(door);
  measured.broker_mib = peak_mib(broker);
  return measured;
}

}  // namespace

int main(int argc, char** argv) {
  const int files = argc > 1 ? std::stoi(argv[1]) : 10'000;
  const std::size_t size = argc > 2 ? std::stoul(argv[2]) : 40'000;
  const Measured few = flood(files / 10, size);
  const Measured all = flood(files, size);
  std::printf("files taken a second            %8.0f\n", files / all.taking);
  std::printf("durable with the broker a second %7.0f\n", files / all.handing);
  std::printf("door's memory, %6d files, MiB %8.1f\n", files / 10, few.door_mib);
  std::printf("door's memory, %6d files, MiB %8.1f\n", files, all.door_mib);
  std::printf("broker's memory, the same, MiB  %8.1f\n", all.broker_mib);
  return 0;
}
