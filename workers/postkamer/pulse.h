// SPDX-License-Identifier: EUPL-1.2
//
// Whether a mailroom lives, for the service manager that started it: a mailroom whose broker
// answers does. One that does not for as long as the manager waits is ended and started again; the
// journal knows where it was.
#pragma once

#include <chrono>
#include <string>

#include <nlohmann/json.hpp>

#include "workers/host/control_client.h"
#include "workers/host/service_manager.h"

namespace postkamer {

class Pulse {
 public:
  // Both outlive it. Without a manager it does nothing.
  Pulse(host::ControlClient& client, host::ServiceManager& manager)
      : client_(client), manager_(manager) {}

  // Asks the broker when it is time to, waiting a second at most. Call it often.
  void feel();

 private:
  host::ControlClient& client_;
  host::ServiceManager& manager_;
  std::chrono::steady_clock::time_point next_{};
};

// One line for people, of counts only: "open; 3 jobs running, 12 waiting; ...".
std::string status_line(const nlohmann::json& status);

}  // namespace postkamer
