// SPDX-License-Identifier: EUPL-1.2
//
// Who may come in over tcp: keys.d/NAME.toml, one file a peer. A key that is not in the ring, is
// past its day, is revoked, or whose file has a mistake, opens nothing.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/base/error.h"
#include "workers/wire/grant.h"

namespace postkamer::host {

struct PeerKey {
  wire::Grant grant;
  std::string public_key;  // Z85
  std::string not_after;   // ISO date, the last day on which it is good; empty = for ever
  std::string revoked;     // ISO date; empty = not
};

enum class KeyState {
  good,
  expired,
  revoked
};
std::string_view name_of(KeyState state);

// `today`: ISO date, UTC.
KeyState state_of(const PeerKey& key, const std::string& today);

// One file's text. Unknown keys and wrong values are mistakes.
// Fails with: invalid_config (peer_key_invalid), every mistake in the message.
Result<PeerKey> parse_peer_key(std::string_view toml, const std::filesystem::path& file);
std::string to_toml(const PeerKey& key);

class KeyRing {
 public:
  // Reads FOLDER/*.toml. A file that cannot be used is told of in `mistakes` and is left out; a
  // public key that stands in two files is in neither.
  static KeyRing load(const std::filesystem::path& folder);

  // Null for an unknown key, and for one that is not good on `today`.
  [[nodiscard]] const PeerKey* find(const std::string& public_key, const std::string& today) const;

  [[nodiscard]] const std::map<std::string, PeerKey>& keys() const { return keys_; }
  [[nodiscard]] const std::vector<std::string>& mistakes() const { return mistakes_; }
  // False when this process had no files left to open all of them: another try may see more.
  [[nodiscard]] bool is_whole() const { return is_whole_; }

 private:
  std::map<std::string, PeerKey> keys_;  // by public key
  std::vector<std::string> mistakes_;
  bool is_whole_ = true;
};

// Names, sizes and times of the files in a folder: changes when they do. 0 when there is none.
std::uint64_t folder_print(const std::filesystem::path& folder);

// The ISO date of now, UTC.
std::string today_utc();

}  // namespace postkamer::host
