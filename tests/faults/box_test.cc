// SPDX-License-Identifier: EUPL-1.2
//
// Test 25 of README.md: whoever takes over a process in which a scan is opened can touch nothing.
// Every attempt is made in a real box; as this user and, where this is root, as nobody too; with
// all of Landlock that this kernel has, with that of Debian 12 (ABI 2), and with none.
#include <grp.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>

#include <gmock/gmock.h>

#include "pipeline/base/sanitized.h"
#include "tests/faults/probes.h"
#include "workers/host/box.h"
#include "workers/host/box_features.h"
#include "workers/host/process.h"
#include "workers/intake/render_run.h"

namespace postkamer::faults {
namespace {

namespace fs = std::filesystem;
using host::Box;
using host::BoxTerms;
using host::Task;

constexpr uid_t kNobody = 65534;
constexpr int kAllOfLandlock = 99;

fs::path our_program(const std::string& name) {
  return fs::read_symlink("/proc/self/exe").parent_path() / name;
}

// A copy that everybody may execute: the build may lie where nobody else can go.
class PublicCopy {
 public:
  explicit PublicCopy(const std::string& name) {
    std::string pattern = (fs::temp_directory_path() / "pk-box-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    fs::permissions(folder_, fs::perms(0755));
    fs::copy_file(our_program(name), folder_ / name);
    fs::permissions(folder_ / name, fs::perms(0755));
  }
  ~PublicCopy() { fs::remove_all(folder_); }
  PublicCopy(const PublicCopy&) = delete;
  PublicCopy& operator=(const PublicCopy&) = delete;
  [[nodiscard]] fs::path folder() const { return folder_; }
  [[nodiscard]] fs::path file(const std::string& name) const { return folder_ / name; }

 private:
  fs::path folder_;
};

// Runs `body` as user `uid` in a child; what it complains about, one line each.
std::string as_user(uid_t uid, const std::function<std::vector<std::string>()>& body) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) return "no pipe";
  const pid_t child = ::fork();
  if (child == 0) {
    const bool is_other = uid != ::geteuid();
    const bool changed = !is_other || (::setgroups(0, nullptr) == 0 && ::setgid(uid) == 0 &&
                                       ::setuid(uid) == 0 && ::setuid(0) != 0);
    std::string text = changed ? "" : "the user cannot be changed\n";
    if (changed)
      for (const std::string& line : body()) text += line + "\n";
    [[maybe_unused]] const auto written = ::write(ends[1], text.data(), text.size());
    ::_exit(0);
  }
  ::close(ends[1]);
  std::string complaints;
  std::array<char, 4096> chunk{};
  for (ssize_t got; (got = ::read(ends[0], chunk.data(), chunk.size())) > 0;)
    complaints.append(chunk.data(), static_cast<std::size_t>(got));
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) complaints += "the child did not end well";
  return complaints;
}

bool is_wall(int error) { return error == EPERM || error == EACCES; }

struct Circumstances {
  uid_t uid;
  int landlock;
};

void PrintTo(const Circumstances& c, std::ostream* out) {
  *out << "uid " << c.uid << ", Landlock ABI at most " << c.landlock;
}

// Each of these Landlocks, as each user.
std::vector<Circumstances> circumstances(std::initializer_list<int> landlocks) {
  std::vector<Circumstances> all;
  for (const int landlock : landlocks) {
    all.push_back({::geteuid(), landlock});
    if (::geteuid() == 0) all.push_back({kNobody, landlock});
  }
  return all;
}

class Walls : public testing::TestWithParam<Circumstances> {};

void remove_what_probes_leave() {
  for (const char* left : {"/tmp/pk-probe", "/tmp/pk-probe-folder"}) {
    std::error_code absent;
    fs::remove(left, absent);
  }
}

