// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/stream_settings.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "pipeline/publish/event.h"
#include "workers/host/stream_reader.h"

namespace postkamer::host {
namespace {

using publish::EventType;

constexpr int kMostDays = 36'500;
constexpr std::array kEventTypes{EventType::item_received, EventType::form_read,
                                 EventType::form_corrected, EventType::form_withdrawn,
                                 EventType::item_rejected};

// "formulier-gelezen" of "nl.poststukken.formulier-gelezen.v1".
std::string_view word_of(std::string_view type) {
  type.remove_prefix(type.rfind('.', type.rfind('.') - 1) + 1);
  return type.substr(0, type.find('.'));
}

// Settings name the word; the whole type is what the stream compares.
void read_types(TableReader& reader, std::vector<std::string>& types) {
  std::vector<std::string> words;
  reader.texts("types", words);
  for (const std::string& word : words) {
    const auto found = std::ranges::find_if(
        kEventTypes, [&](EventType type) { return word_of(publish::type_name(type)) == word; });
    if (found != kEventTypes.end())
      types.emplace_back(publish::type_name(*found));
    else
      reader.wrong(*reader.look("types"), "types",
                   "poststuk-ontvangen, formulier-gelezen, formulier-gecorrigeerd, "
                   "formulier-ingetrokken or poststuk-afgewezen; found " +
                       word);
  }
}

void read_bsn(TableReader& reader, SubscriberSettings& subscriber) {
  std::string bsn = "full";
  reader.text("bsn", bsn);
  const auto mode = publish::bsn_mode_named(bsn);
  if (mode)
    subscriber.bsn = *mode;
  else
    reader.wrong(*reader.look("bsn"), "bsn", "\"full\", \"masked\", \"pseudonym\" or \"omitted\"");
  const bool wants_key = subscriber.bsn == publish::BsnMode::pseudonym;
  if (wants_key && subscriber.pseudonym_key.empty()) reader.missing("pseudonym_key");
}

}  // namespace

bool is_subscriber_name(const std::string& name) {
  return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

void read_stream(TableReader& reader, StreamSettings& settings) {
  reader.number("keep_days", settings.keep_days, 0, kMostDays);
  reader.number("wait_days", settings.wait_days, 0, kMostDays);
  if (settings.wait_days != 0 && settings.wait_days < settings.keep_days)
    reader.wrong(*reader.look("wait_days"), "wait_days",
                 "0, or no fewer days than keep_days: events are kept that long for everybody");
}

SubscriberSettings read_subscriber(TableReader& reader, const std::filesystem::path& folder) {
  SubscriberSettings subscriber;
  reader.text("name", subscriber.name);
  if (subscriber.name.empty())
    reader.missing("name");
  else if (!is_subscriber_name(subscriber.name) || subscriber.name == kOwnName)
    reader.wrong(
        *reader.look("name"), "name",
        fmt::format("1 to 64 of a-z, 0-9 and '-', and not {}, which is our own", kOwnName));
  read_types(reader, subscriber.types);
  reader.texts("forms", subscriber.forms);
  if (const auto* fields = reader.look("fields")) {
    subscriber.fields.emplace();  // an empty list is no field at all
    if (fields->as_array() == nullptr || !fields->as_array()->empty())
      reader.texts("fields", *subscriber.fields);
  }
  std::string key;
  reader.text("pseudonym_key", key);
  if (!key.empty()) subscriber.pseudonym_key = (folder / key).lexically_normal();
  read_bsn(reader, subscriber);
  return subscriber;
}

}  // namespace postkamer::host
