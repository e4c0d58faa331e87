// SPDX-License-Identifier: EUPL-1.2
//
// Room on the disk of journal and blobs. Below a bound the broker takes in and gives out nothing
// more; what it must still write down then has a last reserve, the ballast: a file of no use, given
// up when a commit finds no room, and made again when there is plenty.
#pragma once

#include <cstdint>
#include <filesystem>

namespace postkamer::broker {

class Room {
 public:
  // Of the disk of the journal, whose folder this is, and of that of the blobs when it is another
  // one. Bounds: full below 256 MiB or a twentieth of the disk, whichever is less; ballast, beside
  // the journal, 64 MiB or a sixteenth.
  Room(const std::filesystem::path& folder, std::filesystem::path blobs);

  // Looks at the disks, and makes the ballast when there is room and none. True when is_full()
  // changed. It is no longer full when a quarter of the bound is free beyond it, and the ballast
  // beside that: it does not change its mind with every file.
  bool look();
  [[nodiscard]] bool is_full() const { return is_full_; }

  // True when there was one: a commit may be tried again.
  bool give_up_ballast();

 private:
  [[nodiscard]] bool has_ballast() const;
  void make_ballast(std::uint64_t size);
  std::filesystem::path folder_;
  std::filesystem::path blobs_;
  std::filesystem::path ballast_;
  bool is_full_ = false;
};

}  // namespace postkamer::broker
