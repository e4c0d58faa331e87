// SPDX-License-Identifier: EUPL-1.2
//
// The stream of records for subscribers: reads committed events through a query-only connection and
// sends them against credit. Protocol: workers/wire/PROTOCOL.md, section 5.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "pipeline/base/error.h"
#include "workers/host/process.h"
#include "workers/journal/journal.h"

namespace postkamer::publisher {

inline constexpr int kMaxCredit = 1024;
inline constexpr std::size_t kMaxSubscribers = 1000;

class Stream {
 public:
  // Binds the sockets. Fails with: invalid_config (publisher_endpoint). `reader` outlives it.
  static Result<std::unique_ptr<Stream>> open(const host::Layout& layout, journal::Reader& reader);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // Serves until `stop_fd` is readable. Fails with: corrupt_store (journal_io).
  Result<void> serve(int stop_fd);

 private:
  struct Sockets;
  struct Peer {
    std::string name;
    std::uint64_t after = 0;  // last number sent
    int credit = 0;
    std::int64_t last_seen = 0;
  };
  struct Request;

  Stream(journal::Reader& reader, std::unique_ptr<Sockets> sockets);
  void receive_all(std::int64_t now);
  Result<void> on_subscribe(const Request& request, Peer& peer);
  Result<void> on_fetch(const Request& request, Peer& peer);
  Result<void> on_commit(const Request& request);
  Result<void> check_position(std::uint64_t after);
  Result<void> feed(const std::string& name, Peer& peer);
  Result<void> look_for_news(std::int64_t now);
  void tell_head(std::int64_t now);
  void refuse(const std::string& peer, const Error& error);

  journal::Reader& reader_;
  std::unique_ptr<Sockets> sockets_;
  std::map<std::string, Peer> peers_;
  std::uint64_t head_ = 0;
  std::uint64_t oldest_ = 0;
  std::int64_t last_head_told_ = 0;
  std::optional<Error> broken_;
};

}  // namespace postkamer::publisher
