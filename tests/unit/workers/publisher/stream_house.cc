// SPDX-License-Identifier: EUPL-1.2
#include "tests/unit/workers/publisher/stream_house.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <stdexcept>

#include <fmt/format.h>

#include "workers/host/socket.h"
#include "workers/journal/sqlite_journal.h"
#include "workers/publisher/stream.h"

namespace postkamer::publisher {
namespace {

constexpr int kAtOnce = 1000;

std::string unstamped(const std::string& body, std::uint64_t, const std::string&) { return body; }

Result<void> serve(const host::Layout& layout, const host::StreamSettings& settings) {
  PK_TRY(reader, journal::open_reader(layout.journal()));
  PK_TRY(subscriptions, Subscriptions::load(settings, [](auto, auto) { return nullptr; }));
  PK_TRY(stream, Stream::open(layout, *reader, std::move(subscriptions)));
  int never[2];
  if (::pipe(never) != 0) return {};
  return stream->serve(never[0]);
}

}  // namespace

StreamHouse::StreamHouse(std::vector<host::SubscriberSettings> subscribers) {
  std::string pattern = (std::filesystem::temp_directory_path() / "pk-stream-XXXXXX").string();
  folder_ = ::mkdtemp(pattern.data());
  layout_ = host::prepare_layout(folder_).value();
  settings_.subscribers = std::move(subscribers);
  journal_ = journal::open_journal(layout_.journal(), unstamped).value();
}

StreamHouse::~StreamHouse() {
  kill();
  if (clerk_.joinable()) {
    clerk_.request_stop();
    clerk_.join();
  }
  std::filesystem::remove_all(folder_);
}

void StreamHouse::append(int count, const std::string& body) {
  journal::Operations operations;
  for (int n = 0; n < count; ++n) {
    const int number = ++appended_;
    const bool is_correction = number % 3 == 0;
    const char* form = number % 2 == 0 ? "g" : "f";
    operations.emplace_back(journal::AppendEvent{
        fmt::format("D{}.r1", number), fmt::format("D{}", number),
        fmt::format(
            R"({{"id": "D{0}.r1", "subject": "D{0}", "data": {{"form": {{"id": "{1}", "version": "1"}}, {2}}}}})",
            number, form, body),
        fmt::format("nl.poststukken.formulier-{}.v1", is_correction ? "gecorrigeerd" : "gelezen"),
        form});
    if (operations.size() < kAtOnce && n + 1 < count) continue;
    commit(operations);
    operations.clear();
  }
}

void StreamHouse::start() {
  process_ = ::fork();
  if (process_ != 0) return;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::_exit(serve(layout_, settings_) ? 0 : 1);
}

void StreamHouse::kill() {
  if (process_ <= 0) return;
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
  process_ = -1;
}

void StreamHouse::start_clerk() {
  clerk_ = std::jthread([this](const std::stop_token& stop) { keep_cursors(stop); });
}

// The one verb of the broker that a stream needs.
void StreamHouse::keep_cursors(const std::stop_token& stop) {
  zmq::context_t context{1};
  zmq::socket_t socket{context, zmq::socket_type::router};
  socket.bind(layout_.control_endpoint());
  while (!stop.stop_requested()) {
    zmq::pollitem_t item{socket.handle(), 0, ZMQ_POLLIN, 0};
    zmq::message_t peer;
    if (zmq::poll(&item, 1, std::chrono::milliseconds(20)) == 0 || !socket.recv(peer)) continue;
    auto question = wire::decode(host::receive(socket).value_or(wire::Frames{}));
    if (!question || question->body.value("verb", "") != "commit_cursor") continue;
    const auto body = question->body.at("body");
    commit({journal::CursorRow{body.at("name"), body.at("sequence"), 0}});
    wire::Message answer;
    answer.type = wire::MessageType::answer;
    answer.body = {{"id", question->body.at("id")}, {"ok", true}, {"body", body}};
    host::send(socket, peer.to_string(), wire::encode(answer).value());
  }
}

void StreamHouse::commit(const journal::Operations& operations) {
  const std::lock_guard lock(mutex_);
  const auto done = journal_->commit(operations, "2026-11-23T12:00:00.000Z");
  if (!done) throw std::runtime_error(done.error().message);
}

}  // namespace postkamer::publisher
