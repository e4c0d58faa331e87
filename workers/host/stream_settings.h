// SPDX-License-Identifier: EUPL-1.2
//
// [stream] and [[subscriber]] of the settings: who may follow the stream, what each may know, and
// how long events are kept.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/publish/profile.h"

namespace postkamer::host {

struct SubscriberSettings {
  std::string name;                                // [a-z0-9-]{1,64}
  std::vector<std::string> types;                  // whole event types; empty = all
  std::vector<std::string> forms;                  // ids; empty = all, letters included
  std::optional<std::vector<std::string>> fields;  // nothing = all
  publish::BsnMode bsn = publish::BsnMode::full;
  std::filesystem::path pseudonym_key;  // file; empty unless bsn is pseudonym
};

struct StreamSettings {
  int keep_days = 0;  // events older than this go, once every subscriber has them; 0 = never
  // An absent subscriber holds events back until they are this old; 0 = for ever.
  int wait_days = 0;
  std::vector<SubscriberSettings> subscribers;
};

// Under this name our own commands follow the stream: everything, without a remembered position.
inline constexpr const char* kOwnName = "postkamer";

// 1 to 64 of a-z, 0-9 and '-'.
bool is_subscriber_name(const std::string& name);

}  // namespace postkamer::host
