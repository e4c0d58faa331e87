// SPDX-License-Identifier: EUPL-1.2
//
// bench_subscribers [EVENTS]: how soon a subscriber has an event that was just committed, alone and
// beside others that are dead, slow, late, or flood the publisher with questions.
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "tests/unit/workers/publisher/stream_house.h"
#include "workers/host/socket.h"
#include "workers/publisher/subscriber.h"

namespace {

using namespace postkamer::publisher;  // NOLINT: a program of few lines
using Clock = std::chrono::steady_clock;
using nlohmann::json;
using postkamer::wire::MessageType;

constexpr int kBacklog = 50'000;  // events that late ones replay meanwhile
constexpr int kPatienceMs = 30'000;

struct Stranger {
  zmq::context_t context;
  zmq::socket_t socket{context, zmq::socket_type::dealer};
  explicit Stranger(const std::string& endpoint) {
    postkamer::host::set_options(socket, 1 << 20);
    socket.set(zmq::sockopt::immediate, false);
    socket.connect(endpoint);
  }
  void say(MessageType type, json body) {
    postkamer::wire::Message message;
    message.type = type;
    message.body = std::move(body);
    (void)postkamer::host::send(socket, "", postkamer::wire::encode(std::move(message)).value());
  }
};

// Milliseconds from the commit to the subscriber, of each event.
std::vector<double> delays(StreamHouse& house, Subscriber& subscriber, int events) {
  std::vector<double> all;
  for (int n = 0; n < events; ++n) {
    house.append(1, "\"fullText\": \"" + std::string(4000, 'x') + "\"");
    const auto committed = Clock::now();
    const auto some = subscriber.next(kPatienceMs);
    if (!some || some->empty()) return {};
    all.push_back(std::chrono::duration<double, std::milli>(Clock::now() - committed).count());
  }
  std::ranges::sort(all);
  return all;
}

double share(const std::vector<double>& sorted, double part) {
  return sorted[static_cast<std::size_t>(part * static_cast<double>(sorted.size() - 1))];
}

// One that replays everything from the start, again and again.
void replay_for_ever(const std::stop_token& stop, const std::string& endpoint) {
  while (!stop.stop_requested()) {
    auto late = Subscriber::connect({endpoint, "late", 0, 256}, kPatienceMs);
    while (late && !stop.stop_requested() && late->position() < kBacklog)
      if (const auto some = late->next(1000); !some || some->empty()) break;
  }
}

void flood(const std::stop_token& stop, const std::string& endpoint) {
  Stranger stranger(endpoint);
  for (int n = 0; !stop.stop_requested(); ++n) {
    stranger.say(MessageType::fetch, {{"name", "bad"}, {"after", 0}, {"credit", 1'000'000}});
    stranger.say(MessageType::commit, {{"name", "bad"}, {"seq", 1}});
    stranger.say(MessageType::subscribe, {{"name", fmt::format("nobody{}", n)}});
    if (n % 20 == 0) ::poll(nullptr, 0, 1);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int events = argc > 1 ? std::atoi(argv[1]) : 2000;
  std::vector<postkamer::host::SubscriberSettings> names(5);
  names[0].name = "calm";
  names[1].name = "dead";
  names[2].name = "slow";
  names[3].name = "late";
  names[4].name = "bad";
  StreamHouse house(names);
  house.append(kBacklog, "\"fullText\": \"" + std::string(4000, 'x') + "\"");
  house.start();
  house.start_clerk();
  auto calm = Subscriber::connect({house.endpoint(), "calm", kBacklog, 256}, kPatienceMs);
  if (!calm) return 1;
  (void)calm->next(100);
  const auto alone = delays(house, *calm, events);

  std::vector<std::unique_ptr<Stranger>> dead;
  for (int n = 0; n < 50; ++n) {
    dead.push_back(std::make_unique<Stranger>(house.endpoint()));
    dead.back()->say(MessageType::fetch, {{"name", "dead"}, {"after", 0}, {"credit", 1024}});
  }
  std::jthread slow([&](const std::stop_token& stop) {
    auto one = Subscriber::connect({house.endpoint(), "slow", 0, 1}, kPatienceMs);
    while (one && !stop.stop_requested()) {
      (void)one->next(100);
      ::poll(nullptr, 0, 5);
    }
  });
  std::jthread late([&](const std::stop_token& stop) { replay_for_ever(stop, house.endpoint()); });
  std::jthread bad([&](const std::stop_token& stop) { flood(stop, house.endpoint()); });
  const auto beside = delays(house, *calm, events);
  if (alone.empty() || beside.empty()) return 1;
  for (const double part : {0.5, 0.95})
    fmt::print("p{:.0f}: alone {:.2f} ms, beside the others {:.2f} ms, {:.2f} times\n", part * 100,
               share(alone, part), share(beside, part), share(beside, part) / share(alone, part));
  return 0;
}
