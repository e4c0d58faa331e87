// SPDX-License-Identifier: EUPL-1.2
//
// Which system calls may be made in a box. A list of what is allowed: whatever is not on it ends
// the process, or, where libraries ask harmlessly, is answered "not permitted".
#pragma once

#include <linux/filter.h>

#include <vector>

#include "pipeline/base/error.h"

namespace postkamer::host {

// A filter as the kernel takes it.
using CallFilter = std::vector<sock_filter>;

// For a program of ours that has loaded all it needs and talks over descriptors it holds: no file
// is opened, nothing is started, no memory becomes code, nobody is signalled but itself. To be
// built by the process that enters it. Fails with: internal (box_filter).
Result<CallFilter> sealed_filter();

// For a program of others, entered before it is executed: it may load itself and read files (which
// ones, Landlock says); no file is opened for writing, no socket, no process, no thread.
// `program` is the very pointer that execve is called with: no later execve can name it.
// Fails with: internal (box_filter).
Result<CallFilter> reading_filter(const char* program);

// Puts the calling process, all its threads, under `filter`. Only a system call. Needs
// no_new_privs.
bool enter(const CallFilter& filter) noexcept;

}  // namespace postkamer::host
