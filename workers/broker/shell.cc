// SPDX-License-Identifier: EUPL-1.2
#include "workers/broker/shell.h"

#include <sodium.h>

#include <array>
#include <chrono>
#include <ctime>
#include <vector>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "workers/broker/shell_sockets.h"
#include "workers/broker/store_check.h"
#include "workers/broker/tasks.h"
#include "workers/host/service_manager.h"
#include "workers/host/socket.h"

namespace postkamer::broker {
namespace {

constexpr std::int64_t kWorkerFrameBytes = 257ll << 20;  // a whole incoming file and some slack
constexpr std::int64_t kControlFrameBytes = 4 << 20;
constexpr std::int64_t kTickMs = 250;
constexpr std::int64_t kRetentionMs = 60'000;

// Fetched by the dozen: each time would be a call of the kernel for each message.
std::uint64_t random_number() {
  static std::vector<std::uint64_t> numbers;
  if (numbers.empty()) {
    numbers.resize(64);
    randombytes_buf(numbers.data(), numbers.size() * sizeof numbers.front());
  }
  const std::uint64_t number = numbers.back();
  numbers.pop_back();
  return number;
}

Moment now() { return {monotonic_ms(), random_number()}; }

// That a task cannot be composed for: trying again will not bring the bytes back. A store or
// journal that cannot be read just now is no fault of the one task that came upon it.
bool is_lack_of_task(const Error& error) {
  return error.reason == "blob_missing" || error.reason == "blob_damaged" ||
         error.reason == kOriginalsDropped || error.reason == "task_material" ||
         error.reason == "wire_too_large";
}

}  // namespace

std::int64_t monotonic_ms() {
  timespec time{};
  clock_gettime(CLOCK_BOOTTIME, &time);
  return std::int64_t{time.tv_sec} * 1000 + time.tv_nsec / 1'000'000;
}

std::int64_t wall_ms() {
  timespec time{};
  clock_gettime(CLOCK_REALTIME, &time);
  return std::int64_t{time.tv_sec} * 1000 + time.tv_nsec / 1'000'000;
}

std::string utc_now() {
  timespec time{};
  clock_gettime(CLOCK_REALTIME, &time);
  std::tm utc{};
  gmtime_r(&time.tv_sec, &utc);
  std::array<char, 32> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &utc);
  return std::string(text.data(), size) + fmt::format(".{:03}Z", time.tv_nsec / 1'000'000);
}

Shell::Shell(const ShellOptions& options, const ShellParts& parts, std::unique_ptr<Sockets> sockets,
             Core core, Checkpointer checkpointer)
    : options_(options),
      parts_(parts),
      sockets_(std::move(sockets)),
      core_(std::move(core)),
      room_(options.layout.dir, options.layout.blobs()),
      wall_ahead_(wall_ms() - monotonic_ms()),
      keeper_(options.keep, parts.journal.reader(), parts.blobs),
      checkpointer_(std::move(checkpointer)) {}

Shell::~Shell() = default;

Result<std::unique_ptr<Shell>> Shell::open(const ShellOptions& options, const ShellParts& parts) {
  PK_CHECK(check_store(parts.journal.reader(), parts.blobs));
  PK_TRY(snapshot, parts.journal.reader().snapshot());
  auto sockets = std::make_unique<Sockets>();
  try {
    host::set_options(sockets->workers, kWorkerFrameBytes);
    host::set_options(sockets->control, kControlFrameBytes);
    sockets->workers.set(zmq::sockopt::router_mandatory, true);
    for (zmq::socket_t* socket : {&sockets->workers, &sockets->control})
      socket->set(zmq::sockopt::linger, 500);
    sockets->workers.bind(options.layout.workers_endpoint());
    sockets->control.bind(options.layout.control_endpoint());
    if (options.has_gate) {
      host::set_options(sockets->gate, kWorkerFrameBytes);
      sockets->gate.set(zmq::sockopt::router_mandatory, true);
      sockets->gate.set(zmq::sockopt::linger, 500);
      sockets->gate.bind(options.layout.gate_endpoint());
    }
  } catch (const zmq::error_t& error) {
    return fail(ErrorCode::invalid_config, "broker_endpoint",
                "binding the sockets under " + options.layout.run().string() + ": " + error.what());
  }
  Core core(snapshot, parts.recipe, now());
  PK_TRY(checkpointer, Checkpointer::open(options.checkpoints, parts.journal.reader()));
  std::unique_ptr<Shell> shell(
      new Shell(options, parts, std::move(sockets), std::move(core), std::move(checkpointer)));
  PK_CHECK(shell->tell_start());
  shell->take(shell->core_.start(now()));
  PK_CHECK(shell->flush());
  return shell;
}

