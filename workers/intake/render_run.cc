// SPDX-License-Identifier: EUPL-1.2
#include "workers/intake/render_run.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "workers/host/box_walls.h"
#include "workers/host/exec_words.h"

namespace postkamer::intake {
namespace {

constexpr int kExitNoProgram = 127;
constexpr int kExitNoWalls = 126;
constexpr std::uint64_t kOpenFiles = 64;             // fonts and libraries
constexpr std::uint64_t kBytesAPixel = 16;           // poppler's own bitmaps and the JPEG writer
constexpr std::uint64_t kBaseMemory = 512ull << 20;  // fonts, libraries, the PDF itself

class FileDescriptor {
 public:
  explicit FileDescriptor(int number) : number_(number) {}
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] bool is_open() const { return number_ >= 0; }

 private:
  int number_;
};

FileDescriptor memory_file(const char* name) {
  return FileDescriptor{static_cast<int>(::syscall(SYS_memfd_create, name, MFD_CLOEXEC))};
}

bool write_all(int file, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return ::lseek(file, 0, SEEK_SET) == 0;
}

Bytes read_all(int file) {
  struct stat facts {};
  if (::fstat(file, &facts) != 0 || facts.st_size <= 0) return {};
  Bytes bytes(static_cast<std::size_t>(facts.st_size));
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t got =
        ::pread(file, bytes.data() + have, bytes.size() - have, static_cast<off_t>(have));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return {};
    have += static_cast<std::size_t>(got);
  }
  return bytes;
}

// Between fork and exec: only calls that are safe there.
[[noreturn]] void become_renderer(const char* program, char* const* arguments, int input,
                                  int output, const host::ForeignWalls& walls) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (::dup2(input, STDIN_FILENO) < 0 || ::dup2(output, STDOUT_FILENO) < 0) ::_exit(kExitNoProgram);
  if (nowhere >= 0) ::dup2(nowhere, STDERR_FILENO);
  std::array<char, 22> path{"PATH=/usr/bin:/bin"};
  std::array<char, 9> locale{"LC_ALL=C"};
  char* environment[] = {path.data(), locale.data(), nullptr};
  ::close_range(STDERR_FILENO + 1, ~0u, CLOSE_RANGE_CLOEXEC);
  if (!walls.close()) ::_exit(kExitNoWalls);
  ::execve(program, arguments, environment);
  ::_exit(kExitNoProgram);
}

enum class Ended {
  well,
  badly,
  late,
  missing,
  unwalled
};

Ended wait_for(pid_t child, int timeout_ms) {
  const FileDescriptor handle{static_cast<int>(::syscall(SYS_pidfd_open, child, 0))};
  bool is_late = !handle.is_open();
  if (handle.is_open()) {
    pollfd watched{handle.number(), POLLIN, 0};
    int ready = 0;
    do {
      ready = ::poll(&watched, 1, timeout_ms);
    } while (ready < 0 && errno == EINTR);
    is_late = ready == 0;
  }
  if (is_late) ::kill(-child, SIGKILL), ::kill(child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (is_late || (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)) return Ended::late;
  if (WIFEXITED(status) && WEXITSTATUS(status) == kExitNoProgram) return Ended::missing;
  if (WIFEXITED(status) && WEXITSTATUS(status) == kExitNoWalls) return Ended::unwalled;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? Ended::well : Ended::badly;
}

Error system_error(const char* doing) {
  return Error{ErrorCode::unavailable, "renderer_missing",
               fmt::format("while {}: error {} of the system", doing, errno)};
}

host::Ceilings ceilings_of(const Limits& limits) {
  host::Ceilings ceilings;
  ceilings.cpu_seconds = (limits.render_ms + 999) / 1000 + 1;
  ceilings.memory_bytes = kBaseMemory + limits.page_pixels * kBytesAPixel;
  ceilings.file_bytes = limits.page_pixels * 3;
  ceilings.open_files = kOpenFiles;
  return ceilings;
}

std::vector<std::string> command_of(const std::string& program, int page, Dpi dpi) {
  const std::string number = std::to_string(page + 1);
  return {program,    "-q",    "-r",       fmt::format("{:.2f}", dpi.value),
          "-f",       number,  "-l",       number,
          "-cropbox", "-jpeg", "-jpegopt", "quality=90",
          "-"};
}

// Runs it from start to end, the PDF as its standard input.
Result<Ended> run(int input, int output, int page, Dpi dpi, const Limits& limits,
                  const RendererOptions& options) {
  std::vector<std::string> words = command_of(options.program, page, dpi);
  const std::vector<char*> arguments = host::exec_words(words);
  PK_TRY(walls, host::ForeignWalls::around(options.program, ceilings_of(limits), options.walls));
  const pid_t child = ::fork();
  if (child < 0) return tl::unexpected(system_error("starting the renderer"));
  if (child == 0) become_renderer(options.program.c_str(), arguments.data(), input, output, walls);
  return wait_for(child, static_cast<int>(limits.render_ms));
}

}  // namespace

Result<Bytes> render_page(ByteView pdf, int page, Dpi dpi, const Limits& limits,
                          const RendererOptions& options) {
  const FileDescriptor input = memory_file("pdf");
  const FileDescriptor output = memory_file("page");
  if (!input.is_open() || !output.is_open() || !write_all(input.number(), pdf))
    return tl::unexpected(system_error("handing a PDF to the renderer"));
  PK_TRY(ended, run(input.number(), output.number(), page, dpi, limits, options));
  switch (ended) {
    case Ended::well: return read_all(output.number());
    case Ended::late:
      return fail(ErrorCode::resource_limit, "limit_render_ms",
                  fmt::format("rendering PDF page {} took too long; limit render_ms is {}; print "
                              "the page and scan it",
                              page + 1, limits.render_ms));
    case Ended::missing:
      return fail(ErrorCode::unavailable, "renderer_missing",
                  fmt::format("{} cannot be started; install poppler-utils", options.program));
    case Ended::unwalled:
      return fail(ErrorCode::internal, "box_not_closed",
                  "while closing the renderer's box: a wall cannot be put up");
    case Ended::badly: break;
  }
  return fail(
      ErrorCode::invalid_document, "render_failed",
      fmt::format("PDF page {} could not be rendered; print the page and scan it", page + 1));
}

}  // namespace postkamer::intake
