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

}  // namespace

std::filesystem::path fresh_folder(const std::string& name) {
  const auto folder = std::filesystem::path(testing::TempDir()) / ("postkamer_" + name);
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder;
}

std::filesystem::path program(const std::string& name) {
  const char* bin = std::getenv("POSTKAMER_BIN");
  return std::filesystem::path(bin == nullptr ? POSTKAMER_SOURCE_DIR "/build/release/bin" : bin) /
         name;
}

std::filesystem::path sample_scans() {
  return std::filesystem::path(POSTKAMER_SOURCE_DIR) / "sample-scans";
}

std::filesystem::path truth_beside(const std::filesystem::path& sample) {
  return sample.parent_path() / (sample.stem().string() + ".truth.json");
}

bool wait_until(const std::function<bool()>& done, std::chrono::seconds deadline) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (!done()) {
    if (std::chrono::steady_clock::now() > end) return false;
    poll(nullptr, 0, kLookMs);
  }
  return true;
}

ChildProcess::ChildProcess(const std::vector<std::string>& command,
                           const std::filesystem::path& output)
    : output_(output) {
  std::vector<char*> arguments;
  for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  posix_spawn_file_actions_adddup2(&files, 1, 2);
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
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
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

std::vector<std::string> essence(const std::vector<nlohmann::json>& events) {
  std::vector<std::string> all;
  for (const auto& event : events) {
    auto data = event.at("data");
    data.erase("document");
    data.erase("batch");
    for (auto& page : data.at("pages")) page.erase("scan");
    all.push_back(data.dump());
  }
  std::ranges::sort(all);
  return all;
}

}  // namespace postkamer::test
