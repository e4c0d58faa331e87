// SPDX-License-Identifier: EUPL-1.2
//
// The broker's body: sockets, clock, journal and blobs around the core. Drains what has come in,
// lets the core think, commits everything in one transaction, and only then sends.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "workers/broker/core.h"
#include "workers/broker/record_desk.h"
#include "workers/broker/retention.h"
#include "workers/host/process.h"
#include "workers/journal/blob_store.h"
#include "workers/journal/journal.h"

namespace postkamer::broker {

struct ShellOptions {
  host::Layout layout;
  int pages_per_decode = 16;
  int stop_grace_ms = 5000;  // after a stop, running tasks may still be answered this long
  RetentionPolicy retention = {};
};

// What the shell is built on; everything outlives it.
struct ShellParts {
  journal::Journal& journal;
  const journal::BlobStore& blobs;
  const RecordDesk& desk;
  const Recipe& recipe;
};

class Shell {
 public:
  // Binds the sockets and takes up what the journal holds.
  // Fails with: invalid_config (broker_endpoint), corrupt_store.
  static Result<std::unique_ptr<Shell>> open(const ShellOptions& options, const ShellParts& parts);
  ~Shell();
  Shell(const Shell&) = delete;
  Shell& operator=(const Shell&) = delete;

  // Serves until `stop_fd` is readable and what runs is answered (or the grace is over).
  // Fails with: corrupt_store (journal_io), unavailable (blob_io): nothing of what could not be
  // stored was acknowledged; the process must end.
  Result<void> serve(int stop_fd);

 private:
  struct Sockets;
  struct Asker {
    std::string peer;
    std::int64_t id = 0;
  };
  struct CachedLedger {
    nlohmann::json body;
    std::int64_t made_at = 0;
    std::int64_t took = 0;
  };

  Shell(const ShellOptions& options, const ShellParts& parts, std::unique_ptr<Sockets> sockets,
        Core core);

  Result<void> drain();
  Result<void> on_worker(const std::string& worker, wire::Message message);
  void on_ready(const std::string& worker, const nlohmann::json& body);
  void tell_unsupported(const std::string& peer, bool is_worker, const Error& error);
  Result<void> on_result(const std::string& worker, const wire::Claim& claim,
                         wire::Message message);
  // The names of an answer's blobs, which are in the store when this returns. Fails with: those of
  // BlobStore::put.
  Result<std::vector<std::string>> put_away(const journal::JobRow& job, const nlohmann::json& body,
                                            const std::vector<Bytes>& blobs);
  void wait_for_room(const std::string& worker, const wire::Claim& claim,
                     const journal::JobRow& job, const Error& error);
  Result<void> on_control(const std::string& peer, const wire::Message& message);
  Result<bool> change(const std::string& asker, const std::string& verb,
                      const nlohmann::json& body);
  Result<nlohmann::json> look(const std::string& verb, const nlohmann::json& body);
  Result<nlohmann::json> status();
  Result<nlohmann::json> ledger(const nlohmann::json& body);
  Result<nlohmann::json> seen(const nlohmann::json& body);
  Result<nlohmann::json> documents(const nlohmann::json& body);
  Result<nlohmann::json> document(const nlohmann::json& body);
  Result<void> submit(const std::string& asker, const nlohmann::json& body);
  Result<void> redate(const std::string& asker, const nlohmann::json& body);
  Result<void> review(const std::string& asker, const std::string& verb,
                      const nlohmann::json& body);

  // shell_stream.cc
  Result<StreamState> stream_state();
  Result<void> drop_old_events();
  Result<nlohmann::json> subscribers();

  void step(const Input& input);
  void take(Output output);
  Result<void> flush();
  void deliver(const SendTask& message);
  void deliver(const SendSignal& message);
  void deliver(const Answer& message);
  Result<wire::Frames> task_frames(const SendTask& message);
  [[nodiscard]] std::string asker_for(const std::string& peer, std::int64_t id);
  void refuse(const std::string& asker, const Error& error);

  ShellOptions options_;
  ShellParts parts_;
  std::unique_ptr<Sockets> sockets_;
  Core core_;
  journal::Operations operations_;
  std::vector<Outgoing> messages_;
  std::unordered_map<std::string, Asker> askers_;
  std::unordered_map<std::string, CachedLedger> ledgers_;
  std::uint64_t last_asker_ = 0;
  int refused_ = 0;                // messages that could not be read, since they were last told of
  std::uint64_t all_refused_ = 0;  // since the process began
};

}  // namespace postkamer::broker