// What happened to one attempt in a fresh box; empty = it was refused, or ended the box.
std::string hole_in_box(const host::BoxProgram& program, const Probe& probe) {
  const std::string name(probe.name);
  auto box = Box::start(program);
  if (!box) return name + ": " + box.error().message;
  if (const auto ready = (*box)->wait_until_ready({}); !ready)
    return name + ": " + ready.error().message;
  Task task{"probe", {{"probe", name}}, {}};
  const auto outcome = (*box)->run(task, {}, {});
  if (!outcome)
    return outcome.error().reason == "box_forbidden_call" ? ""
                                                          : name + ": " + outcome.error().reason;
  const int error = outcome->body.value("errno", -1);
  return is_wall(error) ? "" : name + ": errno " + std::to_string(error);
}

TEST_P(Walls, of_our_own_boxes_hold_every_attempt) {
  const PublicCopy copy("box_probe");
  const host::BoxProgram program{copy.file("box_probe"),
                                 {std::to_string(GetParam().landlock), "2048"}};
  const std::string holes = as_user(GetParam().uid, [&] {
    std::vector<std::string> found;
    for (const Probe& probe : probes())
      if (std::string hole = hole_in_box(program, probe); !hole.empty()) found.push_back(hole);
    return found;
  });
  EXPECT_EQ(holes, "");
}

// Starts a probing box and gives it one task.
Result<host::Outcome> run_probe(const host::BoxProgram& program, const std::string& name,
                                const BoxTerms& terms) {
  PK_TRY(box, Box::start(program));
  PK_CHECK(box->wait_until_ready(terms));
  Task task{"probe", {{"probe", name}}, {}};
  return box->run(task, terms, {});
}

// What Landlock forbids, from this ABI on.
struct HeldByLandlock {
  const char* probe;
  int since;
};
constexpr HeldByLandlock kHeldByLandlock[] = {
    {"open_to_read", 1}, {"open_to_write", 1}, {"open_folder", 1}, {"open_in_new_way", 1},
    {"make_folder", 1},  {"link_file", 1},     {"execute", 1},     {"execute_at", 1},
    {"connect_tcp", 4},  {"kill_parent", 6}};

// What is wrong with one attempt that Landlock and nothing else is to refuse; empty = nothing.
std::string doubt_about_landlock(const fs::path& program, const std::string& name, int landlock) {
  const auto attempted = [&](int abi) {
    remove_what_probes_leave();
    auto outcome = run_probe({program, {std::to_string(abi), "2048", "no-seccomp"}}, name, {});
    remove_what_probes_leave();
    return outcome;
  };
  const auto held = attempted(landlock);
  if (!held) return name + ": " + held.error().message;
  if (!is_wall(held->body.value("errno", -1))) return name + ": " + held->body.dump();
  // A box that became another program does not answer.
  const auto free = attempted(0);
  const bool was_free =
      free ? !is_wall(free->body.value("errno", -1)) : name.starts_with("execute");
  return was_free ? "" : name + ": refused without Landlock too, so nothing is proven";
}

class Landlock : public Walls {};

// Most of it the list of calls refuses before Landlock is asked. So Landlock stands alone here.
TEST_P(Landlock, holds_by_itself_what_it_is_for) {
  const int landlock = std::min(GetParam().landlock, host::probe_kernel().landlock);
  if (landlock == 0) GTEST_SKIP() << "this kernel has no Landlock";
  const PublicCopy copy("box_probe");
  const std::string doubts = as_user(GetParam().uid, [&] {
    std::vector<std::string> found;
    for (const auto& [probe, since] : kHeldByLandlock) {
      if (landlock < since) continue;
      std::string doubt = doubt_about_landlock(copy.file("box_probe"), probe, landlock);
      if (!doubt.empty()) found.push_back(doubt);
    }
    return found;
  });
  EXPECT_EQ(doubts, "");
}

std::string hole_in_renderer(const fs::path& program, const Probe& probe, int landlock) {
  const std::string name(probe.name);
  intake::RendererOptions options;
  options.program = program.string();
  options.walls.landlock = std::min(options.walls.landlock, landlock);
  const auto found = intake::render_page(bytes_of("x"), 0, Dpi{100.0}, {}, options);
  if (!found)
    return found.error().reason == "render_failed" ? "" : name + ": " + found.error().reason;
  for (const int error : {EPERM, EACCES})
    if (text_of(*found) == "errno " + std::to_string(error)) return "";
  return name + ": " + std::string(text_of(*found));
}