Result<void> Shell::serve(int stop_fd) {
  std::int64_t last_tick = 0;
  std::int64_t last_retention = monotonic_ms() - kRetentionMs;
  std::int64_t stopping_since = 0;
  for (;;) {
    bool is_stopping = false;
    PK_CHECK(wait(stopping_since == 0 ? stop_fd : -1, is_stopping));
    if (is_stopping) {
      stopping_since = monotonic_ms();
      host::service_manager().stopping();
      step(Drain{"", false});
    }
    // After draining: a ping that waited through a pause of ours counts before anyone is given up.
    if (monotonic_ms() - last_tick >= kTickMs) {
      look_for_room();
      if (!is_stalled_) step(Tick{});
      host::service_manager().alive();
      last_tick = monotonic_ms();
      PK_CHECK(keep());
    }
    if (!is_stalled_ && monotonic_ms() - last_retention >= kRetentionMs) {
      PK_CHECK(drop_old_events());
      last_retention = monotonic_ms();
    }
    PK_CHECK(flush());
    if (stopping_since == 0) continue;
    int running = 0;
    for (const KindStatus& kind : core_.status(now()).kinds) running += kind.running;
    if (running > 0 && monotonic_ms() - stopping_since <= options_.stop_grace_ms) continue;
    operations_.emplace_back(journal::Audit{"broker_stopped", "broker", ""});
    return vouch(true);
  }
}

// Waits for messages and takes them in. While what was thought finds no room, workers wait: nothing
// that they say could be answered.
Result<void> Shell::wait(int stop_fd, bool& is_stopping) {
  std::vector<zmq::pollitem_t> items{{sockets_->control.handle(), 0, ZMQ_POLLIN, 0}};
  if (stop_fd >= 0) items.push_back({nullptr, stop_fd, ZMQ_POLLIN, 0});
  if (!is_stalled_) {
    items.push_back({sockets_->workers.handle(), 0, ZMQ_POLLIN, 0});
    items.push_back({sockets_->gate.handle(), 0, ZMQ_POLLIN, 0});
  }
  try {
    zmq::poll(items, std::chrono::milliseconds(kTickMs));
  } catch (const zmq::error_t&) {
    return {};  // a signal came between
  }
  PK_CHECK(drain());
  is_stopping = stop_fd >= 0 && items[1].revents != 0;
  return {};
}

void Shell::look_for_room() {
  const bool is_changed = room_.look();
  if (room_.is_full()) parts_.journal.make_room();
  if (!is_changed) return;
  if (room_.is_full())
    spdlog::warn("paused: disk; nothing is taken in or given out until there is room");
  else
    spdlog::info("there is room on the disk again");
  step(DiskRoom{!room_.is_full()});
}

Result<void> Shell::on_worker(const Caller& caller, wire::Message message) {
  using wire::MessageType;
  const std::string& worker = caller.peer;
  const auto claim = wire::claim_from(message.body);
  if (claim && !may_answer(caller, *claim)) {
    messages_.push_back(SendSignal{worker, MessageType::stale, *claim});
    return {};
  }
  switch (message.type) {
    case MessageType::ready: on_ready(caller, message.body); return {};
    case MessageType::ping: on_ping(caller, message.body); return {};
    case MessageType::started:
      if (claim) step(Started{worker, *claim});
      return {};
    case MessageType::result:
      return claim ? on_result(worker, *claim, std::move(message)) : Result<void>{};
    case MessageType::failure:
      if (claim)
        step(Failed{worker, *claim,
                    wire::error_from(message.body.value("error", nlohmann::json::object()))});
      return {};
    case MessageType::leaving: step(Leaving{worker}); return {};
    case MessageType::bye: step(Bye{worker}); return {};
    default: return {};
  }
}

