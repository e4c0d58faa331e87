// SPDX-License-Identifier: EUPL-1.2
//
// The stream of records for subscribers: reads committed events through a query-only connection and
// sends them against credit. Protocol: workers/wire/PROTOCOL.md, section 5.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/base/error.h"
#include "workers/host/peer_budget.h"
#include "workers/host/process.h"
#include "workers/journal/journal.h"
#include "workers/publisher/stream_note.h"
#include "workers/publisher/subscriptions.h"
#include "workers/wire/message.h"

namespace postkamer::publisher {

inline constexpr int kMaxCredit = 1024;
// Peers at a time. One more takes the place of the one that was silent longest, which asks again.
inline constexpr std::size_t kMaxPeers = 256;
// Of one name. What is sent and not read lies in our memory: so much of it, and no more, may one
// subscriber cause. One more is refused until another has been silent for a minute.
inline constexpr std::ptrdiff_t kMaxPeersOfName = 8;
// How often a second a peer may ask again for what it was sent already: a client that lost
// something does so once; one that never reads would fill our memory.
inline constexpr int kMaxRepeats = 20;

class Stream {
 public:
  // Binds the sockets. `reader` outlives it.
  // Fails with: invalid_config (publisher_endpoint), corrupt_store (journal_io).
  static Result<std::unique_ptr<Stream>> open(const host::Layout& layout, journal::Reader& reader,
                                              Subscriptions subscriptions);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // Serves until `stop_fd` is readable. Fails with: corrupt_store (journal_io).
  Result<void> serve(int stop_fd);

 private:
  struct Sockets;
  struct Peer {
    const Subscription* subscription = nullptr;
    std::uint64_t after = 0;  // up to here it was sent all that is for it
    int credit = 0;
    std::int64_t last_seen = 0;
    std::int64_t repeats_since = 0;  // the second in which `repeats` are counted
    int repeats = 0;
    bool is_moved = false;  // by a person: it is heard again once it has subscribed anew
  };
  struct Request {
    std::string peer;
    nlohmann::json body;
    std::int64_t now = 0;
  };
  struct Position {
    std::uint64_t sequence = 0;
    bool is_moved = false;  // by a person, and the subscriber has not gone on from there
    bool operator==(const Position&) const = default;
  };
  struct Commit {
    std::uint64_t sequence = 0;
    std::vector<std::string> peers;  // that wait for the answer
  };

  Stream(journal::Reader& reader, Subscriptions subscriptions, std::unique_ptr<Sockets> sockets,
         std::filesystem::path note_file);
  Result<void> receive_all(std::int64_t now);
  Result<void> take(wire::MessageType type, const Request& request);
  Result<void> on_subscribe(const Request& request);
  Result<void> on_fetch(const Request& request);
  Result<void> on_commit(const Request& request);
  Result<const Subscription*> subscription_of(const Request& request) const;
  [[nodiscard]] Result<void> check_position(std::uint64_t after) const;
  Result<Peer*> peer_of(const Request& request, const Subscription* subscription);
  void flush_commits(std::int64_t now);
  Result<void> look_for_news(std::int64_t now);
  Result<void> look_for_moves();
  Result<Position> position_of(const std::string& name);
  void tell_head(std::int64_t now);
  void tell_counts(std::int64_t now);
  Result<void> tell_watchers();
  void publish(const std::string& topic, wire::MessageType type, nlohmann::json body);
  void refuse(const std::string& peer, const Error& error);

  // stream_feed.cc
  Result<void> feed(const std::string& name, Peer& peer);
  Result<void> feed_all(const std::string& name, Peer& peer);
  Result<void> feed_filtered(const std::string& name, Peer& peer);
  Result<bool> send_event(const std::string& name, Peer& peer, const journal::EventRow& event);

  journal::Reader& reader_;
  Subscriptions subscriptions_;
  std::unique_ptr<Sockets> sockets_;
  std::filesystem::path note_file_;
  std::string stream_id_;
  std::map<std::string, Peer> peers_;
  host::PeerBudgets budgets_;
  std::map<std::string, Commit> commits_;  // of this round, by name
  // By name, of those that were here: where the journal has them, as far as we know.
  std::map<std::string, Position> positions_;
  std::int64_t no_broker_until_ = 0;
  std::uint64_t head_ = 0;
  std::uint64_t oldest_ = 1;
  std::uint64_t watched_ = 0;  // up to here watchers were told
  std::int64_t last_head_told_ = 0;
  std::optional<StreamNote> told_;  // of ourselves; nothing: not yet
  std::int64_t counts_told_ = 0;
};

}  // namespace postkamer::publisher
