// SPDX-License-Identifier: EUPL-1.2
//
// Between one client and a real broker: passes on what is asked and what is answered, but has some
// questions answered with an error, as by a broker that cannot take something in for now.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

#include "pipeline/base/error.h"

namespace postkamer::intake {

struct Refusal {
  std::string verb;
  std::string file;  // the `name` in the question; empty = any
  Error error;
  int times = 1;
  bool is_done = false;  // the broker is asked and does it: only the client hears otherwise
};

class RefusingBroker {
 public:
  // Listens at `front`; `broker` is the broker's own control endpoint. Runs until it is destroyed.
  RefusingBroker(const std::string& front, const std::string& broker);

  void refuse(Refusal refusal);
  // What the broker was asked, in order: "verb", with " NAME" behind it where a file is named.
  [[nodiscard]] std::vector<std::string> passed() const;

 private:
  void serve(const std::stop_token& stop, const std::string& front, const std::string& broker);
  // What a question is refused with, if it is; writes down what goes on to the broker.
  std::optional<Refusal> judge(const nlohmann::json& question);

  mutable std::mutex mutex_;
  std::vector<Refusal> refusals_;
  std::vector<std::string> passed_;
  std::jthread thread_;
};

}  // namespace postkamer::intake
