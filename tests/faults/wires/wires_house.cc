// SPDX-License-Identifier: EUPL-1.2
#include "tests/faults/wires/wires_house.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <fstream>

#include <fmt/format.h>

#include "workers/gate/gate.h"
#include "workers/host/files.h"
#include "workers/host/socket.h"
#include "workers/journal/sqlite_journal.h"

namespace postkamer::faults {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr const char* kEvents = "inproc://knock";
constexpr int kRefusals = ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                          ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
                          ZMQ_EVENT_DISCONNECTED;

int signals_as_descriptor(int number) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, number);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

// The number behind `key` in a file of /proc.
long number_after(const std::string& file, const std::string& key) {
  std::ifstream text(file);
  for (std::string line; std::getline(text, line);)
    if (line.starts_with(key)) return std::stol(line.substr(key.size()));
  return 0;
}

}  // namespace

int free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ::bind(fd, reinterpret_cast<sockaddr*>(&address), size);
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(fd);
  return ntohs(address.sin_port);
}

bool wait_until(const std::function<bool()>& done, std::chrono::seconds deadline) {
  const auto end = Clock::now() + deadline;
  while (!done()) {
    if (Clock::now() > end) return false;
    ::poll(nullptr, 0, 20);
  }
  return true;
}

long resident_kib(pid_t process) {
  return number_after(fmt::format("/proc/{}/status", process), "VmRSS:");
}

long peak_kib(pid_t process) {
  return number_after(fmt::format("/proc/{}/status", process), "VmHWM:");
}

// Where the kernel does not let us, the peak is that of before: more is counted, not less.
void forget_peak(pid_t process) {
  std::ofstream(fmt::format("/proc/{}/clear_refs", process)) << '5';
}

long cpu_ms(pid_t process) {
  std::string text;
  std::getline(std::ifstream(fmt::format("/proc/{}/stat", process)), text);
  std::istringstream words(text.substr(text.rfind(')') + 1));
  std::string word;
  for (int n = 0; n < 11; ++n) words >> word;  // up to cmajflt
  long user = 0, system = 0;
  words >> user >> system;
  return (user + system) * 1000 / ::sysconf(_SC_CLK_TCK);
}

WiresHouse::WiresHouse() : port_(free_port()), server_{*host::new_secret_key(), "", "", ""} {
  settings_.listen = fmt::format("tcp://127.0.0.1:{}", port_);
  settings_.keys = house_.layout().dir / "keys";
  std::filesystem::create_directories(settings_.keys / "keys.d");
}

Key WiresHouse::key(const wire::Grant& grant, const std::string& not_after) {
  host::PeerKey peer{grant, "", not_after, ""};
  auto secret = host::new_secret_key().value();
  peer.public_key = secret.public_key();
  const auto file = settings_.keys / "keys.d" / (grant.name + ".toml");
  const std::string text = host::to_toml(peer);
  if (!host::write_file(file, bytes_of(text))) return nullptr;
  keys_.push_back(peer);
  return std::make_shared<const host::KeyFile>(
      host::KeyFile{std::move(secret), grant.name, server_.secret.public_key(), settings_.listen});
}

Key WiresHouse::stranger() const {
  return std::make_shared<const host::KeyFile>(host::KeyFile{
      host::new_secret_key().value(), "", server_.secret.public_key(), settings_.listen});
}

void WiresHouse::revoke(const std::string& name) {
  for (host::PeerKey& key : keys_) {
    if (key.grant.name != name) continue;
    key.revoked = host::today_utc();
    const std::string text = host::to_toml(key);
    (void)host::write_file(settings_.keys / "keys.d" / (name + ".toml"), bytes_of(text));
  }
}

pid_t WiresHouse::start_gate(const std::function<void(host::GateSettings&)>& change) {
  if (change) change(settings_);
  host::StreamSettings subscribers;
  for (const char* name : {"test", "zaken"}) subscribers.subscribers.emplace_back().name = name;
  subscribers.subscribers.front().bsn = publish::BsnMode::omitted;
  const pid_t gate = house_.start([&] {
    const int stop_fd = signals_as_descriptor(SIGTERM);
    const int reload_fd = signals_as_descriptor(SIGHUP);
    const auto opened =
        gate::Gate::open({house_.layout(), settings_, subscribers.subscribers}, server_.secret);
    if (!opened) std::fprintf(stderr, "%s\n", opened.error().message.c_str());
    return opened && (*opened)->serve(stop_fd, reload_fd) ? 0 : 1;
  });
  wait_until([&] { return wires().value("gate", json()).is_object(); });
  return gate;
}

