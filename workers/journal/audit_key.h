// SPDX-License-Identifier: EUPL-1.2
//
// The file that holds the key which signs checkpoints of the audit: one line, mode 0600.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "workers/journal/signed_note.h"

namespace postkamer::journal {

// Nothing when there is no such file. Fails with: invalid_config (audit_key_open when others may
// read it, note_key, audit_key_io).
Result<std::optional<NoteSigner>> read_audit_key(const std::filesystem::path& file);

// Makes a key of this name and the file, durably; never over one that is there.
// Fails with: invalid_config (audit_key_io).
Result<NoteSigner> make_audit_key(const std::filesystem::path& file, const std::string& name);

}  // namespace postkamer::journal
