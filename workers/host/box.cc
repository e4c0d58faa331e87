// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/box.h"

#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <string_view>
#include <utility>
#include <vector>

#include "workers/host/box_program.h"
#include "workers/host/descriptor.h"
#include "workers/host/exec_words.h"
#include "workers/wire/message.h"

namespace postkamer::host {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kSocketBuffer = 4 << 20;
constexpr int kEndMs = 2'000;  // waited for a box that closed its socket to be gone

tl::unexpected<Error> not_started(const BoxProgram& program, int error) {
  return fail(ErrorCode::unavailable, "box_not_started",
              "while starting " + program.file.string() + ": " + std::strerror(error) +
                  "; is the build complete?");
}

bool make_pair(int (&ends)[2]) {
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return false;
  for (const int end : ends)
    ::setsockopt(end, SOL_SOCKET, SO_SNDBUF, &kSocketBuffer, sizeof kSocketBuffer);
  return true;
}

// A box is new for each document, and so is all its memory: in large pages, where the kernel gives
// them to who asks, far fewer page faults bring it.
std::vector<std::string> box_environment() {
  constexpr std::string_view kTunables = "GLIBC_TUNABLES=";
  std::vector<std::string> variables{std::string(kTunables) + "glibc.malloc.hugetlb=1"};
  for (char** one = environ; *one != nullptr; ++one)
    if (!std::string_view(*one).starts_with(kTunables)) variables.emplace_back(*one);
  return variables;
}

// The child gets the socket as kBoxSocket and no other descriptor than the standard ones.
int spawn(const BoxProgram& program, int socket, pid_t& pid) {
  const std::string file = program.file.string();
  std::vector<std::string> words = program.arguments;
  words.insert(words.begin(), file);
  auto variables = box_environment();
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", 0, 0);
  posix_spawn_file_actions_adddup2(&actions, socket, kBoxSocket);
  posix_spawn_file_actions_addclosefrom_np(&actions, kBoxSocket + 1);
  // The worker's own handling of signals is not for it.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  const int failed = posix_spawn(&pid, file.c_str(), &actions, &attributes,
                                 exec_words(words).data(), exec_words(variables).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return failed;
}

Result<std::vector<Bytes>> no_time(std::chrono::milliseconds limit) {
  return fail(ErrorCode::unavailable, kNoTime,
              "while serving a box: " + std::to_string(limit.count()) + " ms of it are gone");
}

Error error_in(const nlohmann::json& body) {
  Error error = wire::error_from(body);
  // A reason is a word that programs go by, and nothing else.
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  bool good = !error.reason.empty() && error.reason.size() <= kMostReason &&
              error.message.size() <= kMostMessage;
  for (const char c : error.reason) good = good && is_word(c);
  if (good) return error;
  return {ErrorCode::internal, "box_nonsense", "while listening to a box: its error is none"};
}

}  // namespace

Result<std::unique_ptr<Box>> Box::start(const BoxProgram& program) {
  int ends[2];
  if (!make_pair(ends)) return not_started(program, errno);
  pid_t pid = -1;
  const int failed = spawn(program, ends[1], pid);
  ::close(ends[1]);
  if (failed == 0) return std::unique_ptr<Box>(new Box(pid, ends[0]));
  ::close(ends[0]);
  return not_started(program, failed);
}

Result<std::unique_ptr<Box>> Box::copy() {
  int ends[2];
  if (!make_pair(ends)) return not_started({}, errno);
  const bool asked = send_descriptor(socket_, ends[1]);
  ::close(ends[1]);
  pid_t pid = -1;
  if (asked && ::recv(socket_, &pid, sizeof pid, MSG_WAITALL) == sizeof pid && pid > 0)
    return std::unique_ptr<Box>(new Box(pid, ends[0]));
  ::close(ends[0]);
  is_over_ = true;
  return not_started({}, EPIPE);
}

Box::~Box() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    reap();
  }
  ::close(socket_);
}

