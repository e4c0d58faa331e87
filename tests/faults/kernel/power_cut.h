// SPDX-License-Identifier: EUPL-1.2
//
// A disk that remembers what was really on it. While a program works, every write, name and sync
// below `root` is noted. When the power is cut, what was synced is there; of the rest, any sectors
// of 512 bytes and any names may be, in any order: that state is made in another folder. Harsher
// than file systems are: the two names of a rename come or go each by itself.
// Files that other processes made are taken to be synced.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/base/bytes.h"
#include "tests/faults/kernel/calls.h"
#include "tests/faults/simulator/dice.h"

namespace postkamer::faults {

class PowerCut {
 public:
  explicit PowerCut(std::filesystem::path root) : root_(std::move(root)) {}

  // To be told of every call before it is done; and of one that made a file after it too.
  void note(const Call& call);
  void made(const Call& call);

  // Makes in `to` what may be left of `root`. The same dice give the same state.
  void leave_in(const std::filesystem::path& to, Dice dice) const;

 private:
  struct Change {  // of a file: a write, or a new size
    std::int64_t offset = 0;
    Bytes bytes;
    std::optional<std::int64_t> size;
  };
  struct File {
    Bytes durable;
    std::vector<Change> pending;
  };
  struct NameChange {
    std::string path;
    std::uint64_t file = 0;
    bool is_there = false;  // made; else taken away
  };

  [[nodiscard]] bool is_below(const std::string& path) const;
  File& file_of(const Call& call);
  void sync_folder(const std::string& folder);
  static void apply(Bytes& bytes, const Change& change);
  static Bytes torn(const File& file, Dice& dice);
  void leave_file(const std::filesystem::path& to, const std::string& path, std::uint64_t number,
                  Dice& dice) const;

  std::filesystem::path root_;
  std::map<std::uint64_t, File> files_;  // by number: those that were written to
  std::vector<NameChange> pending_;      // since their folder was synced
};

}  // namespace postkamer::faults
