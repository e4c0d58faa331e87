// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/box_channel.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "workers/wire/message.h"

namespace postkamer::host {
namespace {

constexpr std::array<std::uint8_t, 4> kMagic{'P', 'K', 'B', '1'};
constexpr std::size_t kHeadBytes = 16;
constexpr std::size_t kChunk = 256u << 10;
constexpr std::uint64_t kReserved = 1u << 20;  // memory taken on a sender's word alone

tl::unexpected<Error> nonsense(const std::string& what) {
  return fail(ErrorCode::internal, "box_nonsense", "while listening to a box: " + what);
}

tl::unexpected<Error> too_much(std::uint64_t found, std::uint64_t limit) {
  return fail(ErrorCode::resource_limit, "limit_answer_bytes",
              "while listening to a box: it answers with " + std::to_string(found) +
                  " bytes; limit answer_bytes is " + std::to_string(limit));
}

template <class T>
T number_at(const Bytes& bytes, std::size_t at) {
  T value = 0;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

template <class T>
void put(Bytes& bytes, T value) {
  const auto* begin = reinterpret_cast<const std::uint8_t*>(&value);
  bytes.insert(bytes.end(), begin, begin + sizeof value);
}

// False at the deadline.
bool wait_for(int socket, short event, const BoxDeadline& deadline) {
  for (;;) {
    int wait_ms = -1;
    if (deadline) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
          *deadline - std::chrono::steady_clock::now());
      if (left.count() <= 0) return false;
      wait_ms = static_cast<int>(std::min<std::int64_t>(left.count() + 1, 1'000'000));
    }
    pollfd item{socket, event, 0};
    if (::poll(&item, 1, wait_ms) > 0) return true;
  }
}

tl::unexpected<Error> gone() {
  return fail(ErrorCode::unavailable, "box_gone", "while talking to a box: it is gone");
}

tl::unexpected<Error> late() {
  return fail(ErrorCode::unavailable, "box_late", "while talking to a box: its time is over");
}

// In a sealed box poll is no allowed call: without deadline the socket simply blocks.
Result<void> write_all(int socket, ByteView bytes, const BoxDeadline& deadline) {
  while (!bytes.empty()) {
    if (deadline && !wait_for(socket, POLLOUT, deadline)) return late();
    const ssize_t written =
        deadline ? ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT)
                 : ::write(socket, bytes.data(), bytes.size());
    if (written < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (written <= 0) return gone();
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace

BoxAssembler::BoxAssembler(const BoxLimits& limits) : limits_(limits), wanted_(kHeadBytes) {}

Result<void> BoxAssembler::take(ByteView bytes) {
  if (bytes.size() > wanted_) return nonsense("more bytes than its message has");
  Bytes& target = part_ == Part::blobs ? blobs_.back() : part_ == Part::body ? body_ : gathered_;
  target.insert(target.end(), bytes.begin(), bytes.end());
  wanted_ -= bytes.size();
  return wanted_ == 0 ? on_part() : Result<void>{};
}

Result<void> BoxAssembler::on_part() {
  switch (part_) {
    case Part::head: return on_head();
    case Part::sizes: return on_sizes();
    case Part::body:
    case Part::blobs: next_blob();
  }
  return {};
}

Result<void> BoxAssembler::on_head() {
  if (!std::equal(kMagic.begin(), kMagic.end(), gathered_.begin()))
    return nonsense("no PKB1 in front of its message");
  const std::uint8_t type = gathered_[4];
  if (type < static_cast<std::uint8_t>(BoxMessageType::ready) ||
      type > static_cast<std::uint8_t>(BoxMessageType::refusal))
    return nonsense("a message of type " + std::to_string(type));
  if (gathered_[5] != 0 || gathered_[6] != 0 || gathered_[7] != 0)
    return nonsense("bytes that must be zero are not");
  type_ = static_cast<BoxMessageType>(type);
  body_bytes_ = number_at<std::uint32_t>(gathered_, 8);
  const auto blobs = number_at<std::uint32_t>(gathered_, 12);
  if (body_bytes_ > limits_.body_bytes) return too_much(body_bytes_, limits_.body_bytes);
  if (body_bytes_ < 2) return nonsense("a message without body");
  if (blobs > limits_.blobs) return nonsense(std::to_string(blobs) + " blobs");
  gathered_.clear();
  sizes_.resize(blobs);
  part_ = Part::sizes;
  wanted_ = sizeof(std::uint64_t) * blobs;
  return wanted_ == 0 ? on_sizes() : Result<void>{};
}

Result<void> BoxAssembler::on_sizes() {
  std::uint64_t total = body_bytes_;
  for (std::size_t i = 0; i < sizes_.size(); ++i) {
    sizes_[i] = number_at<std::uint64_t>(gathered_, i * sizeof(std::uint64_t));
    if (sizes_[i] > limits_.total_bytes || total + sizes_[i] > limits_.total_bytes)
      return too_much(total + std::min(sizes_[i], limits_.total_bytes), limits_.total_bytes);
    total += sizes_[i];
  }
  part_ = Part::body;
  wanted_ = body_bytes_;
  return {};
}

// Empty blobs come without bytes.
void BoxAssembler::next_blob() {
  part_ = Part::blobs;
  while (wanted_ == 0 && blobs_.size() < sizes_.size()) {
    wanted_ = sizes_[blobs_.size()];
    blobs_.emplace_back().reserve(std::min<std::uint64_t>(wanted_, kReserved));
  }
}

Result<BoxMessage> BoxAssembler::message() && {
  const std::string_view text = text_of(body_);
  if (wire::nesting_of(text) > limits_.json_depth) return nonsense("JSON that is nested too deep");
  BoxMessage message{type_, nlohmann::json::parse(text, nullptr, false), std::move(blobs_)};
  if (!message.body.is_object()) return nonsense("a body that is no JSON object");
  return message;
}

Bytes head_of(const BoxMessage& message) {
  // Bytes that are no UTF-8 become U+FFFD, as on the wire.
  const std::string body =
      message.body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  Bytes head(kMagic.begin(), kMagic.end());
  put<std::uint32_t>(head, static_cast<std::uint8_t>(message.type));
  put<std::uint32_t>(head, static_cast<std::uint32_t>(body.size()));
  put<std::uint32_t>(head, static_cast<std::uint32_t>(message.blobs.size()));
  for (const Bytes& blob : message.blobs) put<std::uint64_t>(head, blob.size());
  head.insert(head.end(), body.begin(), body.end());
  return head;
}

Result<void> send(int socket, const BoxMessage& message, const BoxDeadline& deadline) {
  PK_CHECK(write_all(socket, head_of(message), deadline));
  for (const Bytes& blob : message.blobs) PK_CHECK(write_all(socket, blob, deadline));
  return {};
}

Result<BoxMessage> receive(int socket, const BoxLimits& limits, const BoxDeadline& deadline) {
  BoxAssembler assembler(limits);
  Bytes chunk(kChunk);
  while (assembler.wanted() > 0) {
    if (deadline && !wait_for(socket, POLLIN, deadline)) return late();
    const ssize_t got =
        ::read(socket, chunk.data(), std::min<std::size_t>(chunk.size(), assembler.wanted()));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return gone();
    PK_CHECK(assembler.take(ByteView(chunk).first(static_cast<std::size_t>(got))));
  }
  return std::move(assembler).message();
}

}  // namespace postkamer::host