TEST_P(Walls, of_the_renderer_hold_every_attempt) {
  const PublicCopy copy("renderer_probe");
  for (const Probe& probe : probes())
    fs::create_symlink(copy.file("renderer_probe"), copy.file(std::string(probe.name)));
  const int landlock = std::min(GetParam().landlock, host::probe_kernel().landlock);
  const std::string holes = as_user(GetParam().uid, [&] {
    std::vector<std::string> found;
    for (const Probe& probe : probes()) {
      if (probe.foreign_may || (probe.foreign_needs_landlock && landlock == 0)) continue;
      if (std::string hole = hole_in_renderer(copy.file(std::string(probe.name)), probe, landlock);
          !hole.empty())
        found.push_back(hole);
    }
    return found;
  });
  EXPECT_EQ(holes, "");
}

std::string name_of(const testing::TestParamInfo<Circumstances>& given) {
  const std::string who = given.param.uid == kNobody ? "nobody" : "this_user";
  const int landlock = given.param.landlock;
  return who + (landlock == kAllOfLandlock ? "_all_of_landlock"
                                           : "_landlock_" + std::to_string(landlock));
}

INSTANTIATE_TEST_SUITE_P(As, Walls, testing::ValuesIn(circumstances({kAllOfLandlock, 2, 0})),
                         name_of);
INSTANTIATE_TEST_SUITE_P(As, Landlock, testing::ValuesIn(circumstances({kAllOfLandlock, 2})),
                         name_of);

// The probes must be able to find a hole: outside a box they find nothing but holes that its user
// has.
TEST(Probes, find_holes_where_there_are_no_walls) {
  const std::string found = as_user(::geteuid(), [] {
    std::vector<std::string> open;
    for (const char* name : {"open_to_read", "tcp_socket", "fork_process", "kill_parent",
                             "map_code", "memory_file", "be_dumpable", "ask_terminal"})
      if (!is_wall(attempt(name))) open.push_back(name);
    return open;
  });
  EXPECT_EQ(std::ranges::count(found, '\n'), 8) << found;
}

Result<host::Outcome> run_probe(const std::string& name, const BoxTerms& terms) {
  return run_probe({our_program("box_probe"), {"99", "512"}}, name, terms);
}

TEST(Limits, of_memory_hold) {
  if (kIsSanitized) GTEST_SKIP() << "a sanitizer needs more address space than any limit leaves";
  const auto outcome = run_probe("memory", {});
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_LT(outcome->body.at("taken").get<std::uint64_t>(), 512ull << 20);
  EXPECT_GT(outcome->body.at("taken").get<std::uint64_t>(), 64ull << 20);
}

TEST(Limits, of_processor_time_hold_and_name_themselves) {
  BoxTerms terms;
  terms.cpu = std::chrono::milliseconds(1'000);
  const auto outcome = run_probe("spin", terms);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().reason, "limit_job_cpu_ms");
  EXPECT_EQ(outcome.error().code, ErrorCode::resource_limit);
}

TEST(Limits, of_wall_clock_hold_and_name_themselves) {
  BoxTerms terms;
  terms.job = std::chrono::milliseconds(300);
  const auto outcome = run_probe("wait", terms);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().reason, "limit_job_ms");
}

TEST(Limits, of_an_answer_hold_and_name_themselves) {
  BoxTerms terms;
  terms.answer.total_bytes = 1 << 20;
  const auto outcome = run_probe("flood", terms);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().reason, "limit_answer_bytes");
}

TEST(Limits, of_output_hold_a_renderer) {
  const PublicCopy copy("renderer_probe");
  fs::create_symlink(copy.file("renderer_probe"), copy.file("flood"));
  ::postkamer::Limits limits;
  limits.page_pixels = 100'000;
  intake::RendererOptions options;
  options.program = copy.file("flood").string();
  const auto page = intake::render_page(bytes_of("x"), 0, Dpi{100.0}, limits, options);
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().reason, "render_failed");
}

