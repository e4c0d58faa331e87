// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/backup.h"

#include <sodium.h>

#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "workers/host/files.h"
#include "workers/host/lock_file.h"
#include "workers/host/process.h"
#include "workers/journal/blob_store.h"
#include "workers/journal/sqlite_journal.h"
#include "workers/postkamer/backup_files.h"

namespace postkamer {
namespace {

namespace fs = std::filesystem;
using host::Layout;
using journal::BlobStore;
using nlohmann::json;

Result<void> check_restore_target(const fs::path& data) {
  const fs::path lock = Layout{data}.lock_of("mailroom");
  if (fs::exists(lock)) {
    PK_TRY(free, host::LockFile::try_take(lock));
    if (!free)
      return bad_plan("restore_target",
                      "while restoring to " + data.string() +
                          ": a mailroom is at work there; stop it, and name an empty "
                          "folder");
  }
  if (is_missing_or_empty(data)) return {};
  return bad_plan("restore_target",
                  "while restoring to " + data.string() +
                      ": it is not an empty folder; nothing in it is ever replaced");
}

// The whole backup, before anything is made of it.
Result<void> check_backup(const RestorePlan& plan, const BackupFacts& told) {
  const fs::path journal = Layout{plan.from}.journal();
  PK_TRY(facts, journal::facts_of(journal));
  PK_TRY(sha256, sha256_of(journal));
  if (facts != told.journal || sha256 != told.journal_sha256)
    return fail(ErrorCode::corrupt_store, "backup_damaged",
                "while checking the backup " + plan.from.string() +
                    ": its journal is not the one that backup.json is about; take another backup");
  if (!plan.is_moved || told.is_at_rest) return {};
  return bad_plan(
      "restore_not_at_rest",
      "while restoring: the mailroom was at work when the backup was made, so it did not "
      "just move; leave --moved out, or stop it, back it up again and restore that");
}

std::string random_stream_id() {
  std::array<unsigned char, 8> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  std::string id;
  for (const unsigned char byte : bytes) id += fmt::format("{:02x}", byte);
  return id;
}

// Brought forward where it is of an earlier version, and told that it was restored.
Result<void> open_restored(const RestorePlan& plan, const BackupFacts& told) {
  const auto no_events = [](const std::string& body, std::uint64_t, const std::string&) {
    return body;
  };
  PK_TRY(journal, journal::open_journal(Layout{plan.data}.journal(), no_events));
  journal::Operations operations;
  if (!plan.is_moved) operations.push_back(journal::StartAnew{random_stream_id()});
  operations.push_back(journal::Audit{"mailroom_restored", told.journal.stream,
                                      json{{"backup", told.made},
                                           {"event", told.journal.head},
                                           {"audit_row", told.journal.audit_row},
                                           {"audit_hash", told.journal.audit_hash},
                                           {"moved", plan.is_moved}}
                                          .dump()});
  PK_CHECK(journal->commit(operations, now_as_text()));
  return {};
}

Result<void> copy_blobs(const RestorePlan& plan) {
  PK_TRY(from, BlobStore::open(Layout{plan.from}.blobs()));
  PK_TRY(to, BlobStore::open(Layout{plan.data}.blobs()));
  PK_CHECK(from.each([&](const std::string& name) { return to.take_from(from, name, false); }));
  PK_TRY(named, journal::blobs_named_in(Layout{plan.from}.journal()));
  for (const std::string& name : named)
    if (!to.exists(name))
      return fail(ErrorCode::corrupt_store, "blob_missing",
                  "while restoring: the backup lacks blob " + name + ", which its journal names");
  return {};
}

}  // namespace

Result<BackupFacts> restore(const RestorePlan& plan) {
  PK_TRY(told, backup_facts(plan.from));
  PK_CHECK(check_restore_target(plan.data));
  PK_CHECK(check_backup(plan, told));
  PK_TRY(layout, host::prepare_layout(plan.data));
  // Nobody opens it meanwhile; and one that was left half done is not opened later either.
  PK_TRY(lock, host::LockFile::try_take(layout.lock_of("mailroom")));
  if (!lock) return bad_plan("restore_target", "while restoring: a mailroom was just opened there");
  PK_CHECK(
      host::write_file(layout.restoring(), bytes_of("remove this folder and restore again\n")));
  PK_CHECK(copy_blobs(plan));
  PK_CHECK(copy_rest(plan.from, plan.data));
  PK_CHECK(journal::copy_journal(Layout{plan.from}.journal(), layout.journal()));
  PK_CHECK(open_restored(plan, told));
  std::error_code failed;
  fs::remove(layout.restoring(), failed);
  return told;
}

}  // namespace postkamer
