// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/sink_settings.h"

#include <array>

#include "workers/host/sink_reader.h"

namespace postkamer::host {
namespace {

constexpr std::array<std::string_view, 1> kKinds{"outbox"};

}  // namespace

std::string_view name_of(SinkKind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

SinkSettings read_sink(TableReader& reader, SubscriberSettings& subscriber,
                       const std::filesystem::path& folder) {
  SinkSettings sink;
  sink.name = subscriber.name;
  if (reader.look("kind") == nullptr) reader.missing("kind");
  reader.word("kind", {"outbox"}, sink.kind);
  reader.number("unit_ms", sink.unit_ms, 1, 60'000);
  sink.folder = reader.path("folder", folder);
  if (sink.folder.empty()) reader.missing("folder");
  return sink;
}

}  // namespace postkamer::host
