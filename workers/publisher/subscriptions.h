// SPDX-License-Identifier: EUPL-1.2
//
// Who may follow the stream, and what each gets to see: names, filters and profiles of the settings
// with their keys and forms. Without I/O once it is made.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/base/error.h"
#include "pipeline/forms/form.h"
#include "pipeline/publish/profile.h"
#include "workers/host/stream_settings.h"
#include "workers/journal/rows.h"

namespace postkamer::publisher {

struct Subscription {
  std::string name;
  std::vector<std::string> types;  // empty = all
  std::vector<std::string> forms;  // empty = all, letters included
  publish::Profile profile;

  [[nodiscard]] bool is_filtered() const { return !types.empty() || !forms.empty(); }
  [[nodiscard]] bool wants(const journal::EventHead& event) const;
};

// Null when there is no such form.
using FindForm = std::function<const forms::Form*(std::string_view id, std::string_view version)>;

class Subscriptions {
 public:
  // Reads the keys. Our own name is always among the subscriptions: everything, as it is.
  // Fails with: invalid_config (pseudonym_key: missing, under 32 bytes, or open to others).
  static Result<Subscriptions> load(const host::StreamSettings& settings, FindForm find_form);

  // Null when nobody of that name is in the settings.
  [[nodiscard]] const Subscription* named(const std::string& name) const;

  // The event's text as this subscriber may see it. Fails with: corrupt_store (event_json).
  [[nodiscard]] Result<std::string> text_for(const Subscription& subscription,
                                             const journal::EventRow& event) const;

 private:
  std::map<std::string, Subscription> by_name_;
  FindForm find_form_;
};

}  // namespace postkamer::publisher
