// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/sink_settings.h"

#include <algorithm>
#include <array>

#include "pipeline/publish/event.h"
#include "workers/host/sink_reader.h"

namespace postkamer::host {
namespace {

constexpr std::array<std::string_view, 3> kKinds{"outbox", "webhook", "command"};

// Letters travel by the postman: a URL without encryption may lead to this machine only.
bool is_safe(std::string_view url) {
  if (url.starts_with("https://")) return url.size() > 8;
  return std::ranges::any_of(
      std::array<std::string_view, 3>{"http://localhost", "http://127.0.0.1", "http://[::1]"},
      [&](std::string_view local) {
        if (!url.starts_with(local)) return false;
        const std::string_view rest = url.substr(local.size());
        return rest.empty() || rest.front() == ':' || rest.front() == '/';
      });
}

void read_webhook(TableReader& reader, SinkSettings& sink, const std::filesystem::path& folder) {
  reader.text("url", sink.url);
  if (const auto* node = reader.look("url"); node == nullptr)
    reader.missing("url");
  else if (!is_safe(sink.url) || sink.url.find('@') != std::string::npos)
    reader.wrong(*node, "url",
                 "https://..., or http:// to localhost; without a password in it (see token)");
  sink.secret = reader.path("secret", folder);
  sink.token = reader.path("token", folder);
  sink.ca = reader.path("ca", folder);
  reader.flag("handshake", sink.handshake);
}

void read_command(TableReader& reader, SinkSettings& sink) {
  reader.texts("command", sink.command);
  if (const auto* node = reader.look("command"); node == nullptr)
    reader.missing("command");
  else if (sink.command.empty() || !sink.command.front().starts_with('/'))
    reader.wrong(*node, "command",
                 "a list that begins with the absolute path of a program; a shell is not asked");
}

}  // namespace

std::string_view name_of(SinkKind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

SinkSettings read_sink(TableReader& reader, SubscriberSettings& subscriber,
                       const std::filesystem::path& folder) {
  SinkSettings sink;
  sink.name = subscriber.name;
  if (reader.look("kind") == nullptr) reader.missing("kind");
  reader.word("kind", {"outbox", "webhook", "command"}, sink.kind);
  reader.word("body", {"cloudevent", "open-formulieren", "productaanvraag"}, sink.body);
  reader.number("unit_ms", sink.unit_ms, 1, 60'000);
  if (sink.kind == SinkKind::outbox) {
    sink.folder = reader.path("folder", folder);
    if (sink.folder.empty()) reader.missing("folder");
  } else {
    reader.number("timeout_ms", sink.timeout_ms, 100, 300'000);
  }
  if (sink.kind == SinkKind::webhook) read_webhook(reader, sink, folder);
  if (sink.kind == SinkKind::command) read_command(reader, sink);
  // What has no such body is not asked for.
  if (sink.body != publish::BodyKind::cloudevent && subscriber.types.empty())
    subscriber.types = {std::string(publish::type_name(publish::EventType::form_read)),
                        std::string(publish::type_name(publish::EventType::form_corrected))};
  return sink;
}

}  // namespace postkamer::host