// Nobody holds more than the most credit that is given.
void Shell::on_ping(const Caller& caller, const nlohmann::json& body) {
  Ping ping{caller.peer, {}};
  const auto holding = body.find("holding");
  if (holding != body.end() && holding->is_array()) {
    const auto most = std::min<std::ptrdiff_t>(std::ssize(*holding), kMaxCredit);
    for (auto held = holding->begin(); held != holding->begin() + most; ++held)
      if (const auto one = wire::claim_from(*held); one && may_answer(caller, *one))
        ping.holding.push_back(*one);
  }
  step(ping);
}

// Of a peer from outside only the kinds count that its key is for.
void Shell::on_ready(const Caller& caller, const nlohmann::json& body) {
  const auto oldest = wire::number_at(body, "proto_min").value_or(wire::kOldestProtocol);
  const auto newest = wire::number_at(body, "proto_max").value_or(oldest);
  if (!wire::agreed_version(oldest, newest))
    return tell_unsupported(
        Door::workers, caller.peer,
        {ErrorCode::unsupported, "wire_version",
         fmt::format("the worker speaks versions {} to {}, the broker {} to {}", oldest, newest,
                     wire::kOldestProtocol, wire::kProtocolVersion)});
  Ready ready{caller.peer, {}, 1, wire::number_at(body, "pid").value_or(0)};
  ready.credit = static_cast<int>(
      std::clamp<std::int64_t>(wire::number_at(body, "credit").value_or(1), 1, kMaxCredit));
  for (const auto& name : body.value("kinds", nlohmann::json::array())) {
    const auto kind = name.is_string() ? flow::job_kind_named(name.get<std::string>())
                                       : std::optional<flow::JobKind>();
    if (!kind) continue;
    if (may_do(caller, *kind))
      ready.kinds.push_back(*kind);
    else
      note_refusal(caller.peer, "kind_not_granted", {{"kind", flow::name_of(*kind)}});
  }
  step(ready);
}

// Blobs before rows; and none for an answer nobody waits for.
Result<void> Shell::on_result(const std::string& worker, const wire::Claim& claim,
                              wire::Message message) {
  const journal::JobRow* job = core_.job_of(claim);
  if (job == nullptr) {
    step(Finished{worker, claim, ArchivedDigest{}});
    return {};
  }
  const auto body = message.body.value("body", nlohmann::json::object());
  auto names = put_away(*job, body, message.blobs);
  if (!names && names.error().reason == kDiskFull) {
    wait_for_room(worker, claim, *job, names.error());
    return {};
  }
  if (!names) return tl::unexpected(std::move(names).error());
  auto facts = record_asked(parts_.journal.reader(), *job).and_then([&](const auto& asked) {
    return digest(job->kind, body, *names, parts_.desk, asked);
  });
  if (facts)
    step(Finished{worker, claim, std::move(*facts)});
  else
    step(Failed{worker, claim, facts.error()});
  return {};
}

Result<std::vector<std::string>> Shell::put_away(const journal::JobRow& job,
                                                 const nlohmann::json& body,
                                                 const std::vector<Bytes>& blobs) {
  std::vector<std::string> names;
  for (const Bytes& blob : blobs) {
    PK_TRY(name, parts_.blobs.put(blob));
    names.push_back(std::move(name));
  }
  if (!says_picture_is_scan(job.kind, body) || !names.empty()) return names;
  PK_TRY(scan, parts_.journal.reader().scan(job.scan));
  if (scan) names.push_back(scan->sha256);
  return names;
}

// A full disk ends nothing: the job is done again later, and all that is in the journal stays.
void Shell::wait_for_room(const std::string& worker, const wire::Claim& claim,
                          const journal::JobRow& job, const Error& error) {
  spdlog::warn("job {} ({}) waits for room on the disk: {}", job.id, flow::name_of(job.kind),
               error.message);
  step(NoRoom{worker, claim});
}

