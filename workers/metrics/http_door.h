// SPDX-License-Identifier: EUPL-1.2
//
// One page over HTTP, on a unix socket or a port of this machine only. It is read-only and tells
// nobody who asks anything else.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "pipeline/base/error.h"

namespace postkamer::metrics {

struct Where {
  std::filesystem::path socket;  // a unix socket, when there is no address
  std::string address;           // "127.0.0.1" or "::1"
  int port = 0;                  // 0 = any that is free
};

class HttpDoor {
 public:
  using MakePage = std::function<std::string()>;

  // Binds and listens; a socket that an earlier process left is replaced.
  // Fails with: invalid_config (metrics_endpoint).
  static Result<HttpDoor> open(const Where& where);
  HttpDoor(HttpDoor&&) noexcept;
  ~HttpDoor();

  // The port that is listened to; 0 on a unix socket.
  [[nodiscard]] int port() const;

  // Answers GET and HEAD of /metrics with a page until `stop_fd` is readable; a page stands for a
  // second, however often it is asked for. Peers that are slow, too many or say too much are
  // closed.
  void serve(int stop_fd, const char* type, const MakePage& make_page);

 private:
  struct Inside;
  explicit HttpDoor(std::unique_ptr<Inside> inside);
  std::unique_ptr<Inside> inside_;
};

}  // namespace postkamer::metrics
