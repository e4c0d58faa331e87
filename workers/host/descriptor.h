// SPDX-License-Identifier: EUPL-1.2
//
// A file descriptor that closes itself.
#pragma once

#include <unistd.h>

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

}  // namespace postkamer::host
