// SPDX-License-Identifier: EUPL-1.2
//
// Asks the broker something and waits for its answer. Verbs: workers/wire/PROTOCOL.md, section 4.
// A changing verb is safe to ask again after a timeout where PROTOCOL.md calls it idempotent.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "pipeline/base/bytes.h"
#include "pipeline/base/error.h"

namespace postkamer::host {

struct KeyFile;  // secret_key.h

class ControlClient {
 public:
  // `endpoint`: "ipc://DIR/run/control.sock", or a gate's with the key of a client. Does not wait
  // for the broker to be there. Fails with: those of dial in socket.h.
  static Result<ControlClient> connect(const std::string& endpoint,
                                       std::shared_ptr<const KeyFile> key = nullptr);

  ControlClient(ControlClient&&) noexcept;
  ControlClient& operator=(ControlClient&&) noexcept;
  ~ControlClient();

  // The answer's body, or the broker's own Error. `blobs`, when given, receives the answer's blobs.
  // Fails with: unavailable (control_timeout) when no answer came in time.
  // Not for several threads at once.
  Result<nlohmann::json> ask(std::string_view verb, const nlohmann::json& body,
                             std::vector<Bytes>* blobs = nullptr, int timeout_ms = 10'000);

  struct Question {
    std::string verb;
    nlohmann::json body;
  };
  // As ask, many at once: the broker puts their changes into one commit. Answers in the order of
  // the questions; those that did not come in time are control_timeout. At most some hundreds.
  std::vector<Result<nlohmann::json>> ask_all(const std::vector<Question>& questions,
                                              int timeout_ms = 10'000);

 private:
  struct Link;
  struct Exchange;
  void run(Exchange& exchange, int timeout_ms);
  explicit ControlClient(std::unique_ptr<Link> link);
  std::unique_ptr<Link> link_;
};

}  // namespace postkamer::host
