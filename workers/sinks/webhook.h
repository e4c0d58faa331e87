// SPDX-License-Identifier: EUPL-1.2
//
// The webhook sink: one POST an event, in CloudEvents' structured mode, as "HTTP 1.1 Web Hooks for
// Event Delivery" 1.0 and the NL GOV profile have it.
//
//   handshake  before the first event of a process: OPTIONS with WebHook-Request-Origin; a receiver
//              that does not allow us gets nothing, and is asked again with the usual pauses. A
//              WebHook-Allowed-Rate is kept.
//   signature  Standard Webhooks: webhook-id, webhook-timestamp and webhook-signature
//              "v1," + base64(HMAC-SHA-256(key, id + "." + timestamp + "." + body)); the file
//              `secret` has the key in base64, with or without "whsec_" before it.
//   answers    2xx delivered; 410 stops the sink; 429 and 503 wait at least Retry-After; 408, 502
//              and 504, like no answer at all, are everybody's trouble; the rest, redirects
//              included, is this event's. What the receiver writes is not read.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/base/bytes.h"
#include "pipeline/base/error.h"
#include "workers/host/sink_settings.h"
#include "workers/sinks/receiver.h"

namespace postkamer::sinks {

// The key in the text of a secret. Nothing when that is not base64 (RFC 4648, with padding; line
// breaks are passed over), or fewer than the 24 bytes that the standard asks for.
std::optional<Bytes> signing_key(std::string_view secret);
// What webhook-signature has; `seconds` is the webhook-timestamp.
std::string signature_of(ByteView key, std::string_view id, std::int64_t seconds,
                         std::string_view body);

class Webhook final : public Receiver {
 public:
  // `origin`: whom the handshake names. Fails with: invalid_config (sink_secret), when a file of
  // the settings cannot be read, is empty, or may be read by others, or `secret` has no key.
  static Result<std::unique_ptr<Webhook>> open(const host::SinkSettings& settings,
                                               std::string origin);
  ~Webhook() override;

  Outcome deliver(const Parcel& parcel, const std::function<bool()>& is_stopped) override;
  [[nodiscard]] Moment ready_at() const override { return ready_at_; }

 private:
  struct Answer;
  struct Wire;  // libcurl's handle, kept for its connection
  Webhook(host::SinkSettings settings, std::string origin, Bytes key, std::string token);
  Outcome shake_hands(const std::function<bool()>& is_stopped);
  Answer ask(const char* method, const std::vector<std::string>& headers, const std::string* body,
             const std::function<bool()>& is_stopped);

  host::SinkSettings settings_;
  std::string origin_;
  Bytes key_;  // empty: nothing is signed
  std::string token_;
  std::unique_ptr<Wire> wire_;
  bool is_allowed_ = false;
  Millis pace_{0};
  Moment ready_at_{};
};

}  // namespace postkamer::sinks
