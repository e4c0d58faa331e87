// SPDX-License-Identifier: EUPL-1.2
#include "workers/gate/gate.h"

#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include <spdlog/spdlog.h>

#include "workers/gate/gate_sockets.h"
#include "workers/gate/listener.h"
#include "workers/wire/pieces.h"

namespace postkamer::gate {
namespace {

using nlohmann::json;

constexpr std::int64_t kInsideFrameBytes = 257ll << 20;  // as at the broker's other doors
constexpr int kMessagesAtOnce = 256;
constexpr int kPollMs = 100;
constexpr int kTryAgainMs = 1'000;
constexpr std::int64_t kTickMs = 500;
constexpr std::int64_t kReportMs = 1'000;
constexpr std::int64_t kForgetMs =
    60'000;                                // a peer that says nothing is made known again by itself
constexpr std::size_t kMostRefusals = 32;  // in one report
constexpr double kManyFiles = 0.7;

// Raises the limit of open files; gives what it is now.
std::uint64_t raise_files(std::uint64_t wanted) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < wanted) {
    limit.rlim_cur = std::min<rlim_t>(wanted, limit.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::getrlimit(RLIMIT_NOFILE, &limit);
  }
  if (limit.rlim_cur < wanted)
    spdlog::warn("{} open files wanted, {} allowed; raise LimitNOFILE", wanted, limit.rlim_cur);
  return limit.rlim_cur;
}

std::size_t open_files() {
  std::error_code failed;
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry :
       std::filesystem::directory_iterator("/proc/self/fd", failed))
    ++count;
  return count;
}

}  // namespace

std::int64_t now_ms() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

Gate::Gate(const GateOptions& options, std::unique_ptr<Sockets> sockets)
    : options_(options),
      sockets_(std::move(sockets)),
      budgets_({.messages_a_second = options.settings.messages_a_second}) {}

Gate::~Gate() = default;

Result<std::unique_ptr<Gate>> Gate::open(const GateOptions& options,
                                         const host::SecretKey& server) {
  PK_CHECK(check_enforcement());
  auto gate = std::unique_ptr<Gate>(new Gate(options, std::make_unique<Sockets>()));
  Sockets& sockets = *gate->sockets_;
  PK_TRY(desk, ZapDesk::open(sockets.context));
  sockets.desk = std::move(desk);
  PK_CHECK(host::dial(sockets.broker, options.layout.gate_endpoint(), nullptr, kInsideFrameBytes));
  PK_TRY(endpoint, listen(sockets.outside, *sockets.desk, options.settings, server));
  gate->endpoint_ = endpoint;
  raise_files(static_cast<std::uint64_t>(options.settings.files));
  gate->load_keys();  // the desk judges nobody before it is asked to
  PK_CHECK(check_refusal(endpoint, server.public_key(), [&] {
    sockets.desk->answer(
        [&](const std::string& key, const std::string& from) { return gate->judge(key, from); });
  }));
  gate->knocks_refused_ = 0;  // that was ourselves
  gate->refusals_.clear();
  gate->notes_ = {};
  return gate;
}

Result<std::unique_ptr<Gate>> Gate::open_patiently(const GateOptions& options,
                                                   const host::SecretKey& server, int stop_fd,
                                                   std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  std::string told;
  for (;;) {
    auto gate = open(options, server);
    const bool is_over = std::chrono::steady_clock::now() >= deadline;
    if (gate || gate.error().code != ErrorCode::unavailable || is_over) return gate;
    if (gate.error().reason != told)
      spdlog::warn("{}: {}; tried again each second", gate.error().reason, gate.error().message);
    told = gate.error().reason;
    pollfd stop{stop_fd, POLLIN, 0};
    if (::poll(&stop, 1, kTryAgainMs) > 0) return nullptr;
  }
}

void Gate::load_keys() {
  today_ = host::today_utc();
  const std::uint64_t print = host::folder_print(key_folder());
  auto ring = host::KeyRing::load(key_folder());
  // Strangers who use up our files would else take away everybody's key.
  if (!ring.is_whole()) return spdlog::warn("no files left to read the keys again: still the same");
  ring_print_ = print;
  ring_ = std::move(ring);
  for (const std::string& mistake : ring_.mistakes()) spdlog::error("{}", mistake);
  spdlog::info("{} keys in {}", ring_.keys().size(), key_folder().string());
}

bool Gate::judge(const std::string& public_key, const std::string& address) {
  if (ring_.find(public_key, today_) != nullptr) return true;
  ++knocks_refused_;
  refuse("", "unknown_key", address, now_ms());
  return false;
}

