// SPDX-License-Identifier: EUPL-1.2
//
// What keeps one file of a watched folder from being taken.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <system_error>

namespace postkamer::intake {

// The reason (a row of finding_texts) why `file` must still wait; empty when it may be taken:
//   file_busy           in use by another program, or open for writing somewhere on this machine
//   file_unreadable     no rights, for now
//   folder_unreachable  the network or the disk does not answer
//   file_incomplete     whole_file.h says that its end is missing
// Leaves nothing open. Where the kernel cannot tell of writers (network file systems, files of
// others), that question is left out.
std::string_view check_file(const std::filesystem::path& file);

// The shape of check_file, so that a test can play a file system that we do not have.
using FileCheck = std::function<std::string_view(const std::filesystem::path&)>;

// The reason that stands for an error of the system: one of those above, or disk_full.
std::string_view reason_of(const std::error_code& error);

// Names that scanners, editors, copy programs and file managers leave while they work, and hidden
// files: never taken, never shown as trouble.
bool is_passing_name(std::string_view name);

}  // namespace postkamer::intake
