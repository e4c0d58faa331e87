// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/key_ring.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <functional>
#include <set>

#include <fmt/format.h>

#include "pipeline/flow/flow.h"
#include "workers/host/files.h"
#include "workers/host/secret_key.h"
#include "workers/host/stream_settings.h"
#include "workers/host/table_reader.h"

namespace postkamer::host {
namespace {

using wire::Role;

constexpr std::array<std::string_view, 3> kStates{"good", "expired", "revoked"};

// A TOML date as text; empty when the key is not there.
std::string date_of(TableReader& reader, std::string_view key) {
  const auto* node = reader.look(key);
  if (node == nullptr) return {};
  if (const auto date = node->value<toml::date>(); date && node->is_date())
    return fmt::format("{:04}-{:02}-{:02}", date->year, date->month, date->day);
  reader.wrong(*node, key, "a date without quotes, as 2027-06-30");
  return {};
}

void read_lists(TableReader& reader, wire::Grant& grant) {
  const auto list = [&](std::string_view key, std::vector<std::string>& target, Role role,
                        const std::function<bool(const std::string&)>& is_known,
                        std::string_view expected) {
    const auto* node = reader.look(key);
    if (grant.role == role && node == nullptr) return reader.missing(key);
    if (node == nullptr) return;
    reader.texts(key, target);
    if (grant.role != role)
      reader.wrong(*node, key, fmt::format("nothing: it is for a {}", wire::name_of(role)));
    else if (target.empty() || !std::ranges::all_of(target, is_known))
      reader.wrong(*node, key, expected);
  };
  list(
      "kinds", grant.kinds, Role::worker,
      [](const auto& kind) { return flow::job_kind_named(kind).has_value(); },
      "a list of decode, deskew, classify, extract, assemble, ocr, archive");
  list("subscribers", grant.subscribers, Role::subscriber, is_subscriber_name,
       "a list of names of [[subscriber]]");
  const auto* node = reader.look("scopes");
  if (node == nullptr) {
    if (grant.role == Role::client) reader.missing("scopes");
    return;
  }
  reader.texts("scopes", grant.scopes);
  const auto& known = wire::scopes_of(grant.role);
  for (const std::string& scope : grant.scopes)
    if (std::ranges::find(known, scope) == known.end())
      return reader.wrong(*node, "scopes",
                          known.empty() ? "nothing: a worker has no scopes"
                                        : fmt::format("a list of {}", fmt::join(known, ", ")));
}

}  // namespace

std::string_view name_of(KeyState state) { return kStates[static_cast<std::size_t>(state)]; }

KeyState state_of(const PeerKey& key, const std::string& today) {
  if (!key.revoked.empty()) return KeyState::revoked;
  return !key.not_after.empty() && key.not_after < today ? KeyState::expired : KeyState::good;
}

Result<PeerKey> parse_peer_key(std::string_view text, const std::filesystem::path& file) {
  std::vector<forms::Mistake> mistakes;
  PeerKey key;
  key.grant.name = file.stem().string();
  try {
    const toml::table table = toml::parse(text, file.string());
    TableReader reader(table, file.string(), mistakes);
    if (!is_subscriber_name(key.grant.name))
      reader.wrong(table, "the file's name", "1 to 64 of a-z, 0-9 and '-', and .toml");
    reader.text("public", key.public_key);
    if (const auto* node = reader.look("public"); node == nullptr)
      reader.missing("public");
    else if (!is_public_key(key.public_key))
      reader.wrong(*node, "public", "40 characters of Z85");
    if (reader.look("role") == nullptr) reader.missing("role");
    reader.word("role", {"worker", "subscriber", "client"}, key.grant.role);
    read_lists(reader, key.grant);
    key.not_after = date_of(reader, "not_after");
    key.revoked = date_of(reader, "revoked");
    reader.refuse_the_rest();
  } catch (const toml::parse_error& error) {
    mistakes.push_back({file.string(), static_cast<int>(error.source().begin.line),
                        static_cast<int>(error.source().begin.column),
                        std::string(error.description())});
  }
  if (mistakes.empty()) return key;
  std::string message = "while reading a peer's key:";
  for (const auto& mistake : mistakes) message += "\n" + forms::text_of(mistake);
  return fail(ErrorCode::invalid_config, "peer_key_invalid", std::move(message));
}

std::string to_toml(const PeerKey& key) {
  std::string text =
      fmt::format("public = '{}'\nrole = '{}'\n", key.public_key, wire::name_of(key.grant.role));
  const auto list = [&](std::string_view name, const std::vector<std::string>& items) {
    if (!items.empty()) text += fmt::format("{} = ['{}']\n", name, fmt::join(items, "', '"));
  };
  list("kinds", key.grant.kinds);
  list("subscribers", key.grant.subscribers);
  list("scopes", key.grant.scopes);
  if (!key.not_after.empty()) text += fmt::format("not_after = {}\n", key.not_after);
  if (!key.revoked.empty()) text += fmt::format("revoked = {}\n", key.revoked);
  return text;
}

KeyRing KeyRing::load(const std::filesystem::path& folder) {
  KeyRing ring;
  std::error_code failed;
  std::set<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failed))
    if (entry.path().extension() == ".toml") files.insert(entry.path());
  ring.is_whole_ = failed != std::errc::too_many_files_open &&
                   failed != std::errc::too_many_files_open_in_system;
  std::set<std::string> twice;
  for (const auto& file : files) {
    const auto bytes = read_file(file);
    auto key = bytes ? parse_peer_key(text_of(*bytes), file) : tl::unexpected(bytes.error());
    if (!bytes && bytes.error().reason == kFilesExhausted) ring.is_whole_ = false;
    if (!key) {
      ring.mistakes_.push_back(key.error().message);
    } else if (ring.keys_.contains(key->public_key)) {
      ring.mistakes_.push_back(file.string() + ": its public key stands in another file too");
      twice.insert(key->public_key);
    } else {
      std::string name = key->public_key;
      ring.keys_.emplace(std::move(name), std::move(*key));
    }
  }
  for (const auto& key : twice) ring.keys_.erase(key);
  return ring;
}

const PeerKey* KeyRing::find(const std::string& public_key, const std::string& today) const {
  const auto found = keys_.find(public_key);
  if (found == keys_.end() || state_of(found->second, today) != KeyState::good) return nullptr;
  return &found->second;
}

std::uint64_t folder_print(const std::filesystem::path& folder) {
  std::error_code failed;
  std::uint64_t print = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
    const auto time = entry.last_write_time(failed).time_since_epoch().count();
    const auto size = entry.file_size(failed);
    const std::string name = entry.path().filename().string();
    print += std::hash<std::string>{}(fmt::format("{} {} {}", name, time, size));
  }
  return print;
}

std::string today_utc() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  return fmt::format("{:04}-{:02}-{:02}", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday);
}

}  // namespace postkamer::host
