// SPDX-License-Identifier: EUPL-1.2
//
// Whether a file in a watched folder may be taken: not of a passing kind, untouched for a while,
// and with an end such as a finished file has.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace postkamer::intake {

// Names that scanners, editors, copy programs and file managers leave while they work. Also hidden
// files.
bool is_passing_name(const std::string& name);

// True when the bytes end as a whole file of their kind does: PDF with %%EOF in its last KiB, TIFF
// with every directory inside the file, JPEG with an end marker, PNG with IEND. A kind we do not
// know counts as whole: the decoder will say what it is. Reads only what it needs. False when
// unreadable.
bool looks_whole(const std::filesystem::path& file);

// Watches sizes and times of the files of one folder from look to look.
class Readiness {
 public:
  using Clock = std::chrono::steady_clock;

  // `stable`: untouched this long before it is taken; `half_written`: a file that does not look
  // whole is taken all the same once untouched this long, so that it is rejected with a reason
  // instead of lying there for ever.
  Readiness(Clock::duration stable, Clock::duration half_written)
      : stable_(stable), half_written_(half_written) {}

  // Looks at `folder` and gives the regular files that may be taken now, oldest sighting first.
  // Symbolic links, pipes and folders are left alone.
  std::vector<std::filesystem::path> look(const std::filesystem::path& folder,
                                          Clock::time_point now);

 private:
  struct Sighting {
    std::uint64_t size = 0;
    std::filesystem::file_time_type written;
    Clock::time_point since;  // unchanged
    bool seen = false;        // in this look
  };

  Clock::duration stable_;
  Clock::duration half_written_;
  std::map<std::string, Sighting> sightings_;
};

}  // namespace postkamer::intake
