// SPDX-License-Identifier: EUPL-1.2
//
// Landlock by its system calls: the C library has no functions for them, and the kernel's header in
// Debian 12 ends at ABI 2, while a newer kernel may offer more.
#pragma once

#include <cstdint>

namespace postkamer::host::landlock {

// Rights over files, as in linux/landlock.h.
inline constexpr std::uint64_t kExecute = 1u << 0;
inline constexpr std::uint64_t kReadFile = 1u << 2;
inline constexpr std::uint64_t kReadFolder = 1u << 3;

// The ABI of this kernel; 0 when it has none or it is switched off.
int abi();

// A set of rules under which nothing is allowed that this ABI (1 or higher) can forbid: files, from
// 4 on tcp, from 6 on signals and abstract sockets to outside. A descriptor, or -1 (errno).
int deny_everything(int abi);

// Allows `rights` over the file or folder `path` and what lies in it. False when that cannot be
// (errno); a path that does not exist needs no allowing and is true.
bool allow(int rules, const char* path, std::uint64_t rights);

// The calling thread, and what it starts, falls under `rules` from now on. Needs no_new_privs.
// Only a system call: may be made between fork and exec.
bool enter(int rules) noexcept;

}  // namespace postkamer::host::landlock
