// SPDX-License-Identifier: EUPL-1.2
//
// A subscriber as others build it: a process of its own that writes what it gets into its own
// database, with the position in the same transaction. It may be killed at any moment.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>

namespace postkamer::publisher {

struct InboxCount {
  std::uint64_t rows = 0;       // events received, with those that came twice
  std::uint64_t different = 0;  // ids
  std::uint64_t last = 0;       // number
  bool is_in_order = false;     // the numbers are 1, 2, 3 ... as they came
};

// Starts a process that follows the stream from what `file` holds until it has number `until`.
pid_t start_inbox(const std::string& endpoint, const std::string& name,
                  const std::filesystem::path& file, std::uint64_t until);

InboxCount count_inbox(const std::filesystem::path& file);

// Runs one to the end, killing it `kills` times on the way, each time a while after it got
// something new (by `seed`); gives what is in its database then.
InboxCount killed_inbox(const std::string& endpoint, const std::string& name,
                        const std::filesystem::path& file, std::uint64_t until, int kills,
                        unsigned seed);

}  // namespace postkamer::publisher
