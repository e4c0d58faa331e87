// SPDX-License-Identifier: EUPL-1.2
#include "tests/system/harness.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "pipeline/base/sanitized.h"

namespace postkamer::test {
namespace {

constexpr int kLookMs = 20;

// Fields of /proc/<pid>/stat: the name stands in parentheses, the parent two fields behind it.
struct ProcessStat {
  std::string name;
  pid_t parent = -1;
};

std::optional<ProcessStat> stat_of(const std::filesystem::path& folder) {
  const std::string text = read_text(folder / "stat");
  const auto open = text.find('(');
  const auto close = text.rfind(')');
  if (open == std::string::npos || close == std::string::npos) return std::nullopt;
  ProcessStat stat;
  stat.name = text.substr(open + 1, close - open - 1);
  std::istringstream rest(text.substr(close + 1));
  std::string state;
  rest >> state >> stat.parent;
  return stat;
}

template <class Keep>
std::vector<pid_t> processes(Keep keep) {
  std::vector<pid_t> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const auto stat = stat_of(entry.path());
    if (stat && keep(*stat)) found.push_back(static_cast<pid_t>(std::atoi(name.c_str())));
  }
  return found;
}

// One folder a test program, so that two of them never meet.
class TestFolder {
 public:
  TestFolder()
      : path_(std::filesystem::path(testing::TempDir()) /
              ("postkamer" + std::to_string(getpid()))) {}
  ~TestFolder() {
    std::error_code ignored;
    if (!testing::UnitTest::GetInstance()->Failed()) std::filesystem::remove_all(path_, ignored);
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace

std::filesystem::path fresh_folder(const std::string& name) {
  static const TestFolder home;
  const auto folder = home.path() / name;
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder;
}

std::filesystem::path program(const std::string& name) {
  const char* bin = std::getenv("POSTKAMER_BIN");
  return std::filesystem::path(bin == nullptr ? POSTKAMER_SOURCE_DIR "/build/release/bin" : bin) /
         name;
}

std::vector<std::filesystem::path> samples(const std::string& group, const std::string& ending) {
  const auto folder = std::filesystem::path(POSTKAMER_SOURCE_DIR) / "sample-scans";
  const auto manifest = read_json(folder / "MANIFEST.json");
  std::vector<std::filesystem::path> files;
  for (const auto& entry : manifest.at("files")) {
    const auto file = folder / entry.at("file").get<std::string>();
    if (entry.at("group").get<std::string>().starts_with(group) && file.extension() == ending)
      files.push_back(file);
  }
  std::ranges::sort(files, {}, [](const auto& file) { return std::filesystem::file_size(file); });
  if (files.empty()) ADD_FAILURE() << "no sample of group " << group << " ends in " << ending;
  return files;
}

nlohmann::json truth_of(const std::filesystem::path& sample) {
  return read_json(sample.parent_path() / (sample.stem().string() + ".truth.json"));
}

std::vector<std::filesystem::path> with_pages(const std::vector<std::filesystem::path>& files,
                                              std::size_t pages) {
  std::vector<std::filesystem::path> kept;
  for (const auto& file : files) {
    const auto truth = truth_of(file);
    if (truth.at("documents").size() == 1 &&
        truth.at("documents").at(0).at("pages").size() == pages)
      kept.push_back(file);
  }
  return kept;
}

bool wait_until(const std::function<bool()>& done, std::chrono::seconds deadline) {
  const auto end = std::chrono::steady_clock::now() + (kIsSanitized ? 10 : 1) * deadline;
  while (!done()) {
    if (std::chrono::steady_clock::now() > end) return false;
    poll(nullptr, 0, kLookMs);
  }
  return true;
}

ChildProcess::ChildProcess(const std::vector<std::string>& command,
                           const std::filesystem::path& output, const std::filesystem::path& errors)
    : output_(output) {
  std::vector<char*> arguments;
  for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  if (errors.empty())
    posix_spawn_file_actions_adddup2(&files, 1, 2);
  else
    posix_spawn_file_actions_addopen(&files, 2, errors.c_str(), O_WRONLY | O_CREAT, 0644);
  if (posix_spawnp(&pid_, command.front().c_str(), &files, nullptr, arguments.data(), environ) != 0)
    ADD_FAILURE() << "cannot start " << command.front();
  posix_spawn_file_actions_destroy(&files);
}

ChildProcess::~ChildProcess() {
  if (pid_ <= 0 || status_) return;
  const auto children = children_of(pid_);
  kill(pid_, SIGKILL);
  for (const pid_t child : children) kill(child, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

void ChildProcess::signal(int number) const {
  if (pid_ > 0 && !status_) kill(pid_, number);
}

std::optional<int> ChildProcess::wait(std::chrono::seconds deadline) {
  wait_until(
      [&] {
        int raw = 0;
        if (!status_ && waitpid(pid_, &raw, WNOHANG) == pid_)
          status_ = WIFSIGNALED(raw) ? 128 + WTERMSIG(raw) : WEXITSTATUS(raw);
        return status_.has_value();
      },
      deadline);
  return status_;
}

std::string ChildProcess::output() const { return read_text(output_); }

nlohmann::json Ended::json() const { return nlohmann::json::parse(out, nullptr, false); }

Ended postkamer(const std::vector<std::string>& arguments) {
  const auto folder = fresh_folder("command");
  std::vector<std::string> command{program("postkamer")};
  command.insert(command.end(), arguments.begin(), arguments.end());
  ChildProcess process(command, folder / "out", folder / "errors");
  const auto status = process.wait(std::chrono::seconds(60));
  return {status.value_or(-1), process.output(), read_text(folder / "errors")};
}

std::vector<pid_t> children_named(pid_t parent, const std::string& name) {
  // The kernel keeps fifteen characters of a name.
  const std::string kept = name.substr(0, 15);
  return processes(
      [&](const ProcessStat& stat) { return stat.parent == parent && stat.name == kept; });
}

std::vector<pid_t> children_of(pid_t parent) {
  return processes([&](const ProcessStat& stat) { return stat.parent == parent; });
}

std::string read_text(const std::filesystem::path& file) {
  // An iterator would throw when a process ends between the opening of its file in /proc and the
  // reading.
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

nlohmann::json read_json(const std::filesystem::path& file) {
  return nlohmann::json::parse(read_text(file), nullptr, false);
}

std::vector<nlohmann::json> read_lines(const std::filesystem::path& file) {
  std::vector<nlohmann::json> values;
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);)
    values.push_back(nlohmann::json::parse(line, nullptr, false));
  return values;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t start = 0, end = 0; (end = text.find('\n', start)) != std::string::npos;
       start = end + 1)
    lines.push_back(text.substr(start, end - start));
  return lines;
}

void write_text(const std::filesystem::path& file, const std::string& text) {
  std::ofstream(file, std::ios::binary) << text;
}

std::vector<std::string> essence(const std::vector<nlohmann::json>& events) {
  std::vector<std::string> all;
  for (auto event : events) {
    event.erase("time");
    event.erase("sequence");
    all.push_back(event.dump());
  }
  std::ranges::sort(all);
  return all;
}

}  // namespace postkamer::test
