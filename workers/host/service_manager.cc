// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace postkamer::host {
namespace {

constexpr std::chrono::seconds kBusyEach{5};
// Longer than anything that is done between two calls: a large index is sorted, a log written back.
constexpr std::chrono::microseconds kBusyFor = std::chrono::minutes(10);

std::string taken(const char* variable) {
  const char* found = std::getenv(variable);
  std::string value = found == nullptr ? "" : found;
  ::unsetenv(variable);
  return value;
}

long number_of(const std::string& text) {
  long number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

ServiceManager ServiceManager::take() {
  ServiceManager manager;
  manager.socket_ = taken("NOTIFY_SOCKET");
  if (manager.socket_.size() >= sizeof(sockaddr_un::sun_path)) manager.socket_.clear();
  const std::string watched = taken("WATCHDOG_PID");
  const std::chrono::microseconds patience(number_of(taken("WATCHDOG_USEC")));
  const bool is_us = watched.empty() || number_of(watched) == ::getpid();
  if (manager.is_there() && is_us)
    manager.beat_ = std::chrono::duration_cast<std::chrono::milliseconds>(patience / 4);
  return manager;
}

ServiceManager& service_manager() {
  static ServiceManager manager = ServiceManager::take();
  return manager;
}

void ServiceManager::ready(std::string_view status) const {
  tell("READY=1\nSTATUS=" + std::string(status));
}

void ServiceManager::status(std::string_view status) const {
  tell("STATUS=" + std::string(status));
}

void ServiceManager::stopping() const { tell("STOPPING=1\nSTATUS=stopping"); }

void ServiceManager::busy(std::string_view status) {
  const auto now = std::chrono::steady_clock::now();
  if (told_busy_ != std::chrono::steady_clock::time_point{} && now - told_busy_ < kBusyEach) return;
  told_busy_ = now;
  tell("EXTEND_TIMEOUT_USEC=" + std::to_string(kBusyFor.count()) +
       "\nSTATUS=" + std::string(status));
}

void ServiceManager::alive() {
  const auto now = std::chrono::steady_clock::now();
  if (beat_.count() == 0 || now - told_ < beat_) return;
  told_ = now;
  tell("WATCHDOG=1");
}

// What does not arrive is not our trouble: the manager sees for itself.
void ServiceManager::tell(const std::string& text) const {
  if (!is_there()) return;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, socket_.data(), socket_.size());
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';  // no file, a name of the kernel's
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
  (void)::sendto(fd, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
                 reinterpret_cast<const sockaddr*>(&address), size);
  ::close(fd);
}

}  // namespace postkamer::host
