// SPDX-License-Identifier: EUPL-1.2
//
// What peers say and are told: who it is, whether its key is for that, and where it goes.
#include <sodium.h>

#include <algorithm>

#include "workers/gate/gate.h"
#include "workers/gate/gate_sockets.h"
#include "workers/wire/pieces.h"

namespace postkamer::gate {
namespace {

using nlohmann::json;
using wire::MessageType;
using wire::Role;

constexpr std::int64_t kEventFrameBytes = 8 << 20;
constexpr int kEventsAtOnce = 64;

tl::unexpected<Error> not_granted(const std::string& what) {
  return fail(ErrorCode::unsupported, "not_granted", "this key is not for " + what);
}

Bytes frame(std::string_view text) {
  const ByteView view = bytes_of(text);
  return {view.begin(), view.end()};
}

bool holds(const std::vector<std::string>& list, const std::string& text) {
  return std::ranges::find(list, text) != list.end();
}

}  // namespace

std::string outer_name(const std::string& key_name, const std::string& address) {
  std::string hex(2 * address.size() + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), reinterpret_cast<const unsigned char*>(address.data()),
                 address.size());
  hex.pop_back();
  return key_name + "/" + hex;
}

std::string address_of(std::string_view outer_name) {
  const std::string_view hex =
      outer_name.substr(std::min(outer_name.size(), outer_name.rfind('/') + 1));
  std::string address(hex.size() / 2, '\0');
  std::size_t size = 0;
  const int read = sodium_hex2bin(reinterpret_cast<unsigned char*>(address.data()), address.size(),
                                  hex.data(), hex.size(), nullptr, &size, nullptr);
  return read == 0 && size == address.size() ? address : std::string();
}

void Gate::on_outside(host::Arrival arrival, std::int64_t now) {
  Peer* const peer = peer_of(arrival, now);
  if (peer == nullptr) return;
  switch (budgets_.on_message(peer->name, now)) {
    case host::PeerBudgets::Verdict::ignored: return;
    case host::PeerBudgets::Verdict::flooding:
      refuse(peer->name, "flooding", arrival.origin, now);
      return complain(arrival.peer, {ErrorCode::unavailable, "wire_flood",
                                     "more messages a second than are taken; say it again later"});
    case host::PeerBudgets::Verdict::welcome: break;
  }
  auto frames = arrival.frames.empty() ? fail(ErrorCode::resource_limit, "wire_too_large",
                                              "a message of too many frames")
                                       : wire::joined(std::move(arrival.frames));
  const auto type = frames ? wire::type_of(*frames) : tl::unexpected(frames.error());
  if (!type) {
    if (budgets_.on_unread(type.error().code, peer->name, now))
      refuse(peer->name, "malformed_too_often", arrival.origin, now);
    return complain(arrival.peer, type.error());
  }
  on_message(arrival.peer, *peer, std::move(*frames), now);
}

// Who it is, told by what its handshake proved, with every message anew. Null when it is nobody who
// is to be heard.
Gate::Peer* Gate::peer_of(const host::Arrival& arrival, std::int64_t now) {
  const host::PeerKey* key = ring_.find(arrival.user, today_);
  const auto found = peers_.find(arrival.peer);
  const char* why = nullptr;
  if (key == nullptr)
    why = "key_not_good";
  else if (!host::is_own_address(arrival.peer))
    why = "address_chosen";
  else if (found != peers_.end() && found->second->key != arrival.user)
    why = "address_of_another";
  if (why != nullptr) {
    budgets_.on_refused(arrival.user, now);
    refuse(key != nullptr ? key->grant.name : "", why, arrival.origin, now);
    return nullptr;
  }
  auto& peer = peers_[arrival.peer];
  if (!peer) {
    peer = std::make_unique<Peer>();
    peer->key = arrival.user;
    peer->name = key->grant.name;
  }
  peer->role = key->grant.role;
  peer->last_heard = now;
  return peer.get();
}

void Gate::on_message(const std::string& address, Peer& peer, wire::Frames frames,
                      std::int64_t now) {
  const auto type = wire::type_of(frames);
  const auto role = wire::role_that_says(*type);
  if (role != peer.role) {
    const std::string word(wire::name_of(*type));
    refuse(peer.name, "role_not_granted", word, now);
    if (budgets_.on_refused(peer.name, now)) refuse(peer.name, "refused_too_often", "", now);
    return complain(address, not_granted(word).value());
  }
  if (*role == Role::subscriber)
    to_stream(address, peer, std::move(frames), now);
  else
    to_broker(address, peer, std::move(frames));
}

