// SPDX-License-Identifier: EUPL-1.2
//
// Open descriptors: one that closes itself, and one passed to another process over a unix socket,
// with one byte of data.
#pragma once

#include <unistd.h>

#include <cstddef>
#include <optional>

#include "pipeline/base/bytes.h"

namespace postkamer::host {

class Descriptor {
 public:
  // Owns `fd`, which may be -1.
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

// The next `most` bytes; fewer when the file ends before. Nothing when it cannot be read (errno).
std::optional<Bytes> read_bytes(int fd, std::size_t most);

// False when the other side is gone.
bool send_descriptor(int socket, int descriptor);

// Waits for one. -1 when the other side is gone or sent anything else.
int receive_descriptor(int socket);

}  // namespace postkamer::host
