// SPDX-License-Identifier: EUPL-1.2
#include "workers/wire/message.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <iterator>
#include <utility>

namespace postkamer::wire {
namespace {

using nlohmann::json;

constexpr std::array<std::uint8_t, 3> kMagic{'P', 'K', 'M'};

constexpr std::array<std::pair<MessageType, std::string_view>, 27> kNames{{
    {MessageType::ready, "READY"},
    {MessageType::task, "TASK"},
    {MessageType::started, "STARTED"},
    {MessageType::result, "RESULT"},
    {MessageType::failure, "FAILURE"},
    {MessageType::ack, "ACK"},
    {MessageType::stale, "STALE"},
    {MessageType::ping, "PING"},
    {MessageType::pong, "PONG"},
    {MessageType::who, "WHO"},
    {MessageType::drain, "DRAIN"},
    {MessageType::bye, "BYE"},
    {MessageType::unsupported, "UNSUPPORTED"},
    {MessageType::leaving, "LEAVING"},
    {MessageType::ask, "ASK"},
    {MessageType::answer, "ANSWER"},
    {MessageType::subscribe, "SUBSCRIBE"},
    {MessageType::subscribed, "SUBSCRIBED"},
    {MessageType::fetch, "FETCH"},
    {MessageType::event, "EVENT"},
    {MessageType::commit, "COMMIT"},
    {MessageType::committed, "COMMITTED"},
    {MessageType::head, "HEAD"},
    {MessageType::gone, "GONE"},
    {MessageType::refused, "REFUSED"},
    {MessageType::passed, "PASSED"},
    {MessageType::notice, "NOTICE"},
}};

tl::unexpected<Error> malformed(const std::string& what) {
  return fail(ErrorCode::invalid_document, "wire_malformed", "reading a message: " + what);
}

tl::unexpected<Error> too_large(const std::string& what, std::size_t found, std::size_t limit) {
  return fail(
      ErrorCode::resource_limit, "wire_too_large",
      "message has " + what + " " + std::to_string(found) + ", limit " + std::to_string(limit));
}

// The deepest nesting of a JSON text, told without building anything: a parser's result can be deep
// enough to exhaust the stack of whoever walks it.
int nesting_of(std::string_view text) {
  int depth = 0;
  int deepest = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
      continue;
    }
    if (c == '"') in_string = true;
    if (c == '{' || c == '[') deepest = std::max(deepest, ++depth);
    if (c == '}' || c == ']') --depth;
  }
  return deepest;
}

Result<void> check_sizes(std::size_t body, const std::vector<Bytes>& frames, std::size_t first_blob,
                         const WireLimits& limits) {
  if (body > limits.body_bytes) return too_large("a body of bytes:", body, limits.body_bytes);
  const std::size_t blobs = frames.size() - first_blob;
  if (blobs > limits.blobs) return too_large("blobs:", blobs, limits.blobs);
  for (std::size_t i = first_blob; i < frames.size(); ++i)
    if (frames[i].size() > limits.blob_bytes)
      return too_large("a blob of bytes:", frames[i].size(), limits.blob_bytes);
  return {};
}

Result<MessageType> read_header(const Bytes& header, std::size_t blobs) {
  if (header.size() != kHeaderBytes) return malformed("header is not 8 bytes");
  if (!std::equal(kMagic.begin(), kMagic.end(), header.begin()))
    return malformed("no PKM in front");
  if (header[3] < kOldestProtocol || header[3] > kProtocolVersion)
    return fail(ErrorCode::unsupported, "wire_version",
                "message has version " + std::to_string(header[3]) + ", understood are " +
                    std::to_string(kOldestProtocol) + " to " + std::to_string(kProtocolVersion));
  const auto count = static_cast<std::size_t>(header[6]) << 8 | header[7];
  if (count != blobs) return malformed("the header tells another number of blobs");
  const auto type = static_cast<MessageType>(header[4]);
  if (name_of(type).empty())
    return fail(ErrorCode::unsupported, "wire_unknown_type",
                "message type " + std::to_string(header[4]) + " is not known");
  return type;
}

}  // namespace

std::string_view name_of(MessageType type) {
  for (const auto& [known, name] : kNames)
    if (known == type) return name;
  return {};
}

