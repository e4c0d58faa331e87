// SPDX-License-Identifier: EUPL-1.2
#include "tests/unit/workers/sinks/http_double.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <sstream>

namespace postkamer::sinks {
namespace {

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

// More of what was sent; false when there is no more.
bool read_more(int connection, std::string& text) {
  char buffer[4096];
  const ssize_t got = ::read(connection, buffer, sizeof buffer);
  if (got > 0) text.append(buffer, static_cast<std::size_t>(got));
  return got > 0;
}

HttpRequest head_of(const std::string& text) {
  HttpRequest request;
  std::istringstream in(text);
  in >> request.method;
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line) && line != "\r") {
    const auto colon = line.find(": ");
    if (colon == std::string::npos) continue;
    request.headers[lower(line.substr(0, colon))] = line.substr(colon + 2, line.size() - colon - 3);
  }
  return request;
}

}  // namespace

std::string http_answer(const std::string& status, const std::string& header) {
  return "HTTP/1.1 " + status + "\r\nContent-Length: 0\r\nConnection: close\r\n" +
         (header.empty() ? "" : header + "\r\n") + "\r\n";
}

HttpDouble::HttpDouble(Answer answer) : answer_(std::move(answer)) {
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ::bind(socket_, reinterpret_cast<sockaddr*>(&address), size);
  ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  ::listen(socket_, 8);
  thread_ = std::thread([this] { serve(); });
}

HttpDouble::~HttpDouble() {
  ::shutdown(socket_, SHUT_RDWR);
  thread_.join();
  ::close(socket_);
}

std::string HttpDouble::url() const {
  return "http://127.0.0.1:" + std::to_string(port_) + "/events";
}

std::vector<HttpRequest> HttpDouble::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void HttpDouble::serve() {
  for (int connection = 0; (connection = ::accept(socket_, nullptr, nullptr)) >= 0;) {
    serve_one(connection);
    ::close(connection);
  }
}

void HttpDouble::serve_one(int connection) {
  std::string text;
  while (text.find("\r\n\r\n") == std::string::npos)
    if (!read_more(connection, text)) return;
  HttpRequest request = head_of(text);
  const std::size_t start = text.find("\r\n\r\n") + 4;
  const auto length = request.headers.find("content-length");
  const std::size_t size = length == request.headers.end() ? 0 : std::stoul(length->second);
  while (text.size() < start + size)
    if (!read_more(connection, text)) return;
  request.body = text.substr(start, size);
  const std::string answer = answer_(request);
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(std::move(request));
  }
  if (answer.empty())
    while (read_more(connection, text)) {  // until the other side has had enough
    }
  else
    static_cast<void>(::write(connection, answer.data(), answer.size()) < 0);
}

}  // namespace postkamer::sinks
