// SPDX-License-Identifier: EUPL-1.2
//
// What the publisher tells of itself: a file in the mailroom's run folder, which /metrics shows.
// Counts only.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace postkamer::publisher {

// Messages since the publisher started.
struct StreamNote {
  std::uint64_t malformed = 0;    // that could not be read
  std::uint64_t unsupported = 0;  // of a type or version that it does not know
  bool operator==(const StreamNote&) const = default;
};

std::filesystem::path note_file(const std::filesystem::path& run_folder);

// Errors are not told: a note that cannot be written must not stop the stream.
void write_note(const std::filesystem::path& file, const StreamNote& note);

// Nothing when there is none, or it cannot be understood.
std::optional<StreamNote> read_note(const std::filesystem::path& file);

}  // namespace postkamer::publisher
