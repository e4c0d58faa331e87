// SPDX-License-Identifier: EUPL-1.2
#include "workers/publisher/subscriptions.h"

#include <sys/stat.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "workers/host/files.h"

namespace postkamer::publisher {
namespace {

constexpr std::size_t kKeyBytes = 32;

bool holds(const std::vector<std::string>& list, const std::string& text) {
  return list.empty() || std::ranges::find(list, text) != list.end();
}

Result<Bytes> read_key(const host::SubscriberSettings& settings) {
  const std::string& file = settings.pseudonym_key.native();
  const auto wrong = [&](const std::string& what) {
    return fail(ErrorCode::invalid_config, "pseudonym_key",
                "reading the key of subscriber " + settings.name + ", " + file + ": " + what +
                    "; make one with `openssl rand -out FILE 48; chmod 600 FILE`");
  };
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return wrong("there is no such file");
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) return wrong("others may read it");
  PK_TRY(key, host::read_file(settings.pseudonym_key));
  if (key.size() < kKeyBytes) return wrong("it has fewer than 32 bytes");
  return key;
}

// "form": {"id": ..., "version": ...} of the event's data.
const forms::Form* form_of(const std::string& event, const FindForm& find_form) {
  const auto json = nlohmann::json::parse(event, nullptr, false);
  const nlohmann::json::json_pointer id("/data/form/id");
  const nlohmann::json::json_pointer version("/data/form/version");
  if (!json.contains(id) || !json.contains(version)) return nullptr;
  if (!json.at(id).is_string() || !json.at(version).is_string()) return nullptr;
  return find_form(json.at(id).get<std::string>(), json.at(version).get<std::string>());
}

}  // namespace

bool Subscription::wants(const journal::EventHead& event) const {
  return holds(types, event.type) && holds(forms, event.form);
}

Result<Subscriptions> Subscriptions::load(const host::StreamSettings& settings,
                                          FindForm find_form) {
  Subscriptions all;
  all.find_form_ = std::move(find_form);
  all.by_name_[host::kOwnName].name = host::kOwnName;
  for (const host::SubscriberSettings& one : settings.subscribers) {
    Subscription subscription{one.name, one.types, one.forms, {one.fields, one.bsn, {}}};
    if (one.bsn == publish::BsnMode::pseudonym) {
      PK_TRY(key, read_key(one));
      subscription.profile.key = std::move(key);
    }
    all.by_name_[one.name] = std::move(subscription);
  }
  return all;
}

const Subscription* Subscriptions::named(const std::string& name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : &found->second;
}

Result<std::string> Subscriptions::text_for(const Subscription& subscription,
                                            const journal::EventRow& event) const {
  if (subscription.profile.is_plain()) return event.body;
  return publish::shaped(event.body, form_of(event.body, find_form_), subscription.profile);
}

}  // namespace postkamer::publisher
