// SPDX-License-Identifier: EUPL-1.2
//
// Who is let in at which door, and what is done about those who ask for what is not their business.
// Workers and clients of this machine come over ipc, under our own user; peers from outside are
// spoken for by the gate, which says with every message whose key it came with.
#include <algorithm>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "workers/broker/shell.h"
#include "workers/broker/shell_sockets.h"
#include "workers/wire/utf8.h"

namespace postkamer::broker {
namespace {

using nlohmann::json;

constexpr int kDrainMessages = 256;  // in one transaction
constexpr std::size_t kDrainBytes = 32u << 20;
constexpr std::string_view kGatePrefix = "gate/";
constexpr std::int64_t kReportIsOldMs = 5'000;
constexpr std::size_t kMostRefusals = 64;  // in one report of the gate
constexpr auto kReplace = json::error_handler_t::replace;

std::size_t size_of(const wire::Frames& frames) {
  std::size_t size = 0;
  for (const Bytes& frame : frames) size += frame.size();
  return size;
}

// A routing id for people.
std::string shown(std::string_view peer) {
  if (peer.starts_with(kGatePrefix)) return std::string(peer);
  std::string text = "local/";
  for (const char c : peer.substr(0, 16))
    text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return text;
}

}  // namespace

Result<void> Shell::drain() {
  std::size_t bytes = 0;
  for (int n = 0; n < kDrainMessages && bytes < kDrainBytes; ++n) {
    bool is_idle = true;
    for (const Door door : {Door::workers, Door::control, Door::gate}) {
      if (door == Door::gate && !options_.has_gate) continue;
      if (is_stalled_ && door != Door::control) continue;
      auto arrival = host::receive_arrival(sockets_->at(door));
      if (!arrival) continue;
      is_idle = false;
      bytes += size_of(arrival->frames);
      PK_CHECK(take_in(door, std::move(*arrival)));
    }
    if (is_idle) return {};
  }
  return {};
}

// What no check foresaw in a message costs its sender, not the mailroom: it is malformed, and the
// next one is taken in.
Result<void> Shell::take_in(Door door, host::Arrival arrival) {
  if (!is_let_in(door, arrival)) return {};
  std::string peer = arrival.peer;
  try {
    const auto caller = caller_of(door, arrival);
    if (!caller) return {};
    peer = caller->peer;
    return hear(door, *caller, std::move(arrival.frames));
  } catch (const json::exception& error) {
    spdlog::error("a message of {} is malformed in a new way (JSON error {})", shown(peer),
                  error.id);
    tell_unsupported(door, peer,
                     {ErrorCode::invalid_document, "wire_malformed",
                      "reading a message: something in it is not what it must be"});
    return {};
  }
}

Result<void> Shell::hear(Door door, const Caller& caller, wire::Frames frames) {
  const auto told = budgets_.on_message(caller.peer, monotonic_ms());
  if (told == host::PeerBudgets::Verdict::ignored) return {};
  const auto type = wire::type_of(frames);
  const bool is_question =
      door == Door::control || (door == Door::gate && type && *type == wire::MessageType::ask);
  const bool may_be_large = !is_question && type && *type == wire::MessageType::result;
  auto message =
      wire::decode(std::move(frames), may_be_large ? wire::WireLimits{} : wire::kSmallMessages);
  if (!message) {
    tell_unsupported(door, caller.peer, message.error());
    return {};
  }
  if (caller.grant && wire::role_that_says(message->type) != caller.grant->role) {
    note_refusal(caller.peer, "role_not_granted", {{"type", wire::name_of(message->type)}});
    return {};
  }
  return is_question ? on_control(caller, *message) : on_worker(caller, std::move(*message));
}

void Shell::tell_unsupported(Door door, const std::string& peer, const Error& error) {
  ++refused_;
  if (budgets_.on_unread(error.code, peer, monotonic_ms()))
    note_refusal(peer, "malformed_too_often", json::object());
  wire::Message answer;
  answer.type = wire::MessageType::unsupported;
  answer.body = wire::to_json(error);
  if (auto out = wire::encode(std::move(answer))) post(door, peer, std::move(*out));
}

// The folder's mode keeps other users out; this holds when that was changed. An address that a peer
// chose could be another's.
bool Shell::is_let_in(Door door, const host::Arrival& arrival) {
  const bool is_user = host::is_our_user(arrival.origin);
  if (is_user && host::is_own_address(arrival.peer)) return true;
  const char* const doors[] = {"workers", "control", "gate"};
  budgets_.on_refused(arrival.peer, monotonic_ms());
  note_refusal(
      arrival.peer, is_user ? "address_chosen" : "wrong_user",
      {{"door", doors[static_cast<int>(door)]}, {"uid", host::uid_of(arrival.origin).value_or(0)}});
  return false;
}

// At the gate's door two frames come in front: the peer's address there and its grant.
std::optional<Shell::Caller> Shell::caller_of(Door door, host::Arrival& arrival) {
  if (door != Door::gate) return Caller{std::move(arrival.peer), std::nullopt};
  const auto unread = [&]() -> std::optional<Caller> {
    budgets_.on_unread(ErrorCode::invalid_document, arrival.peer, monotonic_ms());
    return std::nullopt;
  };
  if (arrival.frames.size() < 4) return unread();
  gate_route_ = arrival.peer;
  const std::string address(text_of(arrival.frames[0]));
  const auto grant = wire::grant_from(json::parse(text_of(arrival.frames[1]), nullptr, false));
  arrival.frames.erase(arrival.frames.begin(), arrival.frames.begin() + 2);
  if (address.empty()) {
    const auto report = wire::decode(std::move(arrival.frames), wire::kSmallMessages);
    if (!report || report->type != wire::MessageType::report) return unread();
    on_report(report->body);
    return std::nullopt;
  }
  if (!grant) return unread();
  return Caller{std::string(kGatePrefix) + address, grant};
}

void Shell::on_report(const json& body) {
  const json refusals = body.value("refusals", json::array());
  std::size_t taken = 0;
  for (const json& one : refusals)
    if (one.is_object() && ++taken <= kMostRefusals)
      operations_.push_back(journal::Audit{"peer_refused", wire::text_at(one, "who").value_or(""),
                                           json{{"why", wire::text_at(one, "why").value_or("")},
                                                {"from", wire::text_at(one, "from").value_or("")}}
                                               .dump(-1, ' ', false, kReplace)});
  gate_report_ = body;
  gate_report_.erase("refusals");
  gate_reported_at_ = monotonic_ms();
}

bool Shell::may_do(const Caller& caller, flow::JobKind kind) {
  if (!caller.grant) return true;
  return std::ranges::find(caller.grant->kinds, flow::name_of(kind)) != caller.grant->kinds.end();
}

// Who it says it is, it says itself; whose key it has, is known.
bool Shell::is_granted(const Caller& caller, const std::string& asker, const std::string& verb,
                       json& body) {
  if (!caller.grant) return true;
  if (!wire::may_ask(*caller.grant, verb)) {
    note_refusal(caller.peer, "verb_not_granted", {{"verb", wire::beginning(verb, 32)}});
    refuse(asker, {ErrorCode::unsupported, "control_not_granted",
                   "a question to the broker: this key has no scope for it"});
    return false;
  }
  const std::string second = wire::text_at(body, "second").value_or("");
  if (!second.empty()) body["second"] = wire::person_with_key(*caller.grant, second);
  body["person"] = wire::person_with_key(*caller.grant, wire::text_at(body, "person").value_or(""));
  return true;
}

bool Shell::may_answer(const Caller& caller, const wire::Claim& claim) {
  const journal::JobRow* job = core_.job_of(claim);
  const bool is_forged = core_.is_forged(caller.peer, claim);
  if (!is_forged && (job == nullptr || may_do(caller, job->kind))) return true;
  note_refusal(caller.peer, is_forged ? "claim_of_another" : "kind_not_granted",
               {{"job", claim.job}, {"attempt", claim.attempt}});
  if (budgets_.on_refused(caller.peer, monotonic_ms()))
    note_refusal(caller.peer, "refused_too_often", json::object());
  return false;
}

void Shell::note_refusal(const std::string& peer, const std::string& why, json detail) {
  const std::string who = shown(peer);
  // Everyone may knock under a new number; what counts is who and why.
  const std::string_view principal = principal_of(peer);
  const std::string key = why + " " + (principal.empty() ? "local" : std::string(principal));
  if (!notes_.is_news(key, monotonic_ms())) return;
  spdlog::warn("refused {}: {}", who, why);
  detail["why"] = why;
  operations_.push_back(journal::Audit{"peer_refused", who, detail.dump(-1, ' ', false, kReplace)});
}

bool Shell::post(Door door, const std::string& peer, wire::Frames frames) {
  if (!peer.starts_with(kGatePrefix))
    return host::send(sockets_->at(door), peer, std::move(frames));
  if (gate_route_.empty()) return false;
  const ByteView address = bytes_of(std::string_view(peer).substr(kGatePrefix.size()));
  frames.emplace(frames.begin(), address.begin(), address.end());
  return host::send(sockets_->gate, gate_route_, std::move(frames));
}

json Shell::wires() const {
  const auto& counts = budgets_.counts();
  json told{{"malformed", counts.malformed},
            {"unsupported", counts.unsupported},
            {"refused", counts.refused},
            {"ignored", counts.ignored},
            {"ignored_peers", budgets_.ignored_peers(monotonic_ms())},
            {"gate", nullptr}};
  if (monotonic_ms() - gate_reported_at_ <= kReportIsOldMs) told["gate"] = gate_report_;
  return told;
}

}  // namespace postkamer::broker
