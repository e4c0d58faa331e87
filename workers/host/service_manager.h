// SPDX-License-Identifier: EUPL-1.2
//
// What a process tells the service manager that started it (systemd, or anything that speaks
// sd_notify's protocol: datagrams of NAME=VALUE to the socket of NOTIFY_SOCKET). Where there is
// none, nothing is told and nothing fails.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace postkamer::host {

class ServiceManager {
 public:
  // From the environment, which then no longer names it: what we start does not speak for us.
  static ServiceManager take();

  [[nodiscard]] bool is_there() const { return !socket_.empty(); }

  void ready(std::string_view status) const;   // READY=1: what depends on us may start
  void status(std::string_view status) const;  // one line for people; nothing personal
  void stopping() const;                       // STOPPING=1

  // STATUS and EXTEND_TIMEOUT_USEC: a start that takes longer than others, and goes on. Call it
  // from what goes on, at least each five minutes; it tells each few seconds.
  void busy(std::string_view status);

  // WATCHDOG=1, when a quarter of the time has passed after which we would be taken for dead. Call
  // it from the loop whose life it proves, at least each second.
  void alive();
  // How often alive() tells; zero: nobody watches.
  [[nodiscard]] std::chrono::milliseconds beat() const { return beat_; }

 private:
  void tell(const std::string& text) const;
  std::string socket_;
  std::chrono::milliseconds beat_{0};
  std::chrono::steady_clock::time_point told_{};
  std::chrono::steady_clock::time_point told_busy_{};
};

// This process's own; taken at the first call, which every main makes early.
ServiceManager& service_manager();

}  // namespace postkamer::host
