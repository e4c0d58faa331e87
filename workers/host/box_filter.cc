// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/box_filter.h"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <memory>

#include "pipeline/base/sanitized.h"

namespace postkamer::host {
namespace {

#define PK_CALL(name) SCMP_SYS(name)

// What both lists allow: memory, time, chance, and descriptors that are already open.
constexpr std::array kHarmless{
    PK_CALL(read),
    PK_CALL(readv),
    PK_CALL(pread64),
    PK_CALL(write),
    PK_CALL(writev),
    PK_CALL(lseek),
    PK_CALL(close),
    PK_CALL(fstat),
    PK_CALL(munmap),
    PK_CALL(mremap),
    PK_CALL(brk),
    PK_CALL(madvise),
    PK_CALL(futex),
    PK_CALL(exit),
    PK_CALL(exit_group),
    PK_CALL(rt_sigreturn),
    PK_CALL(rt_sigprocmask),
    PK_CALL(rt_sigaction),
    PK_CALL(sigaltstack),
    PK_CALL(clock_gettime),
    PK_CALL(clock_getres),
    PK_CALL(gettimeofday),
    PK_CALL(getpid),
    PK_CALL(gettid),
    PK_CALL(getrandom),
    PK_CALL(sysinfo),  // glibc's qsort asks how much memory there is
    PK_CALL(restart_syscall),
    PK_CALL(sched_yield),
    PK_CALL(sched_getaffinity),
};

// Libraries ask these without need; "not permitted" is an answer they live with.
constexpr std::array kRefused{
    PK_CALL(open),  PK_CALL(openat),    PK_CALL(openat2),    PK_CALL(creat),  PK_CALL(access),
    PK_CALL(stat),  PK_CALL(faccessat), PK_CALL(faccessat2), PK_CALL(lstat),  PK_CALL(newfstatat),
    PK_CALL(statx), PK_CALL(readlink),  PK_CALL(readlinkat), PK_CALL(unlink), PK_CALL(unlinkat),
    PK_CALL(ioctl), PK_CALL(fcntl),     PK_CALL(getcwd),     PK_CALL(statfs), PK_CALL(uname),
};

// What a foreign program also needs to load itself and to find fonts.
constexpr std::array kLoading{
    PK_CALL(mmap),       PK_CALL(mprotect), PK_CALL(newfstatat),      PK_CALL(stat),
    PK_CALL(lstat),      PK_CALL(statx),    PK_CALL(access),          PK_CALL(faccessat),
    PK_CALL(faccessat2), PK_CALL(readlink), PK_CALL(readlinkat),      PK_CALL(getdents64),
    PK_CALL(statfs),     PK_CALL(fstatfs),  PK_CALL(fadvise64),       PK_CALL(arch_prctl),
    PK_CALL(uname),      PK_CALL(getcwd),   PK_CALL(set_tid_address), PK_CALL(rseq),
    PK_CALL(getuid),     PK_CALL(geteuid),  PK_CALL(set_robust_list), PK_CALL(getgid),
    PK_CALL(getegid),    PK_CALL(dup),
};

// Of what fcntl can do. With F_SETOWN and F_NOTIFY the kernel would send a signal to any process of
// the same user, which older Landlocks do not hold back.
constexpr std::array kDescriptorCommands{F_GETFD, F_SETFD, F_GETFL, F_DUPFD, F_DUPFD_CLOEXEC};

// What no program has an honest use for in a box: asking for it ends it.
constexpr std::array kHostile{
    PK_CALL(socket),
    PK_CALL(socketpair),
    PK_CALL(connect),
    PK_CALL(bind),
    PK_CALL(fork),
    PK_CALL(vfork),
    PK_CALL(clone),
    PK_CALL(execveat),
    PK_CALL(ptrace),
    PK_CALL(process_vm_readv),
    PK_CALL(process_vm_writev),
    PK_CALL(kill),
    PK_CALL(tkill),
    PK_CALL(unshare),
    PK_CALL(setns),
    PK_CALL(pidfd_send_signal),
    PK_CALL(bpf),
    PK_CALL(mount),
    PK_CALL(chroot),
    PK_CALL(io_uring_setup),
    PK_CALL(userfaultfd),
    PK_CALL(keyctl),
    PK_CALL(setuid),
};

// What sanitizers ask for themselves: whether memory can be read, by a pipe; and a nap.
constexpr std::array kSanitizers{PK_CALL(pipe), PK_CALL(pipe2), PK_CALL(nanosleep),
                                 PK_CALL(clock_nanosleep)};

#undef PK_CALL

struct Release {
  void operator()(void* rules) const { seccomp_release(rules); }
};

// Rules as libseccomp gathers them; the first that fails is remembered.
class Rules {
 public:
  explicit Rules(std::uint32_t otherwise) : rules_(seccomp_init(otherwise)) {
    is_good_ = rules_ != nullptr;
    if (is_good_) seccomp_attr_set(rules_.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);
  }

