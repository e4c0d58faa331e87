// SPDX-License-Identifier: EUPL-1.2
//
// Frames from a peer. What is understood is said again in the same words; a body that is read as
// anything the protocol knows is read or refused.
#include "tests/fuzz/target.h"
#include "workers/wire/message.h"
#include "workers/wire/model_json.h"

using namespace postkamer;  // NOLINT: a target of a few lines

namespace {

// A length in two bytes, then so many: as often as there are.
wire::Frames frames_of(ByteView bytes) {
  wire::Frames frames;
  while (bytes.size() >= 2 && frames.size() < 40) {
    const std::size_t size = std::min<std::size_t>(bytes[0] | bytes[1] << 8, bytes.size() - 2);
    const ByteView frame = bytes.subspan(2, size);
    frames.emplace_back(frame.begin(), frame.end());
    bytes = bytes.subspan(2 + size);
  }
  return frames;
}

template <class T>
void read_as(const nlohmann::json& body) {
  const auto value = wire::from_json<T>(body);
  if (!value) return;
  const auto again = wire::from_json<T>(wire::to_json(*value));
  fuzz::expect(again.has_value(), "what was read can be written and read again");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto message = wire::decode(frames_of({data, size}), wire::kSmallMessages);
  if (!message) return 0;
  wire::claim_from(message->body);
  wire::error_from(message->body);
  for (const auto& [key, value] : message->body.items()) {
    wire::text_at(message->body, key);
    wire::number_at(message->body, key);
    read_as<Picture>(value);
    read_as<Code>(value);
    read_as<DecodedPage>(value);
    read_as<UprightPage>(value);
    read_as<Classification>(value);
    read_as<RecognisedPage>(value);
    read_as<std::vector<Reading>>(value);
    read_as<Findings>(value);
    read_as<Transform>(value);
    read_as<Value>(value);
    read_as<extract::Registration>(value);
  }
  auto frames = wire::encode(*message, wire::kSmallMessages);
  if (!frames) return 0;
  const auto again = wire::decode(std::move(*frames), wire::kSmallMessages);
  fuzz::expect(again && again->type == message->type && again->body == message->body &&
                   again->blobs == message->blobs,
               "a message that was read can be sent on");
  return 0;
}
