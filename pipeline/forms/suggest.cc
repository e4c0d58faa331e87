// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/forms/suggest.h"

#include <algorithm>
#include <array>
#include <utility>

namespace postkamer::forms {
namespace {

// Names of Form.io components and of common habit, for our own.
constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kSynonyms{{
    {"alnum", "alphanumeric"},
    {"boolean", "checkbox"},
    {"currency", "amount"},
    {"integer", "digits"},
    {"kenteken", "licence_plate"},
    {"letters", "capitals"},
    {"multichoice", "choices"},
    {"multiline", "text"},
    {"radio", "choice"},
    {"select", "choice"},
    {"selectboxes", "choices"},
    {"string", "text"},
    {"textarea", "text"},
    {"textfield", "text"},
}};

bool holds(const std::vector<std::string>& known, std::string_view word) {
  return std::find(known.begin(), known.end(), word) != known.end();
}

}  // namespace

int edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<int>> cost(a.size() + 1, std::vector<int>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) cost[i][0] = static_cast<int>(i);
  for (std::size_t j = 0; j <= b.size(); ++j) cost[0][j] = static_cast<int>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const int change = a[i - 1] == b[j - 1] ? 0 : 1;
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
    }
  }
  return cost[a.size()][b.size()];
}

std::string nearest(std::string_view word, const std::vector<std::string>& known) {
  for (const auto& [habit, ours] : kSynonyms)
    if (habit == word && holds(known, ours)) return std::string(ours);
  // A long word of a stranger is no near miss, and the table below is quadratic.
  if (word.size() > 80) return "";
  int best = std::max(1, static_cast<int>(word.size()) / 3) + 1;
  std::string found;
  for (const std::string& candidate : known) {
    const int distance = edit_distance(word, candidate);
    if (distance >= best) continue;
    best = distance;
    found = candidate;
  }
  return found;
}

std::string suggestion(std::string_view word, const std::vector<std::string>& known) {
  const std::string near = nearest(word, known);
  if (!near.empty()) return "; did you mean \"" + near + "\"?";
  if (known.empty()) return "";
  std::string list;
  for (const std::string& candidate : known) list += (list.empty() ? "" : ", ") + candidate;
  return "; known are: " + list;
}

}  // namespace postkamer::forms
