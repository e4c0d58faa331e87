// SPDX-License-Identifier: EUPL-1.2
//
// The folder sink: one file an event, named by its number and id, whole and durable before it has
// its name. A reader takes `*.json`; what ends in `.tmp` is being written. A file that is there is
// left as it is; one that a reader took away may come once more after a crash, under its old name.
#pragma once

#include <filesystem>
#include <string>

#include "workers/sinks/receiver.h"

namespace postkamer::sinks {

class Outbox final : public Receiver {
 public:
  explicit Outbox(std::filesystem::path folder) : folder_(std::move(folder)) {}
  Outcome deliver(const Parcel& parcel, const std::function<bool()>& is_stopped) override;

 private:
  std::filesystem::path folder_;
};

}  // namespace postkamer::sinks
