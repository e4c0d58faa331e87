// SPDX-License-Identifier: EUPL-1.2
//
// What a program asks of the kernel, and a place to stand in between. Linked into a program,
// calls.cc takes the place of the C library's functions for files, the clock and ZeroMQ's sending:
// for our own code, and for SQLite's and the standard library's alike. Nothing of what is tested
// knows of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace postkamer::faults {

struct Call {
  enum class Kind {
    create,    // a name that was not there
    write,     // into a regular file
    truncate,  // to `offset` bytes
    sync,      // fsync and fdatasync, of a file or a folder
    rename,    // from `path` to `to`
    unlink,
    mkdir,
    send,  // a whole ZeroMQ message
  };
  Kind kind = Kind::write;
  std::string path;        // absolute; empty: send
  std::string to;          // rename
  std::uint64_t file = 0;  // its number; 0: not known
  bool is_folder = false;
  const std::uint8_t* data = nullptr;  // write
  std::size_t size = 0;
  std::int64_t offset = 0;
};

class Meddler {
 public:
  virtual ~Meddler() = default;
  // Before the kernel is asked. Gives what becomes of the call.
  struct Verdict {
    bool is_asked = true;  // else: told done, and nothing was done
    int error = 0;         // it fails with this instead
  };
  virtual Verdict before(const Call&) { return {}; }
  // The kernel has done it.
  virtual void after(const Call&) {}
  // By how much the clock on the wall is wrong.
  [[nodiscard]] virtual std::int64_t skew_ms() const { return 0; }
};

// From now on `meddler` stands in between; nobody, with nullptr. What it does itself passes freely.
void meddle(Meddler* meddler);

}  // namespace postkamer::faults
