// SPDX-License-Identifier: EUPL-1.2
#include "workers/metrics/http_door.h"

#include <unistd.h>

#include <chrono>
#include <optional>
#include <variant>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

namespace postkamer::metrics {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using namespace std::chrono_literals;
using boost::system::error_code;
using Tcp = net::ip::tcp;
using Unix = net::local::stream_protocol;

constexpr std::size_t kMostRequestBytes = 8 << 10;
constexpr int kMostPeers = 16;
constexpr auto kPatience = 5s;
constexpr auto kPageStands = 1s;

// What all peers share. Its thread is the only one.
struct Desk {
  std::string type;
  HttpDoor::MakePage make_page;
  int peers = 0;
  std::string page;
  std::optional<std::chrono::steady_clock::time_point> made;

  const std::string& fresh_page() {
    const auto now = std::chrono::steady_clock::now();
    if (!made || now - *made > kPageStands) {
      page = make_page();
      made = std::chrono::steady_clock::now();
    }
    return page;
  }
};

http::response<http::string_body> answer(const http::request<http::empty_body>& request,
                                         Desk& desk) {
  http::response<http::string_body> response;
  response.version(request.version());
  response.keep_alive(request.keep_alive());
  response.set(http::field::content_type, "text/plain; charset=utf-8");
  if (request.method() != http::verb::get && request.method() != http::verb::head) {
    response.result(http::status::method_not_allowed);
    response.set(http::field::allow, "GET, HEAD");
  } else if (request.target() != "/metrics") {
    response.result(http::status::not_found);
    response.body() = "the figures are at /metrics\n";
  } else {
    response.set(http::field::content_type, desk.type);
    response.body() = desk.fresh_page();
  }
  response.prepare_payload();
  if (request.method() == http::verb::head) response.body().clear();
  return response;
}

template <class Protocol>
class Peer : public std::enable_shared_from_this<Peer<Protocol>> {
 public:
  Peer(typename Protocol::socket socket, Desk& desk) : stream_(std::move(socket)), desk_(desk) {
    ++desk_.peers;
  }
  ~Peer() { --desk_.peers; }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  void read() {
    parser_.emplace();
    parser_->header_limit(kMostRequestBytes);
    stream_.expires_after(kPatience);
    http::async_read(stream_, buffer_, *parser_,
                     [self = this->shared_from_this()](error_code failed, std::size_t) {
                       if (!failed) self->write();
                     });
  }

 private:
  void write() {
    response_ = answer(parser_->get(), desk_);
    stream_.expires_after(kPatience);
    http::async_write(stream_, response_,
                      [self = this->shared_from_this()](error_code failed, std::size_t) {
                        if (!failed && self->response_.keep_alive()) self->read();
                      });
  }

  beast::basic_stream<Protocol> stream_;
  Desk& desk_;
  beast::flat_buffer buffer_{kMostRequestBytes};
  std::optional<http::request_parser<http::empty_body>> parser_;
  http::response<http::string_body> response_;
};

template <class Protocol>
void accept(net::basic_socket_acceptor<Protocol>& acceptor, Desk& desk) {
  acceptor.async_accept([&](error_code failed, typename Protocol::socket socket) {
    if (failed == net::error::operation_aborted) return;
    if (!failed && desk.peers < kMostPeers)
      std::make_shared<Peer<Protocol>>(std::move(socket), desk)->read();
    accept(acceptor, desk);
  });
}

template <class Protocol>
Result<net::basic_socket_acceptor<Protocol>> listening(
    net::io_context& context, const typename Protocol::endpoint& endpoint) {
  net::basic_socket_acceptor<Protocol> acceptor(context);
  error_code failed;
  acceptor.open(endpoint.protocol(), failed);
  if (!failed) acceptor.set_option(net::socket_base::reuse_address(true), failed);
  if (!failed) acceptor.bind(endpoint, failed);
  if (!failed) acceptor.listen(kMostPeers, failed);
  if (failed)
    return fail(ErrorCode::invalid_config, "metrics_endpoint",
                "while opening /metrics: " + failed.message() +
                    "; choose another `listen` under [metrics]");
  return acceptor;
}

}  // namespace

struct HttpDoor::Inside {
  net::io_context context{1};
  std::variant<std::monostate, Tcp::acceptor, Unix::acceptor> acceptor;
};

HttpDoor::HttpDoor(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
HttpDoor::HttpDoor(HttpDoor&&) noexcept = default;
HttpDoor::~HttpDoor() = default;

Result<HttpDoor> HttpDoor::open(const Where& where) {
  auto inside = std::make_unique<Inside>();
  if (where.address.empty()) {
    ::unlink(where.socket.c_str());
    PK_TRY(acceptor, listening<Unix>(inside->context, Unix::endpoint(where.socket.string())));
    inside->acceptor = std::move(acceptor);
  } else {
    error_code failed;
    const auto address = net::ip::make_address(where.address, failed);
    if (failed || !address.is_loopback())
      return fail(ErrorCode::invalid_config, "metrics_endpoint",
                  "while opening /metrics: " + where.address + " is not this machine's own");
    const Tcp::endpoint endpoint(address, static_cast<unsigned short>(where.port));
    PK_TRY(acceptor, listening<Tcp>(inside->context, endpoint));
    inside->acceptor = std::move(acceptor);
  }
  return HttpDoor(std::move(inside));
}

int HttpDoor::port() const {
  const auto* acceptor = std::get_if<Tcp::acceptor>(&inside_->acceptor);
  error_code failed;
  return acceptor == nullptr ? 0 : acceptor->local_endpoint(failed).port();
}

void HttpDoor::serve(int stop_fd, const char* type, const MakePage& make_page) {
  Desk desk{type, make_page, 0, {}, {}};
  std::optional<net::posix::stream_descriptor> stop(std::in_place, inside_->context,
                                                    ::dup(stop_fd));
  stop->async_wait(net::posix::stream_descriptor::wait_read,
                   [this](error_code) { inside_->context.stop(); });
  std::visit(
      [&](auto& acceptor) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(acceptor)>, std::monostate>)
          accept(acceptor, desk);
      },
      inside_->acceptor);
  inside_->context.run();
  // What is left of the peers goes before the desk does, and before it what the context serves.
  stop.reset();
  inside_->acceptor = std::monostate{};
  inside_ = std::make_unique<Inside>();
}

}  // namespace postkamer::metrics
