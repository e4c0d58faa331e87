// SPDX-License-Identifier: EUPL-1.2
//
// What travels between our processes, and its form as frames. Grammar and meaning of every message:
// PROTOCOL.md beside this file. Knows nothing of sockets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "pipeline/base/bytes.h"
#include "pipeline/base/error.h"

namespace postkamer::wire {

// The number on the wire. Numbers are never reused.
enum class MessageType : std::uint8_t {
  // worker and broker
  ready = 1,
  task = 2,
  started = 3,
  result = 4,
  failure = 5,
  ack = 6,
  stale = 7,
  ping = 8,
  pong = 9,
  who = 10,
  drain = 11,
  bye = 12,
  unsupported = 13,
  leaving = 14,
  report = 15,  // gate to broker
  // control
  ask = 20,
  answer = 21,
  // subscriber and publisher
  subscribe = 30,
  subscribed = 31,
  fetch = 32,
  event = 33,
  commit = 34,
  committed = 35,
  head = 36,
  gone = 37,
  refused = 38,
  passed = 39,
  notice = 40,
};

std::string_view name_of(MessageType type);

struct Message {
  MessageType type = MessageType::ping;
  std::uint8_t flags = 0;  // none defined yet; sent as 0, ignored when read
  nlohmann::json body = nlohmann::json::object();
  std::vector<Bytes> blobs;
};

// [0] header of kHeaderBytes, [1] JSON object, [2..] blobs.
using Frames = std::vector<Bytes>;

inline constexpr std::size_t kHeaderBytes = 8;
// The versions that this build speaks: the newest, and the one before it, so that the processes of
// a mailroom can be replaced one after the other. A message's header names the version in which its
// type came up; whoever sends one that the oldest version does not have knows that its peer speaks
// it.
inline constexpr std::uint8_t kOldestProtocol = 1;
inline constexpr std::uint8_t kProtocolVersion = 2;

std::uint8_t version_of(MessageType type);

// The newest version that we and a peer that speaks `oldest` to `newest` both understand.
std::optional<int> agreed_version(std::int64_t oldest, std::int64_t newest);

struct WireLimits {
  std::size_t body_bytes = 64u << 20;   // the JSON of one message
  std::size_t blob_bytes = 257u << 20;  // one blob: a whole incoming file and some slack
  std::size_t blobs = 4096;             // blobs in one message
  int json_depth = 64;                  // nesting of the JSON
};

// Limits of what is said to the broker, RESULT aside, and to the publisher.
inline constexpr WireLimits kSmallMessages{1u << 20, 4u << 20, 16, 32};

// Fails with: resource_limit (wire_too_large) when the message passes a limit.
Result<Frames> encode(Message message, const WireLimits& limits = {});

// Never throws, whatever the frames hold, and never allocates more than the frames' own size and
// some thirty times the body's: that is what JSON of nothing but empty lists takes. A type number
// nobody knows gives unsupported (wire_unknown_type), everything else that is wrong
// invalid_document (wire_malformed) or resource_limit (wire_too_large).
Result<Message> decode(Frames frames, const WireLimits& limits = {});

// The deepest nesting of a JSON text, told without building anything.
int nesting_of(std::string_view text);

// The type that the header tells, without a look at anything else. Fails as decode does.
Result<MessageType> type_of(const Frames& frames);

// What a worker must echo of the task it holds, so that a late answer cannot be taken for a fresh
// one.
struct Claim {
  std::uint64_t job = 0;
  int attempt = 0;
  int generation = 0;
  std::uint64_t token = 0;  // on the wire: 16 hexadecimal digits
  bool operator==(const Claim&) const = default;
};

nlohmann::json to_json(const Claim& claim);
std::optional<Claim> claim_from(const nlohmann::json& body);

// Typed access that never throws: nothing when absent, of another type or out of range.
std::optional<std::string> text_at(const nlohmann::json& body, std::string_view key);
std::optional<std::int64_t> number_at(const nlohmann::json& body, std::string_view key);
std::optional<bool> flag_at(const nlohmann::json& body, std::string_view key);

// An Error inside a body: {"code", "reason", "message"}.
nlohmann::json to_json(const Error& error);
Error error_from(const nlohmann::json& body);

}  // namespace postkamer::wire
