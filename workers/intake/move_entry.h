// SPDX-License-Identifier: EUPL-1.2
//
// Moves a file, folder or anything else so that at every moment at least one whole copy of it
// exists: by rename, or across file systems by copy, fsync, comparing hashes, and only then unlink.
#pragma once

#include <filesystem>

#include "pipeline/base/error.h"

namespace postkamer::intake {

// Makes the folder of `to` where needed. What is at `to` is replaced, so that a move that a crash
// cut short can be done again. Folders go with all that is in them, at most 32 deep.
// Fails with: unavailable; the reason is one of file_check.h's, or file_changed when the source was
// written to meanwhile, or file_copy_differs. The source is then still there.
Result<void> move_entry(const std::filesystem::path& from, const std::filesystem::path& to);

// Moves by rename alone. `is_elsewhere` says that source and target lie on different file systems.
struct RenameFailure {
  bool is_elsewhere = false;
  Error error;
};
tl::expected<void, RenameFailure> rename_entry(const std::filesystem::path& from,
                                               const std::filesystem::path& to);

// Makes what was renamed into or out of `folder` durable. On ext4, xfs and btrfs one call writes
// down all earlier renames of the file system, so one is enough for many.
void sync_folder(const std::filesystem::path& folder);

}  // namespace postkamer::intake
