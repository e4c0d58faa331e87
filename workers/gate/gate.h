// SPDX-License-Identifier: EUPL-1.2
//
// The door for peers on other machines: tcp with CURVE outside, ipc to broker and publisher inside.
// It knows keys and sizes and nothing of the journal, so that whatever a stranger may provoke in
// libzmq ends this process and not the one that owns the journal. PROTOCOL.md, section 7.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "pipeline/base/error.h"
#include "workers/host/gate_settings.h"
#include "workers/host/key_ring.h"
#include "workers/host/peer_budget.h"
#include "workers/host/process.h"
#include "workers/host/secret_key.h"
#include "workers/host/socket.h"
#include "workers/host/stream_settings.h"

namespace postkamer::gate {

struct GateOptions {
  host::Layout layout;
  host::GateSettings settings;
  std::vector<host::SubscriberSettings> subscribers;  // who gets whole BSNs
};

class Gate {
 public:
  // Opens the desk that judges keys, listens, reads the keys, and proves that a stranger is
  // refused. Fails with: invalid_config (gate_endpoint, gate_lets_in_strangers, zap_endpoint), or
  // with what may pass, unavailable (gate_endpoint, gate_unproven).
  static Result<std::unique_ptr<Gate>> open(const GateOptions& options,
                                            const host::SecretKey& server);
  // The same, again and again while it is unavailable, for as long as `patience`; null once
  // `stop_fd` is readable.
  static Result<std::unique_ptr<Gate>> open_patiently(const GateOptions& options,
                                                      const host::SecretKey& server, int stop_fd,
                                                      std::chrono::milliseconds patience);
  ~Gate();
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  // Serves until `stop_fd` is readable. When `reload_fd` is (a signalfd), or a file in keys.d
  // changes, the keys are read again: a peer whose key is no longer good is not heard from then on.
  Result<void> serve(int stop_fd, int reload_fd);

  [[nodiscard]] const std::string& endpoint() const { return endpoint_; }

 private:
  struct Sockets;
  struct Peer;

  Gate(const GateOptions& options, std::unique_ptr<Sockets> sockets);
  void load_keys();
  [[nodiscard]] bool judge(const std::string& public_key, const std::string& address);
  [[nodiscard]] std::filesystem::path key_folder() const {
    return options_.settings.keys / "keys.d";
  }

  void on_tick(std::int64_t now);
  void drop_bad_keys();
  void send_report(std::int64_t now);

  // From outside.
  void on_outside(host::Arrival arrival, std::int64_t now);
  Peer* peer_of(const host::Arrival& arrival, std::int64_t now);
  void on_message(const std::string& address, Peer& peer, wire::Frames frames, std::int64_t now);
  void to_broker(const std::string& address, const Peer& peer, wire::Frames frames);
  void to_stream(const std::string& address, Peer& peer, wire::Frames frames, std::int64_t now);
  // From inside.
  void on_broker(wire::Frames frames);
  void on_stream(const std::string& address, Peer& peer);

  void dismiss(const std::string& address, const Peer& peer);
  void forget(const std::string& address);
  bool say(const std::string& address, wire::MessageType type, nlohmann::json body);
  void complain(const std::string& address, const Error& error);
  void refuse(const std::string& who, const std::string& why, const std::string& from,
              std::int64_t now);

  GateOptions options_;
  std::unique_ptr<Sockets> sockets_;
  std::string endpoint_;
  host::KeyRing ring_;
  std::uint64_t ring_print_ = 0;
  std::string today_;
  std::map<std::string, std::unique_ptr<Peer>> peers_;  // by ZeroMQ's address
  host::PeerBudgets budgets_;
  host::RefusalNotes notes_;
  std::vector<nlohmann::json> refusals_;  // to be told to the broker
  std::uint64_t knocks_refused_ = 0;
  std::int64_t last_tick_ = 0;
  std::int64_t last_report_ = 0;
};

}  // namespace postkamer::gate
