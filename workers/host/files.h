// SPDX-License-Identifier: EUPL-1.2
//
// Whole files in and out, with errors as values.
#pragma once

#include <filesystem>
#include <string_view>

#include "pipeline/base/bytes.h"
#include "pipeline/base/error.h"

namespace postkamer::host {

// The reason of a failure for want of file descriptors, which says nothing of the file itself.
inline constexpr const char* kFilesExhausted = "files_exhausted";

// All bytes of a regular file. Fails with: unavailable (file_unreadable, files_exhausted), the
// system's reason in it.
Result<Bytes> read_file(const std::filesystem::path& file);

// Writes beside the target, syncs, renames: a reader sees the old file or the new one, whole.
// Durable on return, its name too. Fails with: unavailable (file_unwritable).
Result<void> write_file(const std::filesystem::path& file, ByteView bytes);

// Makes the names in a folder durable. A file system that knows no such thing is no error.
// Fails with: unavailable (file_unwritable).
Result<void> sync_folder(const std::filesystem::path& folder);

}  // namespace postkamer::host
