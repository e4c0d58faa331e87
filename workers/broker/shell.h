// SPDX-License-Identifier: EUPL-1.2
//
// The broker's body: sockets, clock, journal and blobs around the core. Drains what has come in,
// lets the core think, commits everything in one transaction, and only then sends.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "workers/broker/checkpointer.h"
#include "workers/broker/core.h"
#include "workers/broker/keeper.h"
#include "workers/broker/record_desk.h"
#include "workers/broker/retention.h"
#include "workers/broker/room.h"
#include "workers/host/peer_budget.h"
#include "workers/host/process.h"
#include "workers/host/socket.h"
#include "workers/journal/blob_store.h"
#include "workers/journal/journal.h"
#include "workers/wire/grant.h"

namespace postkamer::broker {

struct ShellOptions {
  host::Layout layout;
  int pages_per_decode = 16;
  int stop_grace_ms = 5000;  // after a stop, running tasks may still be answered this long
  RetentionPolicy retention = {};
  bool has_gate = false;  // peers from outside are spoken for at the layout's gate endpoint
  host::RetentionSettings keep = {};
  CheckpointPolicy checkpoints = {};
  std::string settings_sha256 = {};  // of the settings file: which rules held
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
  // Fails with: invalid_config (broker_endpoint), corrupt_store, unavailable (blob_io).
  static Result<std::unique_ptr<Shell>> open(const ShellOptions& options, const ShellParts& parts);
  ~Shell();
  Shell(const Shell&) = delete;
  Shell& operator=(const Shell&) = delete;

  // Serves until `stop_fd` is readable and what runs is answered (or the grace is over).
  // Fails with: corrupt_store (journal_io, blobs_away), unavailable (blob_io): nothing of what
  // could not be stored was acknowledged, and nothing that cannot be read now is given up; the
  // process must end. A full disk is no reason to end: it is waited for room, and meanwhile told of
  // (status, ledger) and nothing acknowledged.
  Result<void> serve(int stop_fd);

 private:
  struct Sockets;
  enum class Door {
    workers,
    control,
    gate
  };
  // Who said something, as its door knows it.
  struct Caller {
    std::string peer;
    std::optional<wire::Grant> grant;  // of a peer from outside; the others are our own processes
  };
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
        Core core, Checkpointer checkpointer);

  Result<void> wait(int stop_fd, bool& is_stopping);
  void look_for_room();

  // shell_doors.cc
  Result<void> drain();
  Result<void> take_in(Door door, host::Arrival arrival);
  Result<void> hear(Door door, const Caller& caller, wire::Frames frames);
  [[nodiscard]] bool is_let_in(Door door, const host::Arrival& arrival);
  std::optional<Caller> caller_of(Door door, host::Arrival& arrival);
  void on_report(const nlohmann::json& body);
  // Writes down, once a minute for each, that a peer asked for what is not its business.
  void note_refusal(const std::string& peer, const std::string& why, nlohmann::json detail);
  bool post(Door door, const std::string& peer, wire::Frames frames);
  [[nodiscard]] nlohmann::json wires() const;
  static bool may_do(const Caller& caller, flow::JobKind kind);
  // Whether it may ask that; who asks is put into `body`. Otherwise it has been refused.
  bool is_granted(const Caller& caller, const std::string& asker, const std::string& verb,
                  nlohmann::json& body);
  [[nodiscard]] bool may_answer(const Caller& caller, const wire::Claim& claim);
  void tell_unsupported(Door door, const std::string& peer, const Error& error);

  Result<void> on_worker(const Caller& caller, wire::Message message);
  void on_ready(const Caller& caller, const nlohmann::json& body);
  void on_ping(const Caller& caller, const nlohmann::json& body);
  Result<void> on_result(const std::string& worker, const wire::Claim& claim,
                         wire::Message message);
  // The names of an answer's blobs, which are in the store when this returns. Fails with: those of
  // BlobStore::put.
  Result<std::vector<std::string>> put_away(const journal::JobRow& job, const nlohmann::json& body,
                                            const std::vector<Bytes>& blobs);
  void wait_for_room(const std::string& worker, const wire::Claim& claim,
                     const journal::JobRow& job, const Error& error);
  Result<void> on_control(const Caller& caller, const wire::Message& message);
  Result<bool> change(const std::string& asker, const std::string& verb,
                      const nlohmann::json& body);
  Result<nlohmann::json> look(const std::string& verb, const nlohmann::json& body);
  Result<nlohmann::json> status();
  [[nodiscard]] std::string paused() const;
  Result<nlohmann::json> ledger(const nlohmann::json& body);
  Result<nlohmann::json> seen(const nlohmann::json& body);
  Result<nlohmann::json> documents(const nlohmann::json& body);
  Result<nlohmann::json> document(const nlohmann::json& body);
  Result<void> submit(const std::string& asker, const nlohmann::json& body);
  // shell_closed.cc
  Result<void> answer_closed(const std::string& asker, const std::string& verb,
                             const nlohmann::json& body);
  Result<void> redate(const std::string& asker, const nlohmann::json& body);
  Result<void> review(const std::string& asker, const std::string& verb,
                      const nlohmann::json& body);

  // shell_blanks.cc
  Result<nlohmann::json> blanks(const nlohmann::json& body);
  Result<void> put_back(const std::string& asker, const nlohmann::json& body);

  // shell_stream.cc
  Result<StreamState> stream_state();
  Result<void> drop_old_events();
  // False while the clock on the wall is not where the time that was last believed has come since,
  // by the clock that never jumps: nothing may be forgotten by it. Said in the log.
  [[nodiscard]] bool is_wall_trusted();
  void confirm_clock(const std::string& asker, const nlohmann::json& body);
  Result<nlohmann::json> subscribers();

  // shell_keeping.cc
  Result<void> record_act(const std::string& asker, const nlohmann::json& body);
  Result<void> tell_start();
  Result<void> keep();
  Result<void> vouch(bool at_once);
  Result<nlohmann::json> kept();

  // The process ends when a step does not come to its end: half of one would set the core apart
  // from the journal, and a new start takes up what the journal holds.
  void step(const Input& input) noexcept;
  void take(Output output);
  // Whoever reads the journal next must see whether it is stalled: what was to be committed is then
  // not in it.
  Result<void> flush();
  Result<bool> store();
  Result<void> answer_without_room(const std::string& asker, const std::string& verb,
                                   const nlohmann::json& body);
  // A task that cannot be composed for what it alone lacks is given up. Fails with: those of serve.
  Result<void> deliver(const SendTask& message);
  Result<void> deliver(const SendSignal& message);
  Result<void> deliver(const Answer& message);
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
  Room room_;
  std::int64_t wall_ahead_;  // of the monotonic clock: the time as far as it is believed
  bool is_wall_told_ = false;
  std::int64_t next_clock_ = 0;  // when it is written down again
  bool is_stalled_ = false;      // what is in operations_ found no room
  std::uint64_t last_asker_ = 0;
  int refused_ = 0;  // messages that could not be read, since they were last told of
  host::PeerBudgets budgets_;
  host::RefusalNotes notes_;
  std::string gate_route_;      // where the gate was last heard
  nlohmann::json gate_report_;  // what it last told of itself; null = nothing yet
  std::int64_t gate_reported_at_ = 0;
  Keeper keeper_;
  Checkpointer checkpointer_;
  std::int64_t next_due_ = 0;
  std::int64_t refused_told_ = 0;
};

// Whether a reason may go out with a record: 1 to 500 characters, not all space.
bool is_reason(const std::string& why);

}  // namespace postkamer::broker
