// SPDX-License-Identifier: EUPL-1.2
//
// Whether this is a build under sanitizers. They need terabytes of address space, hold on to freed
// memory, look at a process from outside and have threads of their own: some walls cannot stand
// there, and figures of memory say nothing.
#pragma once

namespace postkamer {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kIsSanitized = true;
#else
inline constexpr bool kIsSanitized = false;
#endif

#if defined(__SANITIZE_THREAD__)
inline constexpr bool kIsThreadSanitized = true;
#else
inline constexpr bool kIsThreadSanitized = false;
#endif

}  // namespace postkamer