void Gate::to_broker(const std::string& address, const Peer& peer, wire::Frames frames) {
  const host::PeerKey* key = ring_.find(peer.key, today_);
  if (key == nullptr) return;
  const std::string grant = wire::to_json(key->grant).dump();
  frames.insert(frames.begin(), {frame(outer_name(peer.name, address)), frame(grant)});
  if (!host::send(sockets_->broker, "", std::move(frames)))
    complain(address, {ErrorCode::unavailable, "broker_away",
                       "the broker does not listen now; say it again later"});
}

// The publisher knows subscribers by what they call themselves; here it is seen that they may.
void Gate::to_stream(const std::string& address, Peer& peer, wire::Frames frames,
                     std::int64_t now) {
  const wire::Grant& grant = ring_.find(peer.key, today_)->grant;
  const auto message = wire::decode(frames, wire::kSmallMessages);
  if (!message) {
    if (budgets_.on_unread(message.error().code, peer.name, now))
      refuse(peer.name, "malformed_too_often", "", now);
    return complain(address, message.error());
  }
  const std::string name = wire::text_at(message->body, "name").value_or("");
  const auto gets_whole_bsn = [&](const host::SubscriberSettings& one) {
    return one.name == name && one.bsn == publish::BsnMode::full;
  };
  const bool is_its_name = holds(grant.subscribers, name);
  const bool may_follow =
      is_its_name &&
      (holds(grant.scopes, "bsn") || !std::ranges::any_of(options_.subscribers, gets_whole_bsn));
  if (!may_follow) {
    refuse(peer.name, is_its_name ? "scope_bsn" : "subscriber_of_another", "", now);
    if (budgets_.on_refused(peer.name, now)) refuse(peer.name, "refused_too_often", "", now);
    say(address, MessageType::refused,
        wire::to_json(not_granted(is_its_name ? "whole BSNs: it lacks the scope bsn"
                                              : "a subscriber of that name")
                          .value()));
    return;
  }
  if (!peer.stream) {
    peer.stream.emplace(sockets_->context, zmq::socket_type::dealer);
    host::set_options(*peer.stream, kEventFrameBytes);
    peer.stream->set(zmq::sockopt::immediate, false);  // its first question waits for the line
    peer.stream->connect(options_.layout.events_endpoint());
  }
  host::send(*peer.stream, "", std::move(frames));
}

void Gate::on_broker(wire::Frames frames) {
  if (frames.size() < 3) return;
  const std::string name(text_of(frames.front()));
  const std::string address = address_of(name);
  frames.erase(frames.begin());
  const auto found = peers_.find(address);
  if (found == peers_.end() || outer_name(found->second->name, address) != name) return;
  if (ring_.find(found->second->key, today_) == nullptr) return;
  if (host::send(sockets_->outside, address, wire::in_pieces(std::move(frames)))) return;
  // Gone, or it takes nothing: what it was given goes to another one.
  dismiss(address, *found->second);
  forget(address);
}

// What cannot be sent now is not kept: the subscriber asks again from what it has.
void Gate::on_stream(const std::string& address, Peer& peer) {
  for (int n = 0; n < kEventsAtOnce; ++n) {
    auto frames = host::receive(*peer.stream);
    if (!frames) return;
    if (!frames->empty())
      host::send(sockets_->outside, address, wire::in_pieces(std::move(*frames)));
  }
}

// Tells the broker on its behalf that it leaves.
void Gate::dismiss(const std::string& address, const Peer& peer) {
  if (peer.role != Role::worker) return;
  wire::Grant grant;
  grant.name = peer.name;
  wire::Message bye;
  bye.type = MessageType::bye;
  auto frames = wire::encode(std::move(bye));
  if (!frames) return;
  frames->insert(frames->begin(),
                 {frame(outer_name(peer.name, address)), frame(wire::to_json(grant).dump())});
  host::send(sockets_->broker, "", std::move(*frames));
}

void Gate::forget(const std::string& address) { peers_.erase(address); }

bool Gate::say(const std::string& address, MessageType type, json body) {
  wire::Message message;
  message.type = type;
  message.body = std::move(body);
  auto frames = wire::encode(std::move(message));
  return frames && host::send(sockets_->outside, address, std::move(*frames));
}

void Gate::complain(const std::string& address, const Error& error) {
  say(address, MessageType::unsupported, wire::to_json(error));
}

}  // namespace postkamer::gate
