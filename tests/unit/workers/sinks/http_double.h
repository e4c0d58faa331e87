// SPDX-License-Identifier: EUPL-1.2
//
// A receiver of webhooks on 127.0.0.1 that answers as it is told and keeps what it was asked.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace postkamer::sinks {

struct HttpRequest {
  std::string method;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

class HttpDouble {
 public:
  // Gives the whole answer, "HTTP/1.1 200 OK\r\n..."; empty = none ever.
  using Answer = std::function<std::string(const HttpRequest&)>;
  explicit HttpDouble(Answer answer);
  ~HttpDouble();
  HttpDouble(const HttpDouble&) = delete;
  HttpDouble& operator=(const HttpDouble&) = delete;

  [[nodiscard]] std::string url() const;
  [[nodiscard]] std::vector<HttpRequest> requests() const;

 private:
  void serve();
  void serve_one(int connection);
  Answer answer_;
  int socket_ = -1;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::vector<HttpRequest> requests_;
  std::thread thread_;
};

// An answer without a body.
std::string http_answer(const std::string& status, const std::string& header = "");

}  // namespace postkamer::sinks