int Box::reap() {
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return status;
}

Result<void> Box::wait_until_ready(const BoxTerms& terms) {
  const auto message =
      receive(socket_, {kMostMessage, 0, kMostMessage, 4}, BoxDeadline(Clock::now() + terms.load));
  if (message && message->type == BoxMessageType::ready) return {};
  is_over_ = true;
  if (!message && message.error().reason == "box_late")
    return fail(ErrorCode::unavailable, "box_not_ready",
                "while waiting for a box to be shut in: it took more than " +
                    std::to_string(terms.load.count()) + " ms");
  return tl::unexpected(how_it_ended());
}

void Box::give_cpu_time(std::chrono::milliseconds cpu) const {
  clockid_t clock{};
  timespec used{};
  rlimit limit{};
  if (::clock_getcpuclockid(pid_, &clock) != 0 || ::clock_gettime(clock, &used) != 0 ||
      ::prlimit(pid_, RLIMIT_CPU, nullptr, &limit) != 0)
    return;  // the wall clock still holds it
  limit.rlim_cur = static_cast<rlim_t>(used.tv_sec) + static_cast<rlim_t>(cpu.count() / 1000) + 1;
  ::prlimit(pid_, RLIMIT_CPU, &limit, nullptr);
}

bool Box::is_waiting() const {
  pollfd item{socket_, POLLIN, 0};
  return !is_over_ && ::poll(&item, 1, 0) == 0;
}

Result<Outcome> Box::run(Task& task, const BoxTerms& terms, const BoxService& service) {
  give_cpu_time(terms.cpu);
  auto deadline = Clock::now() + terms.job;
  // Its blobs are lent for as long as it takes.
  BoxMessage asked{BoxMessageType::task, {{"kind", task.kind}, {"body", task.body}}, {}};
  asked.blobs.swap(task.blobs);
  const auto sent = send(socket_, asked, deadline);
  asked.blobs.swap(task.blobs);
  if (!sent && sent.error().reason == "box_late")
    return tl::unexpected(overdue("limit_job_ms", terms.job));
  if (!sent) return tl::unexpected(how_it_ended());
  Clock::duration served{0};
  for (int questions = 0;; ++questions) {
    auto message = next_message(terms, deadline);
    if (!message) return tl::unexpected(message.error());
    if (message->type != BoxMessageType::question) return outcome_of(std::move(*message));
    if (questions == terms.questions || !service) {
      is_over_ = true;
      return fail(ErrorCode::internal, "box_nonsense",
                  "while listening to a box: more questions than it may ask");
    }
    const auto begun = Clock::now();
    auto found = served < terms.service ? service(task, message->body) : no_time(terms.service);
    served += Clock::now() - begun;
    deadline += Clock::now() - begun;
    const BoxMessage reply =
        found ? BoxMessage{BoxMessageType::answer, nlohmann::json::object(), std::move(*found)}
              : BoxMessage{BoxMessageType::refusal, wire::to_json(found.error()), {}};
    if (!send(socket_, reply, deadline)) return tl::unexpected(how_it_ended());
  }
}

Result<BoxMessage> Box::next_message(const BoxTerms& terms, const BoxDeadline& deadline) {
  auto message = receive(socket_, terms.answer, deadline);
  if (message) return message;
  is_over_ = true;
  if (message.error().reason == "box_gone") return tl::unexpected(how_it_ended());
  if (message.error().reason == "box_late")
    return tl::unexpected(overdue("limit_job_ms", terms.job));
  return message;
}

Result<Outcome> Box::outcome_of(BoxMessage message) {
  if (message.type == BoxMessageType::outcome)
    return Outcome{std::move(message.body), std::move(message.blobs)};
  if (message.type == BoxMessageType::failure && message.blobs.empty())
    return tl::unexpected(error_in(message.body));
  is_over_ = true;
  return fail(ErrorCode::internal, "box_nonsense",
              "while listening to a box: a message that has no place here");
}