Result<void> Gate::serve(int stop_fd, int reload_fd) {
  for (;;) {
    std::vector<zmq::pollitem_t> items{{sockets_->outside.handle(), 0, ZMQ_POLLIN, 0},
                                       {sockets_->broker.handle(), 0, ZMQ_POLLIN, 0},
                                       {sockets_->desk->socket().handle(), 0, ZMQ_POLLIN, 0},
                                       {nullptr, stop_fd, ZMQ_POLLIN, 0},
                                       {nullptr, reload_fd, ZMQ_POLLIN, 0}};
    for (auto& [address, peer] : peers_)
      if (peer->stream) items.push_back({peer->stream->handle(), 0, ZMQ_POLLIN, 0});
    try {
      zmq::poll(items, std::chrono::milliseconds(kPollMs));
    } catch (const zmq::error_t&) {
      continue;  // a signal came between
    }
    if (items[3].revents != 0) return {};
    const std::int64_t now = now_ms();
    if (items[4].revents != 0) {
      std::array<char, 1024> signals{};
      while (::read(reload_fd, signals.data(), signals.size()) > 0) continue;
      load_keys();
      drop_bad_keys();
    }
    sockets_->desk->answer(
        [&](const std::string& key, const std::string& from) { return judge(key, from); });
    for (int n = 0; n < kMessagesAtOnce; ++n) {
      auto arrival = host::receive_arrival(sockets_->outside, wire::kMostPieces);
      if (!arrival) break;
      on_outside(std::move(*arrival), now);
    }
    for (int n = 0; n < kMessagesAtOnce; ++n) {
      auto frames = host::receive(sockets_->broker);
      if (!frames) break;
      on_broker(std::move(*frames));
    }
    for (auto& [address, peer] : peers_)
      if (peer->stream) on_stream(address, *peer);
    on_tick(now);
  }
}

void Gate::on_tick(std::int64_t now) {
  if (now - last_tick_ < kTickMs) return;
  last_tick_ = now;
  const std::string day = host::today_utc();
  if (day != today_ || host::folder_print(key_folder()) != ring_print_) {
    load_keys();
    drop_bad_keys();
  }
  std::vector<std::string> silent;
  for (const auto& [address, peer] : peers_)
    if (now - peer->last_heard > kForgetMs) silent.push_back(address);
  for (const std::string& address : silent) forget(address);
  if (now - last_report_ >= kReportMs) send_report(now);
}

// libzmq cannot hang up on a peer. What it says is dropped from now on; what it does is given back.
void Gate::drop_bad_keys() {
  std::vector<std::string> bad;
  for (const auto& [address, peer] : peers_)
    if (ring_.find(peer->key, today_) == nullptr) bad.push_back(address);
  for (const std::string& address : bad) {
    refuse(peers_.at(address)->name, "key_not_good", "", now_ms());
    dismiss(address, *peers_.at(address));
    forget(address);
  }
}

void Gate::send_report(std::int64_t now) {
  last_report_ = now;
  auto peers = json::array();
  for (const auto& [address, peer] : peers_)
    peers.push_back({{"name", peer->name},
                     {"role", wire::name_of(peer->role)},
                     {"silent_ms", now - peer->last_heard}});
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const std::size_t files = open_files();
  if (static_cast<double>(files) > kManyFiles * static_cast<double>(limit.rlim_cur))
    spdlog::warn("{} of {} files are open: so many connections", files, limit.rlim_cur);
  const auto& counts = budgets_.counts();
  wire::Message report;
  report.type = wire::MessageType::report;
  report.body = {{"listening", endpoint_},
                 {"peers", std::move(peers)},
                 {"keys", ring_.keys().size()},
                 {"malformed", counts.malformed},
                 {"unsupported", counts.unsupported},
                 {"refused", counts.refused},
                 {"flooding", counts.flooding},
                 {"ignored", counts.ignored},
                 {"ignored_peers", budgets_.ignored_peers(now)},
                 {"knocks_refused", knocks_refused_},
                 {"files", files},
                 {"files_most", limit.rlim_cur},
                 {"refusals", refusals_}};
  auto frames = wire::encode(std::move(report), wire::kSmallMessages);
  if (!frames) return;
  frames->insert(frames->begin(), {Bytes{}, Bytes{'{', '}'}});
  if (host::send(sockets_->broker, "", std::move(*frames))) refusals_.clear();
}

void Gate::refuse(const std::string& who, const std::string& why, const std::string& from,
                  std::int64_t now) {
  if (!notes_.is_news(why + " " + who, now)) return;
  spdlog::warn("refused {} from {}: {}", who.empty() ? "a stranger" : who, from, why);
  if (refusals_.size() < kMostRefusals)
    refusals_.push_back(
        {{"who", who.empty() ? "stranger" : "gate/" + who}, {"why", why}, {"from", from}});
}

}  // namespace postkamer::gate
