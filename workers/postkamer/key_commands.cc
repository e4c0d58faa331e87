// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/key_commands.h"

#include <ostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "workers/host/files.h"
#include "workers/host/secret_key.h"
#include "workers/host/settings.h"
#include "workers/postkamer/exit_codes.h"

namespace postkamer {
namespace {

using std::filesystem::path;

int complain(std::ostream& errors, const Error& error) {
  errors << error.message << '\n';
  if (error.reason == "key_unknown") return exit_code::kNotFound;
  if (error.reason == "key_exists" || error.reason == "key_file_exists") return exit_code::kRefused;
  return error.code == ErrorCode::invalid_config ? exit_code::kConfig : exit_code::kFailed;
}

struct Keys {
  host::GateSettings gate;
  [[nodiscard]] path folder() const { return gate.keys / "keys.d"; }
  [[nodiscard]] path server() const { return gate.keys / "server.key"; }
  [[nodiscard]] path file_of(const std::string& name) const { return folder() / (name + ".toml"); }
};

Result<Keys> keys_of(const path& config) {
  PK_TRY(settings, host::load_settings(config));
  if (!settings.gate)
    return fail(ErrorCode::invalid_config, "gate_none",
                "looking for the keys: " + config.string() +
                    " has no [gate]; add one with listen and keys");
  return Keys{*settings.gate};
}

Result<void> make_folders(const Keys& keys) {
  std::error_code failed;
  std::filesystem::create_directories(keys.folder(), failed);
  for (const path& folder : {keys.gate.keys, keys.folder()})
    if (!failed) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, failed);
  if (!failed) return {};
  return fail(ErrorCode::unavailable, "file_unwritable",
              "making " + keys.folder().string() + ": " + failed.message());
}

Result<std::string> server_public(const Keys& keys, std::ostream& out) {
  if (!std::filesystem::exists(keys.server())) {
    PK_TRY(secret, host::new_secret_key());
    PK_CHECK(host::write_key_file(keys.server(), {std::move(secret), "", "", ""}));
    out << "made the mailroom's own key, " << keys.server().string() << '\n';
  }
  PK_TRY(own, host::read_key_file(keys.server()));
  return own.secret.public_key();
}

Result<void> add_key(const KeyOptions& options, std::ostream& out) {
  PK_TRY(keys, keys_of(options.config));
  host::PeerKey key = options.key;
  const std::string& name = key.grant.name;
  const auto role = wire::role_named(options.role);
  if (!role)
    return fail(ErrorCode::invalid_config, "role_unknown",
                "making a key: the role is worker, subscriber or client, not " + options.role);
  key.grant.role = *role;
  if (std::filesystem::exists(keys.file_of(name)))
    return fail(ErrorCode::invalid_config, "key_exists",
                "making a key: there is one called " + name + "; take another name");
  PK_CHECK(make_folders(keys));
  PK_TRY(server, server_public(keys, out));
  std::optional<host::KeyFile> file;
  if (key.public_key.empty()) {
    PK_TRY(secret, host::new_secret_key());
    key.public_key = secret.public_key();
    file = host::KeyFile{std::move(secret), name, server, keys.gate.address};
  }
  const std::string text = host::to_toml(key);
  PK_CHECK(host::parse_peer_key(text, keys.file_of(name)));  // what is wrong is told before it lies
  const path target = options.out.empty() ? path(name + ".key") : options.out;
  if (file) PK_CHECK(host::write_key_file(target, *file));
  PK_CHECK(host::write_file(keys.file_of(name), bytes_of(text)));
  if (file)
    out << "key of " << name << ": " << target.string()
        << "\nbring it to that machine by a way you trust; whoever has it is " << name << '\n';
  else
    out << name << " may come in; it needs the mailroom's public key: " << server << '\n';
  if (file && keys.gate.address.empty())
    out << "the settings name no address under [gate]; write it into the file as address\n";
  return {};
}

std::string purpose_of(const wire::Grant& grant) {
  std::string text = fmt::format("{}", fmt::join(grant.kinds, ","));
  text += fmt::format("{}", fmt::join(grant.subscribers, ","));
  if (!grant.scopes.empty()) text += fmt::format(" +{}", fmt::join(grant.scopes, ","));
  return text;
}

Result<void> revoke_key(const KeyOptions& options, std::ostream& out) {
  PK_TRY(keys, keys_of(options.config));
  const std::string& name = options.key.grant.name;
  const path file = keys.file_of(name);
  if (!std::filesystem::exists(file))
    return fail(
        ErrorCode::invalid_config, "key_unknown",
        "revoking a key: there is none called " + name + "; `postkamer keys list` names all");
  PK_TRY(bytes, host::read_file(file));
  PK_TRY(key, host::parse_peer_key(text_of(bytes), file));
  if (key.revoked.empty()) {
    key.revoked = host::today_utc();
    PK_CHECK(host::write_file(file, bytes_of(host::to_toml(key))));
  }
  out << name << " is revoked\n";
  return {};
}

}  // namespace

int keys_new_command(const KeyOptions& options, std::ostream& out, std::ostream& errors) {
  const auto added = add_key(options, out);
  return added ? exit_code::kOk : complain(errors, added.error());
}

int keys_list_command(const KeyOptions& options, std::ostream& out, std::ostream& errors) {
  const auto keys = keys_of(options.config);
  if (!keys) return complain(errors, keys.error());
  const auto ring = host::KeyRing::load(keys->folder());
  const std::string today = host::today_utc();
  auto list = nlohmann::json::array();
  for (const auto& [public_key, key] : ring.keys()) {
    const auto state = host::name_of(host::state_of(key, today));
    auto told = wire::to_json(key.grant);
    told["public"] = public_key;
    told["not_after"] = key.not_after;
    told["state"] = state;
    list.push_back(std::move(told));
    if (!options.json)
      out << fmt::format("{:<20} {:<10} {:<8} {:<10} {}\n", key.grant.name,
                         wire::name_of(key.grant.role), state,
                         key.not_after.empty() ? "-" : key.not_after, purpose_of(key.grant));
  }
  if (options.json) out << list.dump(2) << '\n';
  for (const auto& mistake : ring.mistakes()) errors << mistake << '\n';
  return ring.mistakes().empty() ? exit_code::kOk : exit_code::kConfig;
}

int keys_revoke_command(const KeyOptions& options, std::ostream& out, std::ostream& errors) {
  const auto revoked = revoke_key(options, out);
  return revoked ? exit_code::kOk : complain(errors, revoked.error());
}

}  // namespace postkamer
