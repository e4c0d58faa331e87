// SPDX-License-Identifier: EUPL-1.2
//
// A mailroom with a gate: broker, publisher, workers and gate as real processes, on the loopback
// instead of a wire, with keys made for the test; and peers that knock, honest and otherwise.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <zmq.hpp>

#include "tests/unit/workers/broker/mailroom_house.h"
#include "workers/host/gate_settings.h"
#include "workers/host/key_ring.h"
#include "workers/host/secret_key.h"
#include "workers/wire/message.h"

namespace postkamer::faults {

using Key = std::shared_ptr<const host::KeyFile>;

// Asks `done` again and again; false when it did not become true in half a minute.
bool wait_until(const std::function<bool()>& done,
                std::chrono::seconds deadline = std::chrono::seconds(30));

// What /proc/PID says: KiB of resident memory, and the most that it was since its start or the last
// forget_peak; milliseconds of processor so far.
long resident_kib(pid_t process);
long peak_kib(pid_t process);
void forget_peak(pid_t process);
long cpu_ms(pid_t process);

// A port of the loopback that nobody listened at a moment ago.
int free_port();

class WiresHouse {
 public:
  WiresHouse();

  // Makes a key and puts it into the allow-list; gives what its holder has.
  Key key(const wire::Grant& grant, const std::string& not_after = "");
  // A key that is in no list.
  [[nodiscard]] Key stranger() const;
  // The same with another line in its file; `postkamer keys revoke` does this.
  void revoke(const std::string& name);

  // Returns once the broker has heard of it.
  pid_t start_gate(const std::function<void(host::GateSettings&)>& change = {});
  pid_t start_remote_worker(const Key& key, std::vector<std::string> kinds);

  broker::MailroomHouse& house() { return house_; }
  [[nodiscard]] const std::string& endpoint() const { return settings_.listen; }
  [[nodiscard]] int port() const { return port_; }

  // What `postkamer status` says of the wires; in "gate" what the gate last said.
  nlohmann::json wires();
  // Whether the audit log has a refusal for this reason of somebody whose name starts so.
  bool is_audited(const std::string& who, const std::string& why);

 private:
  broker::MailroomHouse house_;
  host::GateSettings settings_;
  int port_ = 0;
  host::KeyFile server_;
  std::vector<host::PeerKey> keys_;
  nlohmann::json last_report_;
};

enum class Outcome {
  let_in,
  refused,
  nothing  // neither in time
};
// What a handshake comes to. Without `key` the client uses no encryption at all.
Outcome knock(const std::string& endpoint, const host::KeyFile* key,
              std::chrono::milliseconds patience = std::chrono::seconds(20));

// A peer that says what it likes.
class Peer {
 public:
  Peer(const std::string& endpoint, const Key& key, const std::string& address = "");
  void say(wire::MessageType type, const nlohmann::json& body, std::vector<Bytes> blobs = {});
  void say_frames(wire::Frames frames);
  // The next message of this type, others are passed over; nothing when none came in time.
  std::optional<wire::Message> hear(wire::MessageType type,
                                    std::chrono::milliseconds patience = std::chrono::seconds(20));
  zmq::socket_t& socket() { return socket_; }

 private:
  std::string endpoint_;
  zmq::context_t context_{1};
  zmq::socket_t socket_{context_, zmq::socket_type::dealer};
};

nlohmann::json ready_of(const std::vector<std::string>& kinds, int credit = 1);

}  // namespace postkamer::faults
