// SPDX-License-Identifier: EUPL-1.2
#include "tests/faults/probes.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>

namespace postkamer::faults {
namespace {

int outcome(long result) { return result < 0 ? errno : 0; }

template <class Pointer>
int mapped(Pointer result) {
  return result == MAP_FAILED ? errno : 0;
}

int open_to_read() { return outcome(::open("/etc/passwd", O_RDONLY)); }
int open_to_write() { return outcome(::open("/tmp/pk-probe", O_WRONLY | O_CREAT, 0600)); }
int open_folder() { return outcome(::open("/", O_RDONLY | O_DIRECTORY)); }
int open_in_new_way() {
  const std::array<std::uint64_t, 3> how{O_RDONLY, 0, 0};
  return outcome(::syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", how.data(), sizeof how));
}
int open_itself() { return outcome(::open("/proc/self/mem", O_RDWR)); }
int remove_file() { return outcome(::unlink("/tmp/pk-probe")); }
int make_folder() { return outcome(::mkdir("/tmp/pk-probe-folder", 0700)); }
int rename_file() { return outcome(::rename("/tmp/pk-probe", "/tmp/pk-probe-2")); }
int link_file() { return outcome(::symlink("/etc/passwd", "/tmp/pk-probe")); }
int change_mode() { return outcome(::chmod("/tmp", 0777)); }
int memory_file() { return outcome(::syscall(SYS_memfd_create, "x", 0)); }
int tcp_socket() { return outcome(::socket(AF_INET, SOCK_STREAM, 0)); }
int connect_tcp() {
  const int line = ::socket(AF_INET, SOCK_STREAM, 0);
  if (line < 0) return errno;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(9);  // nobody listens there; only a wall says so with EACCES
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int error =
      outcome(::connect(line, reinterpret_cast<const sockaddr*>(&address), sizeof address));
  ::close(line);
  return error;
}
int udp_socket() { return outcome(::socket(AF_INET, SOCK_DGRAM, 0)); }
int unix_socket() { return outcome(::socket(AF_UNIX, SOCK_STREAM, 0)); }
int netlink_socket() { return outcome(::socket(AF_NETLINK, SOCK_RAW, 0)); }
int more_sockets() {
  std::array<int, 2> ends{};
  return outcome(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()));
}

// A child, should there be one, leaves at once.
int fork_by(long number) {
  const long child = ::syscall(number, SIGCHLD, 0, 0, 0, 0);
  if (child == 0) ::_exit(0);
  return outcome(child);
}
int fork_process() { return fork_by(SYS_clone); }
int start_thread() {
  std::array<std::uint64_t, 11> arguments{};
  arguments[4] = SIGCHLD;
  const long child = ::syscall(SYS_clone3, arguments.data(), sizeof arguments);
  if (child == 0) ::_exit(0);
  return outcome(child);
}
int execute() {
  char name[] = "/bin/true";
  char* arguments[] = {name, nullptr};
  return outcome(::execve(name, arguments, nullptr));
}
int execute_at() {
  char name[] = "/bin/true";
  char* arguments[] = {name, nullptr};
  return outcome(::syscall(SYS_execveat, AT_FDCWD, name, arguments, nullptr, 0));
}
int be_traced() { return outcome(::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr)); }
int trace_parent() { return outcome(::ptrace(PTRACE_ATTACH, ::getppid(), nullptr, nullptr)); }
int read_parent() {
  char byte = 0;
  const iovec here{&byte, 1};
  const iovec there{reinterpret_cast<void*>(&environ), 1};
  return outcome(::process_vm_readv(::getppid(), &here, 1, &there, 1, 0));
}
int kill_parent() { return outcome(::kill(::getppid(), SIGCONT)); }
int kill_all() { return outcome(::kill(-1, 0)); }
int kill_thread() { return outcome(::syscall(SYS_tgkill, ::getppid(), ::getppid(), SIGCONT)); }
int own_signals() { return outcome(::fcntl(STDIN_FILENO, F_SETOWN, ::getppid())); }
int choose_signal() { return outcome(::fcntl(STDIN_FILENO, F_SETSIG, SIGCONT)); }
int map_code() {
  return mapped(::mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}
int make_code() {
  void* page = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return page == MAP_FAILED ? 0 : outcome(::mprotect(page, 4096, PROT_READ | PROT_EXEC));
}
int raise_limit() {
  const rlimit all{RLIM_INFINITY, RLIM_INFINITY};
  return outcome(::setrlimit(RLIMIT_AS, &all));
}
int be_dumpable() { return outcome(::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)); }
int be_somebody() { return outcome(::setuid(12345)); }
int change_root() { return outcome(::chroot("/")); }
int own_namespace() { return outcome(::syscall(SYS_unshare, 0x10000000)); }
int use_ring() { return outcome(::syscall(SYS_io_uring_setup, 1, nullptr)); }
int load_program() { return outcome(::syscall(SYS_bpf, 0, nullptr, 0)); }
int watch_memory() { return outcome(::syscall(SYS_userfaultfd, 0)); }
int ask_keys() { return outcome(::syscall(SYS_keyctl, 0, 0, 0, 0, 0)); }
int pass_signal() { return outcome(::syscall(SYS_pidfd_open, ::getppid(), 0)); }
int ask_terminal() { return outcome(::syscall(SYS_ioctl, 0, 0x5412, "x")); }

constexpr std::array kProbes{
    Probe{"open_to_read", open_to_read, false, true},
    Probe{"open_to_write", open_to_write},
    Probe{"open_folder", open_folder, false, true},
    Probe{"open_in_new_way", open_in_new_way},
    Probe{"open_itself", open_itself},
    Probe{"remove_file", remove_file},
    Probe{"make_folder", make_folder},
    Probe{"rename_file", rename_file},
    Probe{"link_file", link_file},
    Probe{"change_mode", change_mode},
    Probe{"memory_file", memory_file},
    Probe{"tcp_socket", tcp_socket},
    Probe{"connect_tcp", connect_tcp},
    Probe{"udp_socket", udp_socket},
    Probe{"unix_socket", unix_socket},
    Probe{"netlink_socket", netlink_socket},
    Probe{"more_sockets", more_sockets},
    Probe{"fork_process", fork_process},
    Probe{"start_thread", start_thread},
    Probe{"execute", execute},
    Probe{"execute_at", execute_at},
    Probe{"be_traced", be_traced},
    Probe{"trace_parent", trace_parent},
    Probe{"read_parent", read_parent},
    Probe{"kill_parent", kill_parent},
    Probe{"kill_all", kill_all},
    Probe{"kill_thread", kill_thread},
    Probe{"own_signals", own_signals},
    Probe{"choose_signal", choose_signal},
    Probe{"map_code", map_code, true},
    Probe{"make_code", make_code, true},
    Probe{"raise_limit", raise_limit},
    Probe{"be_dumpable", be_dumpable},
    Probe{"be_somebody", be_somebody},
    Probe{"change_root", change_root},
    Probe{"own_namespace", own_namespace},
    Probe{"use_ring", use_ring},
    Probe{"load_program", load_program},
    Probe{"watch_memory", watch_memory},
    Probe{"ask_keys", ask_keys},
    Probe{"pass_signal", pass_signal},
    Probe{"ask_terminal", ask_terminal},
};

}  // namespace

std::span<const Probe> probes() { return kProbes; }

int attempt(std::string_view name) {
  for (const Probe& probe : kProbes)
    if (probe.name == name) return probe.attempt();
  return -1;
}

}  // namespace postkamer::faults
