// SPDX-License-Identifier: EUPL-1.2
#include "workers/wire/grant.h"

#include <algorithm>
#include <array>
#include <utility>

#include "workers/wire/utf8.h"

namespace postkamer::wire {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 3> kRoles{"worker", "subscriber", "client"};

constexpr std::array<std::pair<std::string_view, std::string_view>, 13> kScopeOfVerb{{
    {"status", "status"},
    {"subscribers", "status"},
    {"ledger", "status"},
    {"documents", "review"},
    {"document", "review"},
    {"review_set", "review"},
    {"review_accept", "review"},
    {"review_reject", "review"},
    {"review_correct", "review"},
    {"review_withdraw", "review"},
    {"open_batch", "batches"},
    {"close_batch", "batches"},
    {"redate_batch", "batches"},
}};

std::vector<std::string> texts_at(const json& body, const char* key) {
  std::vector<std::string> texts;
  const auto found = body.find(key);
  if (found == body.end() || !found->is_array()) return texts;
  for (const json& item : *found)
    if (item.is_string()) texts.push_back(item.get<std::string>());
  return texts;
}

}  // namespace

std::string_view name_of(Role role) { return kRoles[static_cast<std::size_t>(role)]; }

std::optional<Role> role_named(std::string_view name) {
  const auto found = std::ranges::find(kRoles, name);
  if (found == kRoles.end()) return std::nullopt;
  return static_cast<Role>(found - kRoles.begin());
}

json to_json(const Grant& grant) {
  return {{"name", grant.name},
          {"role", name_of(grant.role)},
          {"kinds", grant.kinds},
          {"subscribers", grant.subscribers},
          {"scopes", grant.scopes}};
}

std::optional<Grant> grant_from(const json& body) {
  const auto name = text_at(body, "name");
  const auto role = role_named(text_at(body, "role").value_or(""));
  if (!name || name->empty() || !role) return std::nullopt;
  return Grant{*name, *role, texts_at(body, "kinds"), texts_at(body, "subscribers"),
               texts_at(body, "scopes")};
}

std::optional<Role> role_that_says(MessageType type) {
  switch (type) {
    case MessageType::ready:
    case MessageType::started:
    case MessageType::result:
    case MessageType::failure:
    case MessageType::ping:
    case MessageType::leaving:
    case MessageType::bye: return Role::worker;
    case MessageType::ask: return Role::client;
    case MessageType::subscribe:
    case MessageType::fetch:
    case MessageType::commit: return Role::subscriber;
    default: return std::nullopt;
  }
}

bool may_ask(const Grant& grant, std::string_view verb) {
  if (grant.role != Role::client) return false;
  const auto found =
      std::ranges::find(kScopeOfVerb, verb, [](const auto& entry) { return entry.first; });
  return found != kScopeOfVerb.end() &&
         std::ranges::find(grant.scopes, found->second) != grant.scopes.end();
}

std::string person_with_key(const Grant& grant, std::string_view person) {
  const std::string key = "(" + grant.name + ")";
  if (key.size() > kMostActor) return grant.name;
  const std::size_t room = kMostActor - key.size();
  const std::string_view shown = beginning(person, room > 0 ? room - 1 : 0);
  return shown.empty() ? key : std::string(shown) + " " + key;
}

const std::vector<std::string>& scopes_of(Role role) {
  static const std::vector<std::string> none;
  static const std::vector<std::string> of_subscriber{"bsn"};
  static const std::vector<std::string> of_client{"status", "review", "batches"};
  if (role == Role::subscriber) return of_subscriber;
  return role == Role::client ? of_client : none;
}

}  // namespace postkamer::wire
