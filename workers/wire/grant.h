// SPDX-License-Identifier: EUPL-1.2
//
// What the holder of a key may do. The gate makes it of the allow-list and sends it along with
// every message of a peer from outside; whoever acts on the message looks at it again.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "workers/wire/message.h"

namespace postkamer::wire {

enum class Role {
  worker,      // does jobs of some kinds
  subscriber,  // follows the stream under some names
  client       // asks the broker, within its scopes
};

std::string_view name_of(Role role);
std::optional<Role> role_named(std::string_view name);

struct Grant {
  std::string name;  // of the key: [a-z0-9-]{1,64}
  Role role = Role::worker;
  std::vector<std::string> kinds;        // worker: job kinds
  std::vector<std::string> subscribers;  // subscriber: names of the settings
  // client: "status", "review", "batches" (may_ask); subscriber: "bsn", without which it may follow
  // under no name that gets whole BSNs.
  std::vector<std::string> scopes;
  bool operator==(const Grant&) const = default;
};

nlohmann::json to_json(const Grant& grant);
// Nothing when it is no grant.
std::optional<Grant> grant_from(const nlohmann::json& body);

// Who may say this; nothing for what only the mailroom itself says.
std::optional<Role> role_that_says(MessageType type);

// True when the grant is a client's and this verb belongs to one of its scopes. Verbs that name
// blobs or move cursors belong to none: they are for this machine.
bool may_ask(const Grant& grant, std::string_view verb);

// `person`, as somebody with this key calls himself, as records and the audit tell it: "jan
// (balie)";
// "(balie)" of nobody named. At most kMostActor bytes; what has no room is cut off the person's
// part, and the key's name stays whole.
std::string person_with_key(const Grant& grant, std::string_view person);
inline constexpr std::size_t kMostActor = 64;

// The scopes there are, for messages about a wrong one.
const std::vector<std::string>& scopes_of(Role role);

}  // namespace postkamer::wire
