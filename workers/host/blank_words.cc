// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/blank_words.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <optional>
#include <string>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace postkamer::host {
namespace {

constexpr const char* kProgram = "/usr/bin/pdftotext";
constexpr double kMmAPoint = 25.4 / 72.0;

tl::unexpected<Error> no_words(const std::filesystem::path& pdf, const char* found) {
  return fail(ErrorCode::unavailable, "words_missing",
              "while reading the words of " + pdf.string() + ": " + found +
                  "; is poppler-utils installed, and is this a PDF?");
}

// Everything that comes out of `pipe` until its other end is closed.
std::string drained(int pipe) {
  std::string text;
  std::array<char, 16384> buffer{};
  for (;;) {
    const ssize_t got = ::read(pipe, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

// The number in `name="..."`.
std::optional<double> number_of(std::string_view line, std::string_view name) {
  const auto at = line.find(name);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = line.substr(at + name.size());
  double value = 0.0;
  const auto read = std::from_chars(rest.data(), rest.data() + rest.size(), value);
  if (read.ec != std::errc()) return std::nullopt;
  return value;
}

std::string unescaped(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, char>, 5> kEntities{
      {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}}};
  std::string plain;
  while (!text.empty()) {
    std::size_t taken = 1;
    char meant = text.front();
    for (const auto& [entity, character] : kEntities)
      if (text.starts_with(entity)) {
        taken = entity.size();
        meant = character;
      }
    plain += meant;
    text.remove_prefix(taken);
  }
  return plain;
}

std::optional<forms::PrintedWord> word_of(std::string_view line) {
  const auto left = number_of(line, "xMin=\"");
  const auto top = number_of(line, "yMin=\"");
  const auto right = number_of(line, "xMax=\"");
  const auto bottom = number_of(line, "yMax=\"");
  const auto from = line.find("\">");
  const auto to = line.rfind("</word>");
  if (!left || !top || !right || !bottom || from == std::string_view::npos ||
      to == std::string_view::npos || to < from + 2)
    return std::nullopt;
  return forms::PrintedWord{unescaped(line.substr(from + 2, to - from - 2)),
                            {*left * kMmAPoint, *top * kMmAPoint, (*right - *left) * kMmAPoint,
                             (*bottom - *top) * kMmAPoint}};
}

}  // namespace

std::vector<BlankWords> parse_bbox(std::string_view html) {
  std::vector<BlankWords> pages;
  while (!html.empty()) {
    const auto end = html.find('\n');
    const std::string_view line = html.substr(0, end);
    html.remove_prefix(end == std::string_view::npos ? html.size() : end + 1);
    if (line.find("<page ") != std::string_view::npos) pages.emplace_back();
    if (pages.empty() || line.find("<word ") == std::string_view::npos) continue;
    if (auto word = word_of(line)) pages.back().push_back(std::move(*word));
  }
  return pages;
}

Result<std::vector<BlankWords>> words_of_pdf(const std::filesystem::path& pdf) {
  std::array<int, 2> pipe{-1, -1};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return no_words(pdf, "no pipe could be made");
  std::array<std::string, 4> words{kProgram, "-bbox", pdf.string(), "-"};
  std::array<char*, 5> arguments{};
  for (std::size_t i = 0; i < words.size(); ++i) arguments[i] = words[i].data();
  std::array<char, 9> locale{"LC_ALL=C"};
  std::array<char*, 2> environment{locale.data(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  const int failed =
      ::posix_spawn(&child, kProgram, &actions, nullptr, arguments.data(), environment.data());
  posix_spawn_file_actions_destroy(&actions);
  ::close(pipe[1]);
  const std::string html = failed == 0 ? drained(pipe[0]) : std::string();
  ::close(pipe[0]);
  if (failed != 0) return no_words(pdf, "pdftotext cannot be started");
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return no_words(pdf, "pdftotext gave up");
  return parse_bbox(html);
}

}  // namespace postkamer::host
