// SPDX-License-Identifier: EUPL-1.2
#include "workers/intake/render_pdf.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "pipeline/intake/jpeg_codec.h"

namespace postkamer::intake {
namespace {

constexpr int kExitNoProgram = 127;
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

struct Ceilings {
  rlim_t seconds = 30;
  rlim_t memory = 0;
  rlim_t output = 0;
};

void lower(int resource, rlim_t value) {
  rlimit limit{};
  if (::getrlimit(static_cast<__rlimit_resource>(resource), &limit) != 0) return;
  if (limit.rlim_max != RLIM_INFINITY) value = std::min(value, limit.rlim_max);
  limit.rlim_cur = limit.rlim_max = value;
  ::setrlimit(static_cast<__rlimit_resource>(resource), &limit);
}

// Between fork and exec: only calls that are safe there.
[[noreturn]] void become_renderer(const char* program, char* const* arguments, int input,
                                  int output, const Ceilings& ceilings) {
  ::setpgid(0, 0);
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (::dup2(input, STDIN_FILENO) < 0 || ::dup2(output, STDOUT_FILENO) < 0) ::_exit(kExitNoProgram);
  if (nowhere >= 0) ::dup2(nowhere, STDERR_FILENO);
  lower(RLIMIT_CPU, ceilings.seconds);
  lower(RLIMIT_AS, ceilings.memory);
  lower(RLIMIT_FSIZE, ceilings.output);
  lower(RLIMIT_CORE, 0);
  std::array<char, 22> path{"PATH=/usr/bin:/bin"};
  std::array<char, 9> locale{"LC_ALL=C"};
  char* environment[] = {path.data(), locale.data(), nullptr};
  ::execve(program, arguments, environment);
  ::_exit(kExitNoProgram);
}

enum class Ended {
  well,
  badly,
  late,
  missing
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
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? Ended::well : Ended::badly;
}

Error system_error(const char* doing) {
  return Error{ErrorCode::unavailable, "renderer_missing",
               fmt::format("while {}: error {} of the system", doing, errno)};
}

class Renderer {
 public:
  Renderer(const Limits& limits, RendererOptions options)
      : limits_(limits), options_(std::move(options)) {}

  Result<Picture> operator()(ByteView pdf, int page, Dpi dpi) const {
    const FileDescriptor input = memory_file("pdf");
    const FileDescriptor output = memory_file("page");
    if (!input.is_open() || !output.is_open() || !write_all(input.number(), pdf))
      return tl::unexpected(system_error("handing a PDF to the renderer"));
    PK_CHECK(run(input.number(), output.number(), page, dpi));
    return picture_of(read_all(output.number()), dpi, page);
  }

 private:
  [[nodiscard]] Ceilings ceilings() const {
    Ceilings ceilings;
    ceilings.seconds = (limits_.render_ms + 999) / 1000 + 1;
    ceilings.memory = kBaseMemory + limits_.page_pixels * kBytesAPixel;
    ceilings.output = limits_.page_pixels * 3;
    return ceilings;
  }

  [[nodiscard]] Result<void> run(int input, int output, int page, Dpi dpi) const {
    std::vector<std::string> words{options_.program,
                                   "-q",
                                   "-r",
                                   fmt::format("{:.2f}", dpi.value),
                                   "-f",
                                   std::to_string(page + 1),
                                   "-l",
                                   std::to_string(page + 1),
                                   "-cropbox",
                                   "-jpeg",
                                   "-jpegopt",
                                   "quality=90",
                                   "-"};
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const Ceilings limits = ceilings();
    const pid_t child = ::fork();
    if (child < 0) return tl::unexpected(system_error("starting the renderer"));
    if (child == 0)
      become_renderer(options_.program.c_str(), arguments.data(), input, output, limits);
    switch (wait_for(child, static_cast<int>(limits_.render_ms))) {
      case Ended::well: return {};
      case Ended::late:
        return fail(
            ErrorCode::resource_limit, "limit_render_ms",
            fmt::format(
                "rendering PDF page {} took too long; limit render_ms is {}; print the page "
                "and scan it",
                page + 1, limits_.render_ms));
      case Ended::missing:
        return fail(ErrorCode::unavailable, "renderer_missing",
                    fmt::format("{} cannot be started; install poppler-utils", options_.program));
      case Ended::badly: break;
    }
    return no_picture(page);
  }

  static tl::unexpected<Error> no_picture(int page) {
    return fail(
        ErrorCode::invalid_document, "render_failed",
        fmt::format("PDF page {} could not be rendered; print the page and scan it", page + 1));
  }

  // The child is not trusted: its answer is opened like any file that comes in.
  [[nodiscard]] Result<Picture> picture_of(Bytes bytes, Dpi dpi, int page) const {
    const auto info = read_jpeg_header(bytes, limits_);
    if (!info) {
      if (info.error().code == ErrorCode::resource_limit) return tl::unexpected(info.error());
      return no_picture(page);
    }
    return Picture{PictureFormat::jpeg, std::move(bytes), info->width, info->height, dpi, false};
  }

  Limits limits_;
  RendererOptions options_;
};

}  // namespace

RenderPdfPage pdftoppm_renderer(const Limits& limits, const RendererOptions& options) {
  return Renderer{limits, options};
}

}  // namespace postkamer::intake