void Shell::step(const Input& input) noexcept { take(core_.step(input, now())); }

void Shell::take(Output output) {
  std::ranges::move(output.operations, std::back_inserter(operations_));
  std::ranges::move(output.messages, std::back_inserter(messages_));
}

// Commit, then send. What cannot be sent comes back as input, so it goes round until all is quiet.
Result<void> Shell::flush() {
  while (!operations_.empty() || !messages_.empty()) {
    PK_TRY(is_stored, store());
    if (!is_stored) return {};
    operations_.clear();
    const auto hold = parts_.journal.hold();  // a task reads a dozen rows
    for (const Outgoing& message : std::exchange(messages_, {}))
      PK_CHECK(std::visit([&](const auto& one) { return deliver(one); }, message));
  }
  return {};
}

// False when there is no room, even in place of the ballast: nothing is sent, and it is tried again
// at the next turn.
Result<bool> Shell::store() {
  for (bool is_first = true;; is_first = false) {
    const auto stored = parts_.journal.commit(operations_, utc_now());
    if (stored) {
      is_stalled_ = false;
      return true;
    }
    if (stored.error().reason != kDiskFull) return tl::unexpected(stored.error());
    if (is_first) parts_.journal.make_room();
    if (is_first || room_.give_up_ballast()) continue;
    if (!is_stalled_) spdlog::warn("stalled: {}", stored.error().message);
    is_stalled_ = true;
    return false;
  }
}

Result<wire::Frames> Shell::task_frames(const SendTask& out) {
  PK_TRY(material, gather(parts_.journal.reader(), out.job));
  const SeparationRules rules = parts_.recipe.separation(material.batch);
  PK_TRY(parts, compose(material, options_.pages_per_decode, rules));
  wire::Message message;
  message.type = wire::MessageType::task;
  message.body = wire::to_json(out.claim);
  message.body["kind"] = flow::name_of(out.job.kind);
  message.body["body"] = std::move(parts.body);
  for (const std::string& name : parts.blobs) {
    auto blob = parts_.blobs.get(name);
    if (!blob && blob.error().reason == "blob_missing") {
      PK_TRY(is_kept, parts_.journal.reader().is_referenced(name));
      if (!is_kept)
        return fail(ErrorCode::invalid_document, std::string(kOriginalsDropped),
                    "composing a task: its pictures are not kept any more, as [retention] says");
    }
    if (!blob) return tl::unexpected(std::move(blob).error());
    message.blobs.push_back(std::move(*blob));
  }
  return wire::encode(std::move(message));
}

Result<void> Shell::deliver(const SendTask& out) {
  if (!core_.is_current(out.claim)) return {};  // given up between the step and the commit
  auto frames = task_frames(out);
  if (!frames) {
    spdlog::error("job {} cannot be composed: {}", out.job.id, frames.error().message);
    Error error = std::move(frames).error();
    if (!is_lack_of_task(error)) return tl::unexpected(std::move(error));
    if (error.reason == "blob_missing")
      PK_CHECK(check_store(parts_.journal.reader(), parts_.blobs));
    error.code = ErrorCode::invalid_document;
    step(Failed{out.worker, out.claim, std::move(error)});
  } else if (!post(Door::workers, out.worker, std::move(*frames))) {
    step(Unreachable{out.worker});
  }
  return {};
}

Result<void> Shell::deliver(const SendSignal& out) {
  wire::Message message;
  message.type = out.type;
  if (out.type == wire::MessageType::ack || out.type == wire::MessageType::stale)
    message.body = wire::to_json(out.claim);
  if (out.type == wire::MessageType::pong)
    message.body = {{"proto_min", wire::kOldestProtocol}, {"proto_max", wire::kProtocolVersion}};
  auto frames = wire::encode(std::move(message));
  if (frames && !post(Door::workers, out.worker, std::move(*frames))) step(Unreachable{out.worker});
  return {};
}

}  // namespace postkamer::broker
