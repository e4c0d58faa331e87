// SPDX-License-Identifier: EUPL-1.2
//
// A subscriber to the stream of records: pulls with credit, takes only the next number, asks again
// after a gap or a silence. What its filter leaves out it never sees, but passes. Delivery is at
// least once and in order; a consumer that keeps the event id and the number in its own transaction
// has each once.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/base/error.h"

namespace postkamer::host {
struct KeyFile;  // workers/host/secret_key.h
}

namespace postkamer::publisher {

struct StreamEvent {
  std::uint64_t sequence = 0;
  std::string id;    // of the CloudEvent: the idempotency key
  std::string text;  // the CloudEvent's JSON, byte for byte as it was committed
};

struct SubscriberOptions {
  std::string endpoint;  // "ipc://DIR/run/events.sock", or tcp with a key
  std::string name;      // of a [[subscriber]] of the settings
  // The first number wanted is from + 1; nothing = go on after the last COMMIT under this name, or
  // begin with the oldest event that is kept when there was none.
  std::optional<std::uint64_t> from;
  int credit = 256;  // events asked for at a time, 1..1024
  // The stream that `from` belongs to, as stream_id() gave it; empty = whichever is there.
  std::string stream = {};
  std::shared_ptr<const host::KeyFile> key = nullptr;  // of a subscriber elsewhere
};

class Subscriber {
 public:
  // Waits for the publisher's answer at most `timeout_ms`. Fails with: unavailable
  // (stream_timeout), unsupported (stream_unknown_subscriber; stream_beyond_head; stream_foreign:
  // `from` is of another stream; stream_gone: older than what is kept; not_granted: the key is for
  // another name), and those of dial in workers/host/socket.h.
  static Result<Subscriber> connect(const SubscriberOptions& options, int timeout_ms = 10'000);

  Subscriber(Subscriber&&) noexcept;
  Subscriber& operator=(Subscriber&&) noexcept;
  ~Subscriber();

  // Events after the last one given, in order and without gap; empty when none came in
  // `timeout_ms`. Fails with: unsupported (stream_gone; stream_moved: a person has moved this name,
  // connect again without `from` to go on there).
  Result<std::vector<StreamEvent>> next(int timeout_ms);

  // Tells that everything up to `sequence` is safe with us. Durable at the broker on return. Fails
  // with: unavailable (stream_timeout), and as next().
  Result<void> commit(std::uint64_t sequence, int timeout_ms = 10'000);

  // The newest number the publisher told of.
  [[nodiscard]] std::uint64_t head() const;
  // Everything up to here was given by next() or is not for us; at first the starting position.
  [[nodiscard]] std::uint64_t position() const;
  // Keep it beside the position: a number means nothing in another stream.
  [[nodiscard]] const std::string& stream_id() const;

 private:
  struct Link;
  explicit Subscriber(std::unique_ptr<Link> link);
  std::unique_ptr<Link> link_;
};

}  // namespace postkamer::publisher
