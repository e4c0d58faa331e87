// SPDX-License-Identifier: EUPL-1.2
//
// Events against credit: what each peer still has to get, and what it is told of the rest.
#include <algorithm>

#include <spdlog/spdlog.h>

#include "workers/publisher/stream.h"
#include "workers/publisher/stream_sockets.h"

namespace postkamer::publisher {
namespace {

using wire::MessageType;

constexpr int kFeedAtOnce = 256;    // so that a long replay does not hold up the others
constexpr int kLookThrough = 4096;  // heads of events at a time that may not be for a peer

}  // namespace

Result<void> Stream::feed(const std::string& name, Peer& peer) {
  if (peer.credit == 0 || peer.after >= head_) return {};
  return peer.subscription->is_filtered() ? feed_filtered(name, peer) : feed_all(name, peer);
}

Result<void> Stream::feed_all(const std::string& name, Peer& peer) {
  PK_TRY(events, reader_.events_after(peer.after, std::min(peer.credit, kFeedAtOnce)));
  for (const journal::EventRow& event : events) {
    PK_TRY(sent, send_event(name, peer, event));
    if (!sent) return {};
  }
  return {};
}

Result<void> Stream::feed_filtered(const std::string& name, Peer& peer) {
  PK_TRY(heads, reader_.event_heads_after(peer.after, kLookThrough));
  std::uint64_t looked = peer.after;
  int room = std::min(peer.credit, kFeedAtOnce);
  for (const journal::EventHead& head : heads) {
    if (peer.subscription->wants(head)) {
      if (room-- == 0) break;
      PK_TRY(event, reader_.events_after(head.sequence - 1, 1));
      if (event.empty()) break;
      PK_TRY(sent, send_event(name, peer, event.front()));
      if (!sent) return {};
    }
    looked = head.sequence;
  }
  if (looked <= peer.after) return {};
  // The end of what was looked through was not for this peer; without a word it would wait for it.
  if (sockets_->say(name, MessageType::passed, {{"after", peer.after}, {"seq", looked}}))
    peer.after = looked;
  else
    peer.credit = 0;
  return {};
}

// False when nothing more can be sent now; the peer asks again from what it has.
Result<bool> Stream::send_event(const std::string& name, Peer& peer,
                                const journal::EventRow& event) {
  if (event.body.empty()) {  // dropped since its peer was last looked at
    peer.credit = 0;
    sockets_->say(name, MessageType::gone, {{"oldest", oldest_}});
    return false;
  }
  const auto text = subscriptions_.text_for(*peer.subscription, event);
  if (!text) {
    spdlog::error("event {}: {}", event.sequence, text.error().message);
    peer.credit = 0;
    refuse(name, text.error());
    return false;
  }
  wire::Message message;
  message.type = MessageType::event;
  message.body = {{"seq", event.sequence}, {"after", peer.after}, {"id", event.key}};
  const ByteView bytes = bytes_of(*text);
  message.blobs.emplace_back(bytes.begin(), bytes.end());
  PK_TRY(frames, wire::encode(std::move(message)));
  if (!host::send(sockets_->events, name, std::move(frames))) {
    peer.credit = 0;
    return false;
  }
  peer.after = event.sequence;
  --peer.credit;
  return true;
}

}  // namespace postkamer::publisher
