// SPDX-License-Identifier: EUPL-1.2
#include "workers/publisher/stream_note.h"

#include <cstdio>
#include <fstream>

#include "workers/host/files.h"
#include "workers/wire/message.h"

namespace postkamer::publisher {

using nlohmann::json;

std::filesystem::path note_file(const std::filesystem::path& run_folder) {
  return run_folder / "stream.json";
}

// Not synced: after a power cut the publisher counts anew.
void write_note(const std::filesystem::path& file, const StreamNote& note) {
  const json body{{"malformed", note.malformed}, {"unsupported", note.unsupported}};
  const std::filesystem::path beside = file.string() + ".tmp";
  std::ofstream out(beside, std::ios::binary | std::ios::trunc);
  out << body.dump(2) << '\n';
  out.close();
  if (out) std::rename(beside.c_str(), file.c_str());
}

std::optional<StreamNote> read_note(const std::filesystem::path& file) {
  const auto bytes = host::read_file(file);
  if (!bytes) return std::nullopt;
  const json body = json::parse(text_of(*bytes), nullptr, false);
  const auto malformed = wire::number_at(body, "malformed");
  const auto unsupported = wire::number_at(body, "unsupported");
  if (!malformed || !unsupported || *malformed < 0 || *unsupported < 0) return std::nullopt;
  return StreamNote{static_cast<std::uint64_t>(*malformed),
                    static_cast<std::uint64_t>(*unsupported)};
}

}  // namespace postkamer::publisher