  template <class Calls>
  void all(std::uint32_t action, const Calls& calls) {
    for (const int call : calls) one(action, call, {});
  }

  void one(std::uint32_t action, int call, std::initializer_list<scmp_arg_cmp> conditions) {
    is_good_ = is_good_ && seccomp_rule_add_array(rules_.get(), action, call,
                                                  static_cast<unsigned>(conditions.size()),
                                                  conditions.begin()) == 0;
  }

  [[nodiscard]] Result<CallFilter> exported() const {
    const int file = static_cast<int>(::syscall(SYS_memfd_create, "filter", MFD_CLOEXEC));
    CallFilter filter;
    bool is_whole = is_good_ && file >= 0 && seccomp_export_bpf(rules_.get(), file) == 0;
    if (is_whole) {
      const off_t size = ::lseek(file, 0, SEEK_END);
      filter.resize(static_cast<std::size_t>(size) / sizeof(sock_filter));
      is_whole =
          size > 0 && ::pread(file, filter.data(), static_cast<std::size_t>(size), 0) == size;
    }
    if (file >= 0) ::close(file);
    if (is_whole) return filter;
    return fail(ErrorCode::internal, "box_filter",
                "while closing a box: the list of allowed system calls cannot be made");
  }

 private:
  std::unique_ptr<void, Release> rules_;
  bool is_good_ = false;
};

constexpr std::uint32_t kNotPermitted = SCMP_ACT_ERRNO(EPERM);

void add_both(Rules& rules) {
  rules.all(SCMP_ACT_ALLOW, kHarmless);
  // Only asking for a limit of its own.
  rules.one(SCMP_ACT_ALLOW, SCMP_SYS(prlimit64),
            {SCMP_A0(SCMP_CMP_EQ, 0), SCMP_A2(SCMP_CMP_EQ, 0)});
  rules.one(SCMP_ACT_ALLOW, SCMP_SYS(getrlimit), {});
  if (kIsSanitized) rules.all(SCMP_ACT_ALLOW, kSanitizers);
}

}  // namespace

Result<CallFilter> sealed_filter() {
  Rules rules(SCMP_ACT_KILL_PROCESS);
  add_both(rules);
  rules.all(kNotPermitted, kRefused);
  const auto no_code = [](unsigned argument) {
    return scmp_arg_cmp{argument, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0};
  };
  rules.one(SCMP_ACT_ALLOW, SCMP_SYS(mmap), {no_code(2)});
  rules.one(SCMP_ACT_ALLOW, SCMP_SYS(mprotect), {no_code(2)});
  // abort() signals itself.
  rules.one(SCMP_ACT_ALLOW, SCMP_SYS(tgkill),
            {SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(::getpid()))});
  return rules.exported();
}

Result<CallFilter> reading_filter(const char* program) {
  // What is on no list is refused and not deadly: others' libraries change without telling us.
  Rules rules(kNotPermitted);
  add_both(rules);
  rules.all(SCMP_ACT_ALLOW, kLoading);
  for (const int command : kDescriptorCommands)
    rules.one(SCMP_ACT_ALLOW, SCMP_SYS(fcntl),
              {SCMP_A1(SCMP_CMP_EQ, static_cast<scmp_datum_t>(command))});
  rules.all(SCMP_ACT_KILL_PROCESS, kHostile);
  const scmp_arg_cmp only_reading{1, SCMP_CMP_MASKED_EQ, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY};
  const scmp_arg_cmp only_reading_at{2, SCMP_CMP_MASKED_EQ, O_ACCMODE | O_CREAT | O_TRUNC,
                                     O_RDONLY};
  rules.one(SCMP_ACT_ALLOW, SCMP_SYS(open), {only_reading});
  rules.one(SCMP_ACT_ALLOW, SCMP_SYS(openat), {only_reading_at});
  rules.one(SCMP_ACT_ALLOW, SCMP_SYS(execve),
            {SCMP_A0(SCMP_CMP_EQ, reinterpret_cast<std::uintptr_t>(program))});
  return rules.exported();
}

bool enter(const CallFilter& filter) noexcept {
  sock_fprog program{static_cast<unsigned short>(filter.size()),
                     const_cast<sock_filter*>(filter.data())};
  return ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) == 0;
}

}  // namespace postkamer::host