std::uint8_t version_of(MessageType type) {
  return type == MessageType::leaving ? 2 : kOldestProtocol;
}

std::optional<int> agreed_version(std::int64_t oldest, std::int64_t newest) {
  const auto agreed = std::min<std::int64_t>(newest, kProtocolVersion);
  if (agreed < std::max<std::int64_t>(oldest, kOldestProtocol)) return std::nullopt;
  return static_cast<int>(agreed);
}

Result<Frames> encode(Message message, const WireLimits& limits) {
  const std::string body =
      message.body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  PK_CHECK(check_sizes(body.size(), message.blobs, 0, limits));
  const std::size_t blobs = message.blobs.size();
  Frames frames;
  frames.reserve(2 + blobs);
  frames.push_back({kMagic[0], kMagic[1], kMagic[2], version_of(message.type),
                    static_cast<std::uint8_t>(message.type), message.flags,
                    static_cast<std::uint8_t>(blobs >> 8),
                    static_cast<std::uint8_t>(blobs & 0xff)});
  const ByteView view = bytes_of(body);
  frames.emplace_back(view.begin(), view.end());
  std::ranges::move(message.blobs, std::back_inserter(frames));
  return frames;
}

Result<Message> decode(Frames frames, const WireLimits& limits) {
  if (frames.size() < 2) return malformed("fewer than two frames");
  PK_CHECK(check_sizes(frames[1].size(), frames, 2, limits));
  PK_TRY(type, read_header(frames[0], frames.size() - 2));
  const std::string_view text = text_of(frames[1]);
  if (nesting_of(text) > limits.json_depth) return malformed("its JSON is nested too deep");
  Message message;
  message.type = type;
  message.flags = frames[0][5];
  message.body = json::parse(text, nullptr, false);
  if (!message.body.is_object()) return malformed("its body is not a JSON object");
  for (std::size_t i = 2; i < frames.size(); ++i) message.blobs.push_back(std::move(frames[i]));
  return message;
}

json to_json(const Claim& claim) {
  std::array<char, 17> token{};
  std::snprintf(token.data(), token.size(), "%016llx",
                static_cast<unsigned long long>(claim.token));
  return {{"job", claim.job},
          {"attempt", claim.attempt},
          {"generation", claim.generation},
          {"token", token.data()}};
}

std::optional<Claim> claim_from(const json& body) {
  const auto job = number_at(body, "job");
  const auto attempt = number_at(body, "attempt");
  const auto generation = number_at(body, "generation");
  const auto token = text_at(body, "token");
  if (!job || !attempt || !generation || !token || token->size() != 16) return std::nullopt;
  Claim claim;
  claim.job = static_cast<std::uint64_t>(*job);
  claim.attempt = static_cast<int>(*attempt);
  claim.generation = static_cast<int>(*generation);
  const char* end = token->data() + token->size();
  const auto read = std::from_chars(token->data(), end, claim.token, 16);
  if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return claim;
}

std::optional<std::string> text_at(const json& body, std::string_view key) {
  if (!body.is_object()) return std::nullopt;
  const auto found = body.find(key);
  if (found == body.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

std::optional<std::int64_t> number_at(const json& body, std::string_view key) {
  if (!body.is_object()) return std::nullopt;
  const auto found = body.find(key);
  if (found == body.end() || !found->is_number_integer()) return std::nullopt;
  if (found->is_number_unsigned() && found->get<std::uint64_t>() > INT64_MAX) return std::nullopt;
  return found->get<std::int64_t>();
}

std::optional<bool> flag_at(const json& body, std::string_view key) {
  if (!body.is_object()) return std::nullopt;
  const auto found = body.find(key);
  if (found == body.end() || !found->is_boolean()) return std::nullopt;
  return found->get<bool>();
}

json to_json(const Error& error) {
  return {{"code", name_of(error.code)}, {"reason", error.reason}, {"message", error.message}};
}

Error error_from(const json& body) {
  return {error_code_named(text_at(body, "code").value_or("internal")),
          text_at(body, "reason").value_or("unknown"), text_at(body, "message").value_or("")};
}

}  // namespace postkamer::wire