Error Box::overdue(const char* limit, std::chrono::milliseconds value) {
  is_over_ = true;
  ::kill(pid_, SIGKILL);
  reap();
  return {ErrorCode::internal, limit,
          "while working in a box: no answer in time; limit " + std::string(limit).substr(6) +
              " is " + std::to_string(value.count())};
}

Error Box::how_it_ended() {
  is_over_ = true;
  const int handle = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
  pollfd ended{handle, POLLIN, 0};
  if (handle < 0 || ::poll(&ended, 1, kEndMs) == 0) ::kill(pid_, SIGKILL);
  if (handle >= 0) ::close(handle);
  const int status = reap();
  const std::string doing = "while working in a box: ";
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
    return {ErrorCode::resource_limit, "limit_job_cpu_ms",
            doing + "it used more processor time than limit job_cpu_ms"};
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
    return {ErrorCode::internal, "box_forbidden_call",
            doing + "it made a system call that is not allowed there"};
  if (WIFSIGNALED(status))
    return {ErrorCode::internal, "box_crashed",
            doing + "it was ended by signal " + std::to_string(WTERMSIG(status)) + " (" +
                ::strsignal(WTERMSIG(status)) + ")"};
  if (WEXITSTATUS(status) == kExitBoxConfig)
    return {ErrorCode::invalid_config, "box_not_ready",
            doing + "it ended because its settings or what it needs are wrong"};
  return {ErrorCode::internal, "box_ended",
          doing + "it ended with status " + std::to_string(WEXITSTATUS(status))};
}

BoxedHandler::BoxedHandler(BoxProgram program, BoxTerms terms, BoxCheck check, BoxService service)
    : program_(std::move(program)),
      terms_(terms),
      check_(std::move(check)),
      service_(std::move(service)) {}

Result<void> BoxedHandler::open() { return ensure_box(); }

Result<void> BoxedHandler::ensure_template() {
  if (template_ && (copies_made_ >= terms_.copies || !template_->is_waiting())) template_.reset();
  if (template_) return {};
  BoxProgram program = program_;
  program.arguments.emplace_back(kTemplateFlag);
  PK_TRY(started, Box::start(program));
  PK_CHECK(started->wait_until_ready(terms_));
  template_ = std::move(started);
  copies_made_ = 0;
  return {};
}

Result<void> BoxedHandler::start_box() {
  is_ready_ = false;
  jobs_done_ = 0;
  if (terms_.copies > 0) {
    PK_CHECK(ensure_template());
    ++copies_made_;
    PK_TRY(copied, template_->copy());
    box_ = std::move(copied);
  } else {
    PK_TRY(started, Box::start(program_));
    box_ = std::move(started);
  }
  return {};
}

Result<void> BoxedHandler::ensure_box() {
  // One that ended or spoke while it had nothing to do costs no task: another takes its place.
  if (box_ && is_ready_ && !box_->is_waiting()) box_.reset();
  if (!box_) PK_CHECK(start_box());
  if (is_ready_) return {};
  const auto ready = box_->wait_until_ready(terms_);
  if (!ready) box_.reset();
  is_ready_ = ready.has_value();
  return ready;
}

Result<Outcome> BoxedHandler::operator()(Task& task) {
  if (auto ready = ensure_box(); !ready) {
    Error error = std::move(ready).error();
    if (error.code == ErrorCode::invalid_config) error.code = ErrorCode::unavailable;
    return tl::unexpected(std::move(error));
  }
  auto outcome = box_->run(task, terms_, service_);
  bool is_spent = ++jobs_done_ >= terms_.jobs || box_->is_over();
  if (outcome) {
    if (const auto checked = check_(task, *outcome); !checked) {
      outcome = tl::unexpected(checked.error());
      is_spent = true;
    }
  }
  if (is_spent) box_.reset();
  return outcome;
}

}  // namespace postkamer::host
