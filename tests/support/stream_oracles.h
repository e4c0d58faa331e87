// SPDX-License-Identifier: EUPL-1.2
//
// What must be true of a real mailroom and its subscribers, whatever was killed or replaced before:
// O3 to O6 of tests/faults/README.md, and what leases promise. Everything is opened for reading
// only, so the mailroom may be open all the while.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace postkamer::test {

// The lines that one subscriber without filter or profile printed, in the order of their coming.
using SeenEvents = std::vector<std::string>;

// `data`: the mailroom's folder; `seen`: of each of its subscribers, once they have all there is.
// Gives what is not as promised, empty when all is:
//   - events are 1, 2, 3, ... to the head, and no key is there twice;
//   - each subscriber saw all of them, byte for byte as they are kept, each right behind the one
//     before it or, after it went back, from there on;
//   - each blob that a row names is there and hashes to its name; the database is sound; the audit
//     chain verifies;
//   - a piece of work is one job at most, held under a token or by nobody, and did not fail more
//     often than it was handed out.
std::vector<std::string> stream_oracles(const std::filesystem::path& data,
                                        const std::vector<SeenEvents>& seen = {});

}  // namespace postkamer::test
