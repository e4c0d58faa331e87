// SPDX-License-Identifier: EUPL-1.2
#include "workers/journal/rows.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

namespace postkamer::journal {
namespace {

constexpr std::array<std::string_view, 3> kBatchStates{"open", "closing", "closed"};
constexpr std::array<std::string_view, 2> kPolicies{"settled", "doubtful-too"};
constexpr std::array<std::string_view, 4> kScanStates{"claimed", "decoding", "split", "rejected"};
constexpr std::array<std::string_view, 5> kDocumentStates{"reading", "review", "published",
                                                          "rejected", "withdrawn"};

template <class Enum, std::size_t N>
std::optional<Enum> named(const std::array<std::string_view, N>& names, std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}
constexpr std::array<std::string_view, 3> kKept{"intermediate", "originals", "records"};

}  // namespace

std::string earlier_of(const std::string& one, const std::string& other) {
  return one.empty() || (!other.empty() && other < one) ? other : one;
}

std::string_view name_of(Kept kept) { return kKept[static_cast<std::size_t>(kept)]; }
std::string_view name_of(BatchState state) { return kBatchStates[static_cast<std::size_t>(state)]; }
std::string_view name_of(PublishPolicy policy) {
  return kPolicies[static_cast<std::size_t>(policy)];
}
std::string_view name_of(ScanState state) { return kScanStates[static_cast<std::size_t>(state)]; }
std::string_view name_of(DocumentState state) {
  return kDocumentStates[static_cast<std::size_t>(state)];
}

std::optional<PublishPolicy> publish_policy_named(std::string_view name) {
  return named<PublishPolicy>(kPolicies, name);
}
std::optional<DocumentState> document_state_named(std::string_view name) {
  return named<DocumentState>(kDocumentStates, name);
}

std::string without_reading(const std::string& body) {
  using nlohmann::json;
  const json whole = json::parse(body, nullptr, false);
  json kept = json::object();
  if (!whole.is_object()) return "{}";
  if (whole.contains("original")) {
    kept["codes"] = json::array();
    kept["separator"] = nullptr;
    for (const char* member : {"index", "original", "kind", "ink_share"})
      if (const auto found = whole.find(member); found != whole.end()) kept[member] = *found;
  }
  if (const auto read = whole.find("recognised"); read != whole.end() && read->is_object())
    if (const auto found = read->find("turn"); found != read->end() && found->is_number_integer())
      kept["recognised"] = {{"turn", *found}};
  if (const auto found = whole.find("findings"); found != whole.end()) kept["findings"] = *found;
  if (const auto inner = whole.find("upright"); inner != whole.end() && inner->is_object())
    if (const auto found = inner->find("findings"); found != inner->end())
      kept["upright"] = {{"findings", *found}};
  return kept.dump();
}

}  // namespace postkamer::journal