TEST(Boxes, that_crash_are_told_by_their_signal) {
  const auto outcome = run_probe("crash", {});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().reason, "box_crashed");
  EXPECT_THAT(outcome.error().message, testing::HasSubstr("signal 6"));
  EXPECT_EQ(outcome.error().code, ErrorCode::internal) << "may be tried again elsewhere";
}

TEST(Boxes, that_died_idle_cost_no_task) {
  BoxTerms terms;
  terms.jobs = 100;
  host::BoxedHandler handler({our_program("box_probe"), {}}, terms,
                             [](const Task&, host::Outcome&) { return Result<void>{}; });
  ASSERT_TRUE(handler.open());
  Task task{"probe", {{"probe", "open_to_read"}}, {}};
  ASSERT_TRUE(handler(task));
  ASSERT_EQ(::kill(handler.pid(), SIGKILL), 0);
  siginfo_t ended{};  // seen and not reaped: that is the handler's to do
  const auto pid = static_cast<id_t>(handler.pid());
  ASSERT_EQ(::waitid(P_PID, pid, &ended, WEXITED | WNOWAIT), 0);
  EXPECT_TRUE(handler(task));
}

// The lines "Key:\tvalue" of /proc/PID/status.
std::map<std::string, std::string> status_of(pid_t pid) {
  std::map<std::string, std::string> lines;
  std::ifstream file("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(file, line);)
    if (const auto colon = line.find(":\t"); colon != std::string::npos)
      lines[line.substr(0, colon)] = line.substr(colon + 2);
  return lines;
}

class BoxOfKind : public testing::TestWithParam<const char*> {};

// The programs that open scans are the ones that stand behind these walls.
TEST_P(BoxOfKind, is_shut_in_before_it_gets_work) {
  const auto box = Box::start({our_program(std::string("postkamer-box-") + GetParam()), {}});
  ASSERT_TRUE(box) << box.error().message;
  const auto ready = (*box)->wait_until_ready({});
  ASSERT_TRUE(ready) << ready.error().message;
  auto status = status_of((*box)->pid());
  EXPECT_EQ(status["Seccomp"], "2");
  EXPECT_EQ(status["NoNewPrivs"], "1");
  std::error_code closed;
  std::set<std::string> open;
  const fs::path descriptors = "/proc/" + std::to_string((*box)->pid()) + "/fd";
  for (const auto& entry : fs::directory_iterator(descriptors, closed))
    open.insert(entry.path().filename().string());
  if (::geteuid() != 0) {
    EXPECT_TRUE(closed) << "not dumpable: not even its user looks into it";
  } else {
    EXPECT_EQ(open, (std::set<std::string>{"0", "1", "2", "3"}));
  }
  std::ifstream limits("/proc/" + std::to_string((*box)->pid()) + "/limits");
  const std::string text(std::istreambuf_iterator<char>(limits), {});
  EXPECT_THAT(text, testing::ContainsRegex("Max core file size +0 +0"));
  EXPECT_THAT(text, testing::ContainsRegex("Max file size +0 +0"));
  EXPECT_THAT(text, testing::ContainsRegex("Max open files +4 +4"));
}

INSTANTIATE_TEST_SUITE_P(Each, BoxOfKind,
                         testing::Values("decode", "deskew", "classify", "extract", "ocr",
                                         "archive"),
                         [](const auto& kind) { return std::string(kind.param); });

TEST(MissingWalls, are_named_and_nothing_starts_without_what_is_required) {
  const host::KernelFeatures bare{true, 0};
  EXPECT_TRUE(host::check_walls({"seccomp"}, bare));
  const auto refused = host::check_walls({"seccomp", "landlock"}, bare);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::invalid_config);
  EXPECT_EQ(refused.error().reason, "box_wall_missing");
  EXPECT_THAT(refused.error().message, testing::HasSubstr("has no landlock"));
  EXPECT_TRUE(host::check_walls({}, {false, 0}));
  EXPECT_EQ(host::missing_walls({"landlock", "seccomp"}, {false, 0}),
            (std::vector<std::string>{"landlock", "seccomp"}));
}

}  // namespace
}  // namespace postkamer::faults
