// SPDX-License-Identifier: EUPL-1.2
//
// Texts signed with Ed25519 in the form of C2SP signed-note (https://c2sp.org/signed-note), so that
// tools of others can check and countersign them:
//   TEXT (lines, the last one ended)
//   (empty line)
//   — NAME BASE64(key id, 4 bytes ‖ signature, 64 bytes)
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "pipeline/base/error.h"

namespace postkamer::journal {

// Who may check: NAME+KEYID+BASE64(1 ‖ public key).
struct NoteVerifier {
  std::string name;
  std::array<unsigned char, 32> public_key{};

  [[nodiscard]] std::string text() const;
  // Fails with: invalid_config (note_key).
  static Result<NoteVerifier> parse(std::string_view text);
};

// Who can sign: PRIVATE+KEY+NAME+KEYID+BASE64(1 ‖ seed).
struct NoteSigner {
  std::string name;
  std::array<unsigned char, 32> seed{};

  // A fresh one. `name` has neither spaces nor '+'. libsodium is set up.
  static NoteSigner generate(std::string name);
  [[nodiscard]] std::string text() const;
  [[nodiscard]] NoteVerifier verifier() const;
  // Fails with: invalid_config (note_key).
  static Result<NoteSigner> parse(std::string_view text);
};

// The note: `text`, which ends with a line end and has no empty line, and its signature.
std::string sign_note(std::string_view text, const NoteSigner& signer);

enum class NoteState {
  genuine,
  foreign,  // signed by nobody we know, or what it says is not what was signed
  damaged   // no note at all
};
struct OpenedNote {
  NoteState state = NoteState::damaged;
  std::string text;
};
// One of several signatures by the verifier's key is enough.
OpenedNote open_note(std::string_view note, const NoteVerifier& verifier);

}  // namespace postkamer::journal
