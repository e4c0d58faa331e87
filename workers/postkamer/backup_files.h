// SPDX-License-Identifier: EUPL-1.2
//
// What backing up and restoring share: the folder of a backup. Only for those two.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "pipeline/base/error.h"

namespace postkamer {

std::filesystem::path facts_file(const std::filesystem::path& backup);

// RFC 3339, UTC.
std::string now_as_text();

// invalid_config with this reason.
tl::unexpected<Error> bad_plan(const char* reason, const std::string& message);

bool is_missing_or_empty(const std::filesystem::path& folder);

// Open to its owner only: there is post in it. Fails with: unavailable (file_unwritable).
Result<void> make_own_folder(const std::filesystem::path& folder);

// All that lies in a folder but journal, blobs, sockets and backup.json. Such files are replaced
// whole or removed, never written into; one that goes while we look was done with.
// Fails with: unavailable (file_unwritable).
Result<void> copy_rest(const std::filesystem::path& from, const std::filesystem::path& to);

// Takes out of a copy what its sinks hold of events after number `head` of the stream
// (sinks/sink_state.h): a restored stream gives these numbers to other events.
// Fails with: unavailable (file_unwritable).
Result<void> leave_out_held_after(std::uint64_t head, const std::filesystem::path& copy);

// Fails with: unavailable (file_unreadable).
Result<std::string> sha256_of(const std::filesystem::path& file);

}  // namespace postkamer
