// SPDX-License-Identifier: EUPL-1.2
#include "tests/faults/kernel/calls.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <zmq.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdarg>
#include <cstdio>
#include <ctime>

namespace postkamer::faults {
namespace {

Meddler* meddler = nullptr;

// What the meddler does itself is not meddled with.
thread_local bool is_inside = false;
struct Inside {
  Inside() { is_inside = true; }
  ~Inside() { is_inside = false; }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;
};

bool is_watched() { return meddler != nullptr && !is_inside; }

std::string absolute(const char* path) {
  if (path[0] == '/') return path;
  std::array<char, PATH_MAX> here{};
  return ::getcwd(here.data(), here.size()) == nullptr ? path
                                                       : std::string(here.data()) + "/" + path;
}

// Fills in what an open file is; false for what is neither a regular file nor a folder.
bool identify(int fd, Call& call) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return false;
  call.is_folder = S_ISDIR(status.st_mode);
  if (!S_ISREG(status.st_mode) && !call.is_folder) return false;
  call.file = status.st_ino;
  std::array<char, PATH_MAX> path{};
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  const ssize_t size = ::readlink(link.c_str(), path.data(), path.size());
  if (size > 0) call.path.assign(path.data(), static_cast<std::size_t>(size));
  return true;
}

// Asks the meddler, then the kernel with `act`, which gives -1 on failure; `done` is what success
// is.
template <class Act, class Value>
Value through(Call& call, Value done, Act act) {
  {
    const Inside inside;
    const Meddler::Verdict verdict = meddler->before(call);
    if (verdict.error != 0) {
      errno = verdict.error;
      return static_cast<Value>(-1);
    }
    if (!verdict.is_asked) return done;
  }
  const Value value = act();
  if (value == static_cast<Value>(-1)) return value;
  const int error = errno;
  const Inside inside;
  meddler->after(call);
  errno = error;
  return value;
}

template <class Act>
ssize_t write_through(int fd, const void* data, std::size_t size, std::int64_t offset, Act act) {
  Call call;
  {
    const Inside inside;
    if (!identify(fd, call)) return act();
  }
  call.kind = Call::Kind::write;
  call.data = static_cast<const std::uint8_t*>(data);
  call.size = size;
  call.offset = offset;
  return through(call, static_cast<ssize_t>(size), act);
}

template <class Act>
int sync_through(int fd, Act act) {
  Call call;
  {
    const Inside inside;
    if (!identify(fd, call)) return act();
  }
  call.kind = Call::Kind::sync;
  return through(call, 0, act);
}

int open_through(const char* path, int flags, mode_t mode) {
  const auto act = [&] {
    return static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, flags, mode));
  };
  struct stat status {};
  if (!is_watched() || (flags & O_CREAT) == 0 || ::lstat(path, &status) == 0) return act();
  Call call;
  call.kind = Call::Kind::create;
  call.path = absolute(path);
  int fd = -1;
  return through(call, -1, [&] {
    fd = act();
    if (fd >= 0 && ::fstat(fd, &status) == 0) call.file = status.st_ino;
    return fd;
  });
}

template <class Act>
int path_through(Call::Kind kind, const char* path, Act act, const char* to = nullptr) {
  Call call;
  call.kind = kind;
  call.path = absolute(path);
  if (to != nullptr) call.to = absolute(to);
  struct stat status {};
  if (::lstat(path, &status) == 0) call.file = status.st_ino;
  return through(call, 0, act);
}

// A message is one call, however many frames it has.
thread_local bool is_within_message = false;
template <class Act>
int send_through(int flags, Act act) {
  if (!is_watched()) return act();
  Call call;
  call.kind = Call::Kind::send;
  const Inside inside;
  if (!is_within_message) meddler->before(call);
  const int sent = act();
  is_within_message = (flags & ZMQ_SNDMORE) != 0 && sent >= 0;
  if (!is_within_message && sent >= 0) meddler->after(call);
  return sent;
}

template <class Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

void meddle(Meddler* who) { meddler = who; }

}  // namespace postkamer::faults

using postkamer::faults::Call;

extern "C" {

ssize_t write(int fd, const void* data, size_t size) {
  const auto act = [&] { return static_cast<ssize_t>(::syscall(SYS_write, fd, data, size)); };
  if (!postkamer::faults::is_watched()) return act();
  return postkamer::faults::write_through(fd, data, size, ::lseek(fd, 0, SEEK_CUR), act);
}

ssize_t pwrite64(int fd, const void* data, size_t size, off64_t offset) {
  const auto act = [&] {
    return static_cast<ssize_t>(::syscall(SYS_pwrite64, fd, data, size, offset));
  };
  if (!postkamer::faults::is_watched()) return act();
  return postkamer::faults::write_through(fd, data, size, offset, act);
}

int fsync(int fd) {
  const auto act = [&] { return static_cast<int>(::syscall(SYS_fsync, fd)); };
  return postkamer::faults::is_watched() ? postkamer::faults::sync_through(fd, act) : act();
}

int fdatasync(int fd) {
  const auto act = [&] { return static_cast<int>(::syscall(SYS_fdatasync, fd)); };
  return postkamer::faults::is_watched() ? postkamer::faults::sync_through(fd, act) : act();
}

int ftruncate64(int fd, off64_t size) noexcept {
  const auto act = [&] { return static_cast<int>(::syscall(SYS_ftruncate, fd, size)); };
  if (!postkamer::faults::is_watched()) return act();
  Call call;
  if (!postkamer::faults::identify(fd, call)) return act();
  call.kind = Call::Kind::truncate;
  call.offset = size;
  return postkamer::faults::through(call, 0, act);
}

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  return postkamer::faults::open_through(path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  return postkamer::faults::open_through(path, flags, mode);
}

int rename(const char* from, const char* to) noexcept {
  const auto act = [&] { return static_cast<int>(::syscall(SYS_rename, from, to)); };
  if (!postkamer::faults::is_watched()) return act();
  return postkamer::faults::path_through(Call::Kind::rename, from, act, to);
}

int unlink(const char* path) noexcept {
  const auto act = [&] { return static_cast<int>(::syscall(SYS_unlink, path)); };
  if (!postkamer::faults::is_watched()) return act();
  return postkamer::faults::path_through(Call::Kind::unlink, path, act);
}

int mkdir(const char* path, mode_t mode) noexcept {
  const auto act = [&] { return static_cast<int>(::syscall(SYS_mkdir, path, mode)); };
  struct stat status {};
  if (!postkamer::faults::is_watched() || ::lstat(path, &status) == 0) return act();
  return postkamer::faults::path_through(Call::Kind::mkdir, path, act);
}

int clock_gettime(clockid_t clock, timespec* time) noexcept {
  const int result = static_cast<int>(::syscall(SYS_clock_gettime, clock, time));
  if (result != 0 || clock != CLOCK_REALTIME || !postkamer::faults::is_watched()) return result;
  time->tv_sec += static_cast<time_t>(postkamer::faults::meddler->skew_ms() / 1000);
  return 0;
}

int zmq_send(void* socket, const void* data, size_t size, int flags) {
  static auto* const next = postkamer::faults::real<decltype(zmq_send)>("zmq_send");
  return postkamer::faults::send_through(flags, [&] { return next(socket, data, size, flags); });
}

int zmq_msg_send(zmq_msg_t* message, void* socket, int flags) {
  static auto* const next = postkamer::faults::real<decltype(zmq_msg_send)>("zmq_msg_send");
  return postkamer::faults::send_through(flags, [&] { return next(message, socket, flags); });
}

}  // extern "C"