pid_t WiresHouse::start_remote_worker(const Key& key, std::vector<std::string> kinds) {
  return house_.start([&] {
    host::WorkerOptions options;
    options.endpoint = settings_.listen;
    options.kinds = std::move(kinds);
    options.key = key;
    return host::run_worker(options, broker::MailroomHouse::do_task);
  });
}

json WiresHouse::wires() {
  const auto status = house_.client().ask("status", {}, nullptr, 10'000);
  json told = status ? status->value("wires", json::object()) : json::object();
  if (told.value("gate", json()).is_object())
    last_report_ = told["gate"];
  else if (last_report_.is_object())
    told["gate"] = last_report_;
  return told;
}

bool WiresHouse::is_audited(const std::string& who, const std::string& why) {
  const auto reader = journal::open_reader(house_.layout().journal());
  if (!reader) return false;
  const auto rows = (*reader)->audit_after(0, 100'000);
  if (!rows) return false;
  for (const auto& row : *rows)
    if (row.what == "peer_refused" && row.subject.starts_with(who) &&
        json::parse(row.detail, nullptr, false).value("why", "") == why)
      return true;
  return false;
}

Outcome knock(const std::string& endpoint, const host::KeyFile* key, milliseconds patience) {
  zmq::context_t context{1};
  zmq::socket_t socket(context, zmq::socket_type::dealer);
  zmq::socket_t events(context, zmq::socket_type::pair);
  zmq_socket_monitor(socket.handle(), kEvents, kRefusals | ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
  events.connect(kEvents);
  if (key != nullptr) {
    if (!host::dial(socket, endpoint, key, 0)) return Outcome::nothing;
  } else {
    socket.set(zmq::sockopt::linger, 0);
    socket.connect(endpoint);
  }
  const auto deadline = Clock::now() + patience;
  while (Clock::now() < deadline) {
    zmq::pollitem_t item{events.handle(), 0, ZMQ_POLLIN, 0};
    zmq::poll(&item, 1, milliseconds(10));
    const auto frames = host::receive(events, 2);
    if (!frames || frames->empty() || frames->front().size() < 2) continue;
    std::uint16_t event = 0;
    std::memcpy(&event, frames->front().data(), sizeof event);
    return (event & kRefusals) != 0 ? Outcome::refused : Outcome::let_in;
  }
  return Outcome::nothing;
}

Peer::Peer(const std::string& endpoint, const Key& key, const std::string& address)
    : endpoint_(endpoint) {
  if (!address.empty()) socket_.set(zmq::sockopt::routing_id, address);
  (void)host::dial(socket_, endpoint_, key.get(), 1 << 20);
  socket_.set(zmq::sockopt::sndtimeo, 10'000);
}

void Peer::say(wire::MessageType type, const json& body, std::vector<Bytes> blobs) {
  wire::Message message;
  message.type = type;
  message.body = body;
  message.blobs = std::move(blobs);
  say_frames(wire::encode(std::move(message)).value());
}

void Peer::say_frames(wire::Frames frames) {
  zmq::pollitem_t item{socket_.handle(), 0, ZMQ_POLLOUT, 0};
  zmq::poll(&item, 1, std::chrono::seconds(10));
  host::send_to(socket_, endpoint_, std::move(frames));
}

std::optional<wire::Message> Peer::hear(wire::MessageType type, milliseconds patience) {
  const auto deadline = Clock::now() + patience;
  while (Clock::now() < deadline) {
    while (auto frames = host::receive_from(socket_, endpoint_)) {
      auto message = wire::decode(std::move(*frames));
      if (message && message->type == type) return std::move(*message);
    }
    zmq::pollitem_t item{socket_.handle(), 0, ZMQ_POLLIN, 0};
    zmq::poll(&item, 1, milliseconds(20));
  }
  return std::nullopt;
}

json ready_of(const std::vector<std::string>& kinds, int credit) {
  return {{"kinds", kinds},  {"credit", credit}, {"pid", ::getpid()},
          {"build", "test"}, {"proto_min", 1},   {"proto_max", 1}};
}

}  // namespace postkamer::faults
