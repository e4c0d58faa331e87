// SPDX-License-Identifier: EUPL-1.2
//
// What goes to and fro between a worker and its box, over a socket pair: messages of a JSON object
// and blobs. No memory is shared, so nothing can change after it was looked at. A message is put
// together without believing its sender: every size is held against a limit before memory is taken
// for it, and memory is taken only as bytes come.
//
//   magic "PKB1", type (1), 3 x zero, bytes of the body (u32), number of blobs (u32),
//   bytes of each blob (u64 each), body, blobs.        Little-endian.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include <nlohmann/json.hpp>

#include "pipeline/base/bytes.h"
#include "pipeline/base/error.h"

namespace postkamer::host {

enum class BoxMessageType : std::uint8_t {
  ready = 1,     // box: shut in, give me work
  task = 2,      // worker: {"kind", "body"} and the task's blobs
  outcome = 3,   // box: the outcome's body and blobs
  failure = 4,   // box: {"code", "reason", "message"}
  question = 5,  // box: something it cannot do itself (decode: a PDF page to be drawn)
  answer = 6,    // worker: the answer's blobs
  refusal = 7,   // worker: why there is no answer
};

struct BoxMessage {
  BoxMessageType type = BoxMessageType::ready;
  nlohmann::json body = nlohmann::json::object();
  std::vector<Bytes> blobs;
};

struct BoxLimits {
  std::uint64_t body_bytes = 64u << 20;
  std::uint64_t blobs = 4096;
  std::uint64_t total_bytes = 512u << 20;  // body and blobs together
  int json_depth = 64;
};

// Puts one message together from bytes as they come. Sans I/O.
class BoxAssembler {
 public:
  explicit BoxAssembler(const BoxLimits& limits);

  // Bytes it can take now; 0 when the message is whole.
  [[nodiscard]] std::size_t wanted() const { return wanted_; }

  // The next bytes, at most wanted(). Fails with: internal (box_nonsense) on what no honest box
  // says, resource_limit (limit_answer_bytes) when it says too much. Not to be used after that.
  Result<void> take(ByteView bytes);

  // Once wanted() is 0. Fails with: internal (box_nonsense) when the body is no JSON object.
  Result<BoxMessage> message() &&;

 private:
  enum class Part {
    head,
    sizes,
    body,
    blobs
  };
  Result<void> on_part();
  Result<void> on_head();
  Result<void> on_sizes();
  void next_blob();

  BoxLimits limits_;
  Part part_ = Part::head;
  Bytes gathered_;
  std::size_t wanted_;
  BoxMessageType type_ = BoxMessageType::ready;
  std::uint64_t body_bytes_ = 0;
  std::vector<std::uint64_t> sizes_;
  Bytes body_;
  std::vector<Bytes> blobs_;
};

// The bytes that go before the blobs: head, sizes, body.
Bytes head_of(const BoxMessage& message);

using BoxDeadline = std::optional<std::chrono::steady_clock::time_point>;

// Writes a whole message; its blobs are written from where they lie. Fails with: unavailable
// (box_gone) when the other side is, (box_late) at the deadline.
Result<void> send(int socket, const BoxMessage& message, const BoxDeadline& deadline = {});

// Waits for a whole message. Fails as send() and BoxAssembler.
Result<BoxMessage> receive(int socket, const BoxLimits& limits, const BoxDeadline& deadline = {});

}  // namespace postkamer::host
