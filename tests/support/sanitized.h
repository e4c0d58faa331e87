// SPDX-License-Identifier: EUPL-1.2
//
// Whether this is a build under sanitizers, which hold on to freed memory: figures of memory say
// nothing there.
#pragma once

namespace postkamer::test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kIsSanitized = true;
#else
inline constexpr bool kIsSanitized = false;
#endif

}  // namespace postkamer::test
